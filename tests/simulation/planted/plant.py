"""What every planted mistake needs: what it replaces, as it honestly is."""

from collections.abc import Callable
from typing import Any

import pytest

Plant = Callable[[pytest.MonkeyPatch], None]
SEEDS = range(120)  # so many histories have the chance to find one


def as_it_is(where: Any, name: str) -> Any:
    """The part of that name which is about to be replaced."""
    return getattr(where, name)
