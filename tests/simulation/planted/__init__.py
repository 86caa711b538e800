"""Mistakes that others have made, each planted in memory: the simulation must find every one."""

from collections.abc import Mapping
from typing import Any

from tests.simulation.planted import keeping, owing, sending
from tests.simulation.planted.plant import Plant


def _plants(module: Any) -> dict[str, Plant]:
    """Each public function that a module defines, by its name in words."""
    own = [f for f in vars(module).values() if getattr(f, "__module__", "") == module.__name__]
    return {f.__name__.replace("_", " "): f for f in own if not f.__name__.startswith("_")}


PLANTED: Mapping[str, Plant] = _plants(sending) | _plants(keeping) | _plants(owing)
