"""At whatever instant round a change of clocks: lengths are elapsed time, mornings are London's."""

from datetime import UTC, datetime, time, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from adapters.database.types import EPOCH, MICROSECOND
from missing_service.domain.calendar import (
    Calendar,
    in_waking_hours,
    london,
    london_date,
    london_time_after,
    next_waking,
)
from missing_service.domain.ladder import Run, decide, due_instant, next_decision_at, scaled
from missing_service.domain.policy import DayRule, Hours, Ladder, NextDay, Repeat, Step
from missing_service.domain.stored import instant

CHANGES = [  # Europe/London, 2026 to 2028
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2027, 10, 31, 1, tzinfo=UTC),
    datetime(2028, 2, 29, 0, tzinfo=UTC),
    datetime(2028, 3, 26, 1, tzinfo=UTC),
]
instants = st.builds(
    lambda change, by: change + by,
    st.sampled_from(CHANGES),
    st.timedeltas(timedelta(days=-4), timedelta(days=4)),
)
lengths = st.sampled_from([15, 60, 240, 1440, 2880, 4320, 10_080, 40_320]).map(
    lambda minutes: timedelta(minutes=minutes)
)
factors = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 60)])
clocks = st.times().map(lambda at: at.replace(microsecond=0))
NO_HOLIDAYS = Calendar(frozenset())
SEVEN, NINE_PM = time(7), time(21)


@given(instants, lengths, factors)
def test_a_deadline_is_so_much_elapsed_time_after_its_start(start, length, factor):
    due = due_instant(length, start, factor, NO_HOLIDAYS)
    assert due.timestamp() - start.timestamp() == scaled(length, factor).total_seconds()
    assert due.utcoffset() == timedelta()


@given(instants, st.integers(-12, 14).map(lambda h: timezone(timedelta(hours=h))))
def test_an_instant_is_the_same_text_and_the_same_number_in_every_zone(at, zone):
    for other in (at.astimezone(zone), at.astimezone(ZoneInfo("Europe/London"))):
        assert instant(other) == instant(at)
        assert EPOCH + round((other - EPOCH) / MICROSECOND) * MICROSECOND == at
    assert datetime.fromisoformat(instant(at)) == at


@given(instants)
def test_what_can_wait_is_told_in_waking_hours_and_at_the_first_of_them(at):
    told = next_waking(at, SEVEN, NINE_PM)
    assert in_waking_hours(told, SEVEN, NINE_PM)
    assert at <= told <= at + timedelta(hours=11)  # the longest night: 21:00 to 07:00, and one more
    assert told == at or (london(told).time() == SEVEN and not in_waking_hours(at, SEVEN, NINE_PM))
    assert next_waking(told, SEVEN, NINE_PM) == told
    steps = [told - timedelta(minutes=m) for m in range(1, 60) if told - timedelta(minutes=m) >= at]
    assert not any(in_waking_hours(each, SEVEN, NINE_PM) for each in steps)


@given(instants, clocks)
def test_a_time_of_day_comes_once_each_london_day(at, clock):
    first = london_time_after(clock, at)
    second = london_time_after(clock, first)
    assert at < first <= at + timedelta(hours=25)
    assert timedelta(hours=23) <= second - first <= timedelta(hours=25)
    assert (london_date(second) - london_date(first)).days == 1


@given(instants, st.sampled_from(NextDay))
def test_a_working_morning_is_after_and_never_on_a_weekend(at, day):
    due = due_instant(DayRule(time(9), day), at, Fraction(1), NO_HOLIDAYS)
    assert at < due <= at + timedelta(days=3, hours=2)
    assert london(due).time() == time(9)
    assert london(due).weekday() < 5


@given(instants, st.integers(1, 12), st.sampled_from([15, 30, 60, 1440]))
def test_repeats_are_elapsed_lengths_apart_across_every_change(start, count, minutes):
    every = timedelta(minutes=minutes)
    ladder = Ladder((Step(every, None, ("a",), "s"),), (Repeat(every, None, ("a",), "r"),))
    run, seen = Run(start, start + every), []
    for _ in range(count):
        at = next_decision_at(ladder, run, {})
        assert at is not None
        decision = decide(ladder, run, {}, at)
        seen += [step.due_at for step in decision.told]
        run = decision.run
    assert seen == [start + every * n for n in range(1, count + 1)]


@given(instants, st.sampled_from([-24, 0, 24, 96]))
def test_a_step_that_waits_for_the_morning_moves_no_deadline(start, offset):
    step = Step(None, timedelta(hours=offset), ("a",), "s", hours=Hours.WAKING)
    run = Run(start, start + timedelta(hours=72))
    at = next_decision_at(Ladder((step,), ()), run, {})
    assert at is not None
    (told,) = decide(Ladder((step,), ()), run, {}, at).told
    assert told.due_at - start == timedelta(hours=72 + offset)
    assert at == next_waking(told.due_at, SEVEN, NINE_PM)
