"""Attempt rows and their seals: they join without a gap, whatever is in flight meanwhile."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from missing_service.usecases.deliver_next import claim_errands, note_answers
from missing_service.usecases.seal_attempts import seal_attempts
from tests.adapters.verify_history import SILENT, TAKEN, Night, a_night
from tests.adapters.verify_tampering import (
    behind_its_back,
    blamed,
    change,
    judge,
    rows_of,
    table_of,
)

LEASE_OVER = {"minutes": 2}


@pytest.fixture
def night(database_url: str) -> Iterator[Night]:
    made = a_night(database_url)
    yield made
    made.application.close()


def counted(night: Night) -> Any:
    """What verify counts where it finds no fault."""
    with night.application.store.engine.connect() as connection, connection.begin():
        verdict = judge(connection)
    assert verdict.faults == ()
    return verdict.counts


def rows(night: Night, name: str) -> list[dict[str, Any]]:
    with night.application.store.engine.connect() as connection:
        return rows_of(connection, table_of(name))


def claim_one(night: Night) -> Any:
    """The one errand by webhook that is due."""
    [errand] = [e for e in claim_errands(night.service, night.paces) if e.kind == "webhook"]
    return errand


def note(night: Night, *answered: Any) -> None:
    note_answers(night.service, answered, lambda: 0.5)


def test_attempts_since_the_last_seal_are_counted_and_are_no_fault(night):
    night.sender.webhooks = SILENT
    night.report()
    night.work()
    assert counted(night)["not_yet_sealed"] == 2
    assert seal_attempts(night.service) == 1
    assert counted(night)["not_yet_sealed"] == 0


def test_where_nothing_is_to_seal_nothing_is_recorded(night):
    before = counted(night)["events"]
    assert seal_attempts(night.service) == 0
    assert counted(night)["events"] == before


def test_seals_are_made_a_batch_at_a_time(night):
    night.sender.webhooks = SILENT
    for name in ("A", "B", "C"):
        night.report(name)
    night.work()
    open_ = {row["delivery"] for row in rows(night, "attempt")}
    sealed = {row["delivery"] for row in rows(night, "attempt_seal")}
    assert seal_attempts(night.service, batch=1) == len(open_ - sealed) > 1
    assert counted(night)["not_yet_sealed"] == 0


def test_the_hourly_seal_and_that_of_the_taking_join_without_a_gap(night):
    night.sender.webhooks = SILENT
    night.report()
    night.go_on(3, seconds=5)
    seal_attempts(night.service)
    night.go_on(3, seconds=20)
    seal_attempts(night.service)
    night.sender.webhooks = TAKEN
    night.go_on(3, seconds=60)
    [delivery] = {row["delivery"] for row in rows(night, "attempt") if row["error"]}
    seals = [row for row in rows(night, "attempt_seal") if row["delivery"] == delivery]
    assert len(seals) == 3
    assert [s["first"] for s in seals] == [1, *(s["last"] + 1 for s in seals[:-1])]
    assert counted(night)["not_yet_sealed"] == 0


def test_a_seal_while_a_delivery_is_in_flight_leaves_its_end_to_the_next(night):
    night.report()
    errand = claim_one(night)
    seal_attempts(night.service)
    note(night, (errand, TAKEN))
    seals = [(row["first"], row["last"]) for row in rows(night, "attempt_seal")]
    assert {(1, 1), (2, 2)} <= set(seals)
    counted(night)


@pytest.mark.parametrize("late", [SILENT, TAKEN], ids=["silent", "taken"])
@pytest.mark.parametrize("together", [False, True], ids=["apart", "together"])
def test_an_answer_that_comes_after_its_lease_falls_among_no_sealed_rows(night, late, together):
    night.report()
    first = claim_one(night)
    night.pass_time(**LEASE_OVER)
    second = claim_one(night)
    assert second.claim.delivery == first.claim.delivery
    seal_attempts(night.service)
    answered = [(first, late), (second, TAKEN)]
    for part in [answered] if together else [[one] for one in answered]:
        note(night, *part)
    counted(night)
    seal_attempts(night.service)
    assert counted(night)["not_yet_sealed"] == 0
    own = [r for r in rows(night, "attempt") if r["delivery"] == first.claim.delivery]
    assert [(r["n"], r["number"]) for r in own] == [(1, 1), (3, 2), (4, 1), (6, 2)]


def test_a_late_end_is_shown_with_its_own_start(night):
    body = night.report()
    first = claim_one(night)
    night.pass_time(**LEASE_OVER)
    second = claim_one(night)
    note(night, (first, SILENT))
    note(night, (second, TAKEN))

    def shown(reading: Any) -> Any:
        stream = reading.listing.find("reference", body["reference"])
        return reading.listing.attempts(stream)

    own = [a for a in night.application.store.read(shown) if a.delivery == first.claim.delivery]
    assert [(a.status, a.error) for a in own] == [(None, "timeout"), (200, None)]


def test_sealing_beside_a_dispatcher_leaves_all_of_it_sound(night):
    night.sender.webhooks = SILENT
    for n in range(6):
        night.report(f"child {n}")
    with ThreadPoolExecutor(2) as pool:
        for _ in range(6):
            night.pass_time(seconds=30)
            work = pool.submit(night.work)
            seal = pool.submit(lambda: [seal_attempts(night.service) for _ in range(4)])
            work.result()
            seal.result()
            counted(night)
    seal_attempts(night.service)
    assert counted(night)["not_yet_sealed"] == 0


@pytest.mark.parametrize(
    ("n", "values"),
    [
        (1, {"outcome": "TAKEN"}),
        (1, {"number": 7}),
        (2, {"outcome": None}),
        (2, {"outcome": "ELSE"}),
        (2, {"number": 9}),
    ],
)
def test_a_row_not_yet_sealed_must_still_be_a_start_or_an_end(night, n, values):
    night.sender.webhooks = SILENT
    night.report()
    night.work()
    with behind_its_back(night.application.store.engine) as connection:
        sealed = {row["delivery"] for row in rows_of(connection, table_of("attempt_seal"))}
        found = rows_of(connection, table_of("attempt"))
        row = next(r for r in found if r["delivery"] not in sealed and r["n"] == n)
        change(connection, table_of("attempt"), row, values)
        assert blamed(connection) == {"attempt"}
