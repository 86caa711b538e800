"""Many histories, one after another: what went wrong in each, and what all of them met."""

import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.forces import FAULTS
from tests.simulation.history import Found, History, make_template
from tests.simulation.invariants import broken
from tests.simulation.store import STORE_FAULTS
from tests.simulation.troubles import KINDS, SENDS

SOMETIMES = (
    *[f"receiver: {fault}" for fault in FAULTS],
    *[f"store: {word}, {point}" for word, point in STORE_FAULTS],
    *[f"trouble: {kind[0]}" for kind in KINDS],
    *[f"{word}: {point}" for point in SENDS for word in ("died", "stopped")],
)


@dataclass
class Batch:
    """What was run, what broke, and how often each fault and branch was met."""

    broken: dict[int, list[str]] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)

    def never_met(self) -> list[str]:
        """The faults that no history had: a batch without them proves less than it says."""
        return [word for word in SOMETIMES if not self.met[word]]


def first_broken(seeds: Iterable[int], template: Path) -> tuple[int, str] | None:
    """The first seed that breaks a promise, and which; None where all hold."""
    for seed in seeds:
        history = History(seed, template, stops_at_first=True)
        try:
            history.run()
            if found := broken(history):
                return seed, found[0]
        except Found as found_early:
            return seed, str(found_early)
        finally:
            history.close()
    return None


def run_batch(seeds: Iterable[int]) -> Batch:
    batch = Batch()
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.db"
        make_template(template)
        for seed in seeds:
            _run(seed, template, batch)
    return batch


def _run(seed: int, template: Path, batch: Batch) -> None:
    history = History(seed, template)
    try:
        history.run()
        if found := broken(history):
            batch.broken[seed] = found
        batch.digests[seed] = history.digest()
        batch.met += history.fired
    finally:
        history.close()
