"""Seeded histories of the real use cases on the real SQL: whatever happens, the promises hold."""

from tests.simulation.batch import TWICE, run_batch

SEEDS = range(40)


def test_the_promises_hold_in_every_history_and_every_fault_was_met():
    batch = run_batch(SEEDS)
    assert batch.said() == []
    assert batch.never_met() == []
    assert TWICE in SEEDS
