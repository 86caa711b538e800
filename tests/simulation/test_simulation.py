"""Seeded histories of the real use cases on the real SQL: whatever happens, the promises hold."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.forces import FAULTS
from tests.simulation.history import STORE_FAULTS, History, make_template
from tests.simulation.invariants import broken

SEEDS = range(16)
HOURS, REPORTS = 5, 4
TWICE = 5  # this seed runs twice, and must log the same


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("simulation") / "template.db"
    make_template(path)
    return path


def run(seed: int, template: Path) -> Iterator[History]:
    history = History(seed, template)
    try:
        history.run(hours=HOURS, reports=REPORTS)
        yield history
    finally:
        history.close()


def test_the_promises_hold_in_every_history_and_every_fault_was_met(template: Path) -> None:
    met: Counter[str] = Counter()
    for seed in SEEDS:
        for history in run(seed, template):
            assert broken(history) == [], f"seed {seed}"
            met += history.fired
    wanted = {f"fault: {fault}" for fault in FAULTS} | {f"store: {fault}" for fault in STORE_FAULTS}
    wanted |= {"killed", "workers stopped", "act: undo_act", "answer: RECORDED_MISSING"}
    assert wanted - set(met) == set()


def test_one_seed_makes_one_history(template: Path) -> None:
    digests = [history.digest() for _ in range(2) for history in run(TWICE, template)]
    assert digests[0] == digests[1]
