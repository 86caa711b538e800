"""Whatever the clock showed: what it began is brought back whole, and what lapsed stays lapsed."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from missing_service.domain.ahead import begins_ahead, brought_back
from missing_service.domain.calendar import Calendar
from missing_service.domain.obligation import Obligation, ObligationState, StepTold, is_overdue
from missing_service.domain.policy import DayRule, NextDay
from missing_service.domain.policy import ObligationKind as Kind

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
NOBODY_OFF = Calendar(frozenset())
ahead = st.timedeltas(timedelta(seconds=61), timedelta(days=400))
lengths = st.timedeltas(timedelta(minutes=1), timedelta(days=30))


def owed(started_at: datetime, length: timedelta, **other) -> Obligation:
    said: dict[str, Any] = {
        "id": UUID(int=1),
        "stream": UUID(int=2),
        "kind": Kind.police_acknowledgement,
        "state": ObligationState.OPEN,
        "council": "E09000015",
        "force": "met",
        "started_at": started_at,
        "due_at": started_at + length,
        "opened_at": started_at,
        "opened_by": UUID(int=3),
        "policy": "1",
    }
    return Obligation(**said | other)


def told(row: Obligation, after_due: timedelta) -> StepTold:
    return StepTold(
        obligation=row.id,
        step="1",
        due_at=row.due_at + after_due,
        stream=row.stream,
        event=UUID(int=4),
        until=None,
        count=1,
        told_at=row.due_at,
        people=(),
        passed_over=False,
    )


@given(ahead, lengths, st.none() | st.timedeltas(timedelta(days=-1), timedelta(days=1)))
def test_it_begins_no_later_than_now_and_keeps_its_length(by, length, told_after):
    row = owed(NOW + by, length)
    steps = [] if told_after is None else [told(row, told_after)]
    started_at, due_at = brought_back(row, steps, timedelta(minutes=15), NOBODY_OFF, NOW)
    assert due_at - started_at == length
    assert started_at <= NOW
    moved = replace(row, started_at=started_at, due_at=due_at)
    assert not begins_ahead(moved, NOW)
    has_lapsed = told_after is not None and told_after >= timedelta()
    assert is_overdue(moved, now=NOW) is has_lapsed
    if not has_lapsed:
        assert started_at == NOW


@given(ahead)
def test_a_due_time_that_people_agreed_on_stands(by):
    row = owed(NOW + by, timedelta(days=2), kind=Kind.interview_action)
    assert brought_back(row, [], None, NOBODY_OFF, NOW) == (NOW, row.due_at)


def test_a_morning_is_the_next_one_from_now():
    row = owed(NOW + timedelta(days=365), timedelta(hours=6), kind=Kind.school_told)
    rule = DayRule(time(9), NextDay.SCHOOL)
    started_at, due_at = brought_back(row, [], rule, NOBODY_OFF, NOW)
    assert (started_at, due_at) == (NOW, NOW.replace(hour=9))


def test_a_minute_between_two_hosts_is_no_reason():
    assert not begins_ahead(owed(NOW + timedelta(seconds=60), timedelta(hours=1)), NOW)
    assert begins_ahead(owed(NOW + timedelta(seconds=61), timedelta(hours=1)), NOW)
    met = owed(NOW + timedelta(days=1), timedelta(hours=1), state=ObligationState.DISCHARGED)
    assert not begins_ahead(met, NOW)
    assert begins_ahead(replace(met, successor=True), NOW)  # its due instant opens the next
