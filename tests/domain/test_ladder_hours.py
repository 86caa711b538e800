"""Ladders by the clock on the wall: elapsed hours, mornings, clock changes, New Year."""

from datetime import time, timedelta
from fractions import Fraction

import pytest

from missing_service.domain.calendar import Calendar
from missing_service.domain.ladder import Run, decide, due_instant
from missing_service.domain.policy import Hours, Ladder, Repeat, Step
from tests.domain.test_ladder import MISSING, POLICE, D, H, M, next_decision_at, started, told, utc

INTERVIEW = Ladder(  # DOMAIN 6: interview held
    steps=tuple(
        Step(None, offset, (role,), role, hours=Hours.WAKING)
        for offset, role in (
            (-24 * H, "interviewer"),
            (0 * H, "team_manager"),
            (24 * H, "service_manager"),
            (4 * D, "assistant_director"),
            (7 * D, "director"),
        )
    ),
    repeats=(Repeat(7 * D, None, ("director",), "weekly", hours=Hours.WAKING),),
)


@pytest.mark.parametrize(
    ("returned", "due", "at"),
    [  # told at: -24 h, due, +24 h, +4 d, +7 d, a week later; all in UTC
        (
            "2026-03-27T12:00",
            "2026-03-30T12:00",
            ["29T12:00", "30T12:00", "31T12:00"],
        ),  # clocks go forward
        ("2026-10-23T12:00", "2026-10-26T12:00", ["25T12:00", "26T12:00", "27T12:00"]),  # and back
        ("2028-02-26T12:00", "2028-02-29T12:00", ["28T12:00", "29T12:00", "01T12:00"]),  # leap day
        ("2026-12-30T12:00", "2027-01-02T12:00", ["01T12:00", "02T12:00", "03T12:00"]),  # New Year
        (
            "2026-04-02T12:00",
            "2026-04-05T12:00",
            ["04T12:00", "05T12:00", "06T12:00"],
        ),  # over Easter
    ],
)
def test_seventy_two_hours_are_elapsed_hours(returned, due, at):
    run = Run(utc(returned), due_instant(72 * H, utc(returned), Fraction(1), Calendar(frozenset())))
    assert run.due_at == utc(due)
    assert run.due_at - run.started_at == timedelta(seconds=259_200)  # TRUST I15
    found = told(INTERVIEW, run, {}, run.due_at + D)
    assert [f"{when:%dT%H:%M}" for _, when in found] == at


@pytest.mark.parametrize(
    ("returned", "due", "told_at"),
    [
        ("2026-11-22T03:00", "2026-11-25T03:00", "2026-11-25T07:00"),  # winter
        ("2026-06-22T03:00", "2026-06-25T03:00", "2026-06-25T06:00"),  # summer
        (
            "2026-03-26T02:00",
            "2026-03-29T02:00",
            "2026-03-29T06:00",
        ),  # the morning clocks went forward
        ("2026-10-21T22:30", "2026-10-24T22:30", "2026-10-25T07:00"),  # the night they go back
        ("2026-11-22T12:00", "2026-11-25T12:00", "2026-11-25T12:00"),  # by day nothing waits
    ],
)
def test_what_can_wait_is_told_in_the_morning_and_its_clock_runs_on(returned, due, told_at):
    run = Run(utc(returned), utc(due))
    run = decide(INTERVIEW, run, {}, utc(returned) + 60 * H).run
    assert next_decision_at(INTERVIEW, run, {}) == utc(told_at)
    (step,) = decide(INTERVIEW, run, {}, utc(told_at)).told
    assert (step.tell, step.due_at) == (("team_manager",), utc(due))


def test_the_interview_s_ladder_goes_on_every_week():
    run = Run(utc("2026-11-22T12:00"), utc("2026-11-25T12:00"))
    late = decide(INTERVIEW, run, {}, utc("2026-12-31T00:00"))
    assert [step.step for step in late.told] == [1, 2, 3, 4, 5, "repeat"]
    assert (late.told[-1].due_at, late.told[-1].until) == (
        utc("2026-12-09T12:00"),
        utc("2026-12-30T12:00"),
    )
    assert late.told[-1].count == 4
    assert next_decision_at(INTERVIEW, late.run, {}) == utc("2027-01-06T12:00")


def test_a_repeat_waits_for_a_last_step_that_waits_for_the_morning():
    ladder = Ladder(
        (Step(M, None, ("owner",), "first", hours=Hours.WAKING),),
        (Repeat(H, None, ("owner",), "again", hours=Hours.WAKING),),
    )
    run = started(utc("2026-11-25T23:00"))
    assert next_decision_at(ladder, run, {}) == utc("2026-11-26T07:00")
    step, repeat = decide(ladder, run, {}, utc("2026-11-26T07:00")).told
    assert step.due_at == utc("2026-11-25T23:01")
    assert (repeat.due_at, repeat.count) == (utc("2026-11-26T00:01"), 7)


@pytest.mark.parametrize(
    ("start", "mornings"),
    [
        ("2026-03-27T12:00", ["28T08:00", "29T07:00", "30T07:00"]),  # 08:00 London, clocks forward
        ("2026-10-23T12:00", ["24T07:00", "25T08:00", "26T08:00"]),  # clocks back
    ],
)
def test_eight_in_the_morning_stays_eight_across_the_clock_change(start, mornings):
    ladder = Ladder((), (Repeat(None, time(8), ("edt_manager",), "morning"),))
    found = told(ladder, started(utc(start)), {}, utc(start) + 3 * D)
    assert [f"{at:%dT%H:%M}" for _, at in found] == mornings


@pytest.mark.parametrize(
    ("start", "count"),
    [
        ("2026-03-28T22:00", 14),
        ("2026-10-24T22:00", 14),
    ],  # eight elapsed hours, whatever the clock shows
)
def test_half_hours_are_elapsed_half_hours_across_the_clock_change(start, count):
    run = started(utc(start))
    assert decide(POLICE, run, MISSING, run.started_at + 8 * H).told[-1].count == count
