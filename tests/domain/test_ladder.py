"""Who is told when nobody acts, told as cases of DOMAIN section 6."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest

from missing_service.domain.calendar import Calendar
from missing_service.domain.ladder import (
    DueStep,
    Facts,
    Run,
    decide,
    due_instant,
    owed_again,
    wound_back,
)
from missing_service.domain.ladder import next_decision_at as next_or_never
from missing_service.domain.policy import DayRule, Ladder, NextDay, Repeat, Step

M, H, D = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HALF = Fraction(1, 2)
START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
MISSING: Facts = {"well_being": False, "danger": False, "category": "MISSING"}
FOUND: Facts = {**MISSING, "well_being": True}
LOST, WELL = (("well_being", False),), (("well_being", True),)
POLICE = Ladder(  # DOMAIN 6: police acknowledgement
    steps=(
        Step(5 * M, None, ("edt_worker",), "ring", LOST),
        Step(15 * M, None, ("edt_manager",), "see", LOST),
        Step(30 * M, None, ("police_mash_supervisor", "head_of_service"), "get", LOST),
        Step(60 * M, None, ("director_on_call",), "speak", LOST),
        Step(30 * M, None, ("edt_worker", "police"), "found", WELL),
        Step(60 * M, None, ("edt_worker", "police"), "found", WELL),
    ),
    repeats=(
        Repeat(30 * M, None, ("edt_worker", "director_on_call"), "still", LOST),
        Repeat(30 * M, None, ("edt_worker", "police"), "found", WELL),
        Repeat(None, time(8), ("edt_manager",), "morning", WELL),
    ),
)


def next_decision_at(ladder: Ladder, run: Run, facts: Facts) -> datetime:
    found = next_or_never(ladder, run, facts)
    assert found is not None
    return found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def started(at: datetime = START, factor: Fraction = Fraction(1)) -> Run:
    return Run(at, due_instant(15 * M, at, factor, Calendar(frozenset())), factor)


def told(ladder, run, facts, now) -> list[tuple[DueStep, datetime]]:
    """Everything told up to `now` by an escalator that wakes exactly when it should."""
    found = []
    while (at := next_decision_at(ladder, run, facts)) <= now:
        decision = decide(ladder, run, facts, at)
        found += [(step, at) for step in decision.told if not step.passed_over]
        run = decision.run
    return found


def minutes(found) -> list[tuple[float, tuple[str, ...]]]:
    return [((at - START) / M, step.tell) for step, at in found]


MASH = ("police_mash_supervisor", "head_of_service")
EVERY = ("edt_worker", "director_on_call")


def test_nobody_answers_and_one_after_another_is_told():
    assert minutes(told(POLICE, started(), MISSING, START + 2 * H)) == [
        (5, ("edt_worker",)),  # DOMAIN 6: +5, +15, +30, +60, then every 30 min
        (15, ("edt_manager",)),
        (30, MASH),
        (60, ("director_on_call",)),
        (90, EVERY),
        (120, EVERY),
    ]


def test_danger_halves_every_distance():
    found = minutes(told(POLICE, started(factor=HALF), MISSING, START + H))
    assert [at for at, _ in found] == [2.5, 7.5, 15, 30, 45, 60]


def test_deciding_twice_at_one_instant_tells_nobody_twice():
    first = decide(POLICE, started(), MISSING, START + 20 * M)
    again = decide(POLICE, first.run, MISSING, START + 20 * M)
    assert [step.step for step in first.told] == [1, 2]
    assert again.told == ()
    assert again.run == first.run


def test_a_clock_that_steps_back_repeats_no_step_and_forgets_none():
    first = decide(POLICE, started(), MISSING, START + 100 * M)
    back = decide(POLICE, first.run, MISSING, START + 40 * M)
    assert back.told == ()
    assert back.run == first.run


def test_a_clock_that_was_a_year_ahead_does_not_silence_the_repeats():
    ahead = decide(POLICE, started(), MISSING, START + 365 * D).run
    now = START + 61 * M
    assert next_decision_at(POLICE, ahead, MISSING) > START + 364 * D
    assert next_decision_at(POLICE, wound_back(ahead, now), MISSING) == START + 90 * M
    later = START + 100 * M
    assert next_decision_at(POLICE, wound_back(ahead, later), MISSING) == START + 120 * M
    assert wound_back(started(), now) == started()
    assert wound_back(ahead, START + 400 * D) == ahead


@pytest.mark.parametrize(
    "stopped", [6 * H, 3 * D, 365 * D]
)  # TRUST c.4 row 14: six hours, three days
def test_after_an_outage_each_step_is_told_once_and_the_repeats_as_one(stopped):
    decision = decide(POLICE, started(), MISSING, START + stopped)
    *steps, repeat = [step for step in decision.told if not step.passed_over]
    assert [step.step for step in steps] == [1, 2, 3, 4]
    assert repeat == DueStep(
        "repeat",
        START + 90 * M,
        START + stopped,
        stopped // (30 * M) - 2,
        EVERY,
        "still",
        passed_over=False,
    )
    assert next_decision_at(POLICE, decision.run, MISSING) == START + stopped + 30 * M


def test_one_repeat_alone_has_no_end():
    run = decide(POLICE, started(), MISSING, START + 89 * M).run
    (repeat,) = decide(POLICE, run, MISSING, START + 90 * M).told
    assert (repeat.due_at, repeat.until, repeat.count) == (START + 90 * M, None, 1)


def test_repeats_of_one_instant_are_told_together():
    start = utc("2026-11-25T06:30")  # 90 minutes before 08:00
    run = decide(POLICE, started(start), FOUND, start + 89 * M).run
    (repeat,) = decide(POLICE, run, FOUND, start + 90 * M).told
    assert repeat.tell == ("edt_worker", "police", "edt_manager")
    assert (repeat.count, repeat.say) == (1, "found morning")


def test_a_child_found_at_minute_three_ends_nothing():
    run = started(utc("2026-11-25T06:45"))
    found = told(POLICE, run, FOUND, run.started_at + 2 * H)
    assert [((at - run.started_at) / M, step.tell) for step, at in found] == [
        (30, ("edt_worker", "police")),  # rule 19, section 6: within 30 minutes
        (60, ("edt_worker", "police")),
        (75, ("edt_manager",)),  # the first 08:00
        (90, ("edt_worker", "police")),
        (120, ("edt_worker", "police")),
    ]


@pytest.mark.parametrize("minute", range(121))
def test_well_being_confirmed_at_any_minute_is_followed_within_half_an_hour(minute):
    now = START + minute * M
    run = decide(POLICE, started(), MISSING, now).run
    following = next(
        at
        for step, at in told(POLICE, run, FOUND, now + H)
        if "edt_worker" in step.tell and "police" in step.tell
    )
    assert now < following <= now + 30 * M


def test_an_act_undone_owes_again_what_was_passed_over_because_of_it():
    run = decide(POLICE, started(), FOUND, START + 20 * M).run
    again = decide(POLICE, owed_again(run, [1, 2]), MISSING, START + 20 * M)
    assert [(step.step, step.passed_over) for step in again.told] == [(1, False), (2, False)]
    assert decide(POLICE, again.run, MISSING, START + 20 * M).told == ()


@pytest.mark.parametrize("minute", range(151))
def test_danger_said_at_any_minute_tells_at_once_what_is_past_and_nothing_twice(minute):
    now = START + minute * M
    before = decide(POLICE, started(), MISSING, now)
    run = Run(START, START + 7.5 * M, HALF, before.run.decided, before.run.repeated_to)
    after = decide(POLICE, run, MISSING, now)
    steps = [
        step.step
        for step in (*before.told, *after.told)
        if step.step != "repeat" and not step.passed_over
    ]
    past = [number for number, at in ((1, 2.5), (2, 7.5), (3, 15), (4, 30)) if at <= minute]
    assert sorted(steps) == past
    following = next_decision_at(POLICE, after.run, MISSING)
    assert now < following <= START + max(minute + 15, 2.5) * M


@pytest.mark.parametrize("minute", range(151))
def test_danger_withdrawn_repeats_nothing_and_lengthens_only_what_is_not_yet_told(minute):
    now = START + minute * M
    before = decide(POLICE, started(factor=HALF), MISSING, now)
    run = Run(START, START + 15 * M, Fraction(1), before.run.decided, before.run.repeated_to)
    after = decide(POLICE, run, MISSING, now)
    assert after.told == ()
    following = next_decision_at(POLICE, after.run, MISSING)
    assert now < following <= max(now + 30 * M, START + 60 * M)


def test_offsets_from_due_follow_the_due_time_and_are_not_multiplied():
    ladder = Ladder((Step(None, 10 * M, ("owner",), "late"),), ())
    assert next_decision_at(ladder, Run(START, START + 30 * M, HALF), {}) == START + 40 * M


def test_what_lapsed_together_is_told_in_the_order_of_its_instants():
    ladder = Ladder((Step(2 * M, None, ("b",), ""), Step(M, None, ("a",), "")), ())
    assert [one.step for one in decide(ladder, started(), {}, START + H).told] == [2, 1]


def test_a_step_before_the_clock_s_start_brings_no_morning_before_it():
    morning = Repeat(None, time(8), ("owner",), "morning")
    ladder = Ladder((Step(None, -24 * H, ("owner",), "soon"),), (morning,))
    run = decide(ladder, started(), {}, START).run
    assert next_decision_at(ladder, run, {}) == utc("2026-11-25T08:00")


def test_a_ladder_that_has_run_out_wants_no_more_looking_at():
    ladder = Ladder((Step(M, None, ("owner",), "once"),), ())
    assert next_or_never(ladder, decide(ladder, started(), {}, START + M).run, {}) is None
    assert next_or_never(Ladder((), ()), started(), {}) is None


def test_repeats_without_steps_are_counted_from_the_clock_s_start():
    ladder = Ladder((), (Repeat(10 * M, None, ("owner",), "again"),))
    assert next_decision_at(ladder, started(), {}) == START + 10 * M
    assert decide(ladder, started(), {}, START + 25 * M).told[0].count == 2


def test_a_morning_that_the_calendar_gives_is_not_halved_by_danger():
    school = DayRule(time(9), NextDay.SCHOOL)
    holiday = Calendar(frozenset({date(2026, 11, 25)}))
    assert due_instant(school, START, HALF, holiday) == utc("2026-11-26T09:00")
    assert due_instant(15 * M, START, HALF, holiday) == START + 7.5 * M


def test_what_nobody_gave_a_due_time_is_due_at_once():
    assert due_instant(None, START, HALF, Calendar(frozenset())) == START
