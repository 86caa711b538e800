"""Seeded histories of the real use cases on the real SQL: whatever happens, the promises hold."""

from tests.simulation.batch import run_batch

SEEDS = range(40)
TWICE = 5  # this seed runs twice, and must log the same


def test_the_promises_hold_in_every_history_and_every_fault_was_met():
    batch = run_batch(SEEDS)
    assert batch.broken == {}
    assert batch.never_met() == []
    assert run_batch([TWICE]).digests[TWICE] == batch.digests[TWICE]
