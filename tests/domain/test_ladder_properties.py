"""Whatever the ladder, whenever one looks: each due instant is decided once, none is skipped."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from missing_service.domain.calendar import london_time_after, next_waking
from missing_service.domain.ladder import Run, decide, matches, next_decision_at, scaled
from missing_service.domain.policy import Hours, Ladder, Repeat, Step

M = timedelta(minutes=1)
FIRST = datetime(2026, 3, 27, tzinfo=UTC)
ROLES = ("edt_worker", "edt_manager", "head_of_service")
FACTS = {"well_being": False}

instants = st.integers(0, 4 * 24 * 60).map(
    lambda n: FIRST + n * M
)  # over the clock change of 29 March
lengths = st.integers(1, 36 * 60).map(lambda n: n * M)
offsets = st.integers(-36 * 60, 36 * 60).map(lambda n: n * M)
whens = st.sampled_from([(), (("well_being", False),), (("well_being", True),)])
roles = st.sampled_from(ROLES).map(lambda role: (role,))
factors = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3)])
ticks = st.lists(st.integers(0, 10 * 24 * 60), min_size=1, max_size=25).map(sorted)


@st.composite
def ladders(draw) -> Ladder:
    """Any ladder that the policy's loader lets through: where something waits, all repeats wait."""
    waiting = draw(st.booleans())
    step_hours = st.sampled_from(Hours) if waiting else st.just(Hours.ANY)
    hours = st.just(Hours.WAKING if waiting else Hours.ANY)
    after = st.builds(Step, lengths, st.none(), roles, st.just("after"), whens, step_hours)
    at_due = st.builds(Step, st.none(), offsets, roles, st.just("at due"), whens, step_hours)
    every = st.builds(Repeat, lengths, st.none(), roles, st.just("every"), whens, hours)
    at = st.builds(
        Repeat,
        st.none(),
        st.times().map(lambda t: time(t.hour, t.minute)),
        roles,
        st.just("at"),
        whens,
        hours,
    )
    steps = draw(st.lists(st.one_of(after, at_due), max_size=5))
    return Ladder(tuple(steps), tuple(draw(st.lists(st.one_of(every, at), max_size=3))))


@st.composite
def runs(draw) -> Run:
    start = draw(instants)
    return Run(start, start + draw(lengths), draw(factors))


def brute_force(
    ladder: Ladder, run: Run, until: datetime
) -> tuple[set[tuple[int, datetime]], dict[datetime, set[str]]]:
    """What must be decided by then, counted the slow way: steps, and whom each repeat tells."""

    def told_at(part, at):
        waits = part.hours is Hours.WAKING
        return next_waking(at, ladder.waking.start, ladder.waking.end) if waits else at

    due = [
        run.started_at + scaled(s.after, run.factor)
        if s.after is not None
        else run.due_at + (s.at_due or 0 * M)
        for s in ladder.steps
    ]
    steps = {
        (n, at)
        for n, (s, at) in enumerate(zip(ladder.steps, due, strict=True), 1)
        if told_at(s, at) <= until
    }
    ends = [(at, told_at(s, at)) for s, at in zip(ladder.steps, due, strict=True)]
    anchor, free_from = max(ends, default=(run.started_at, run.started_at))
    repeats: dict[datetime, set[str]] = {}
    for repeat in ladder.repeats:
        at = anchor if repeat.every else run.started_at
        while True:
            at = (
                at + scaled(repeat.every, run.factor)
                if repeat.every
                else london_time_after(repeat.at or time(), at)
            )
            said = max(told_at(repeat, at), free_from) if repeat.every else told_at(repeat, at)
            if said > until:
                break
            if matches(repeat, FACTS):
                repeats.setdefault(at, set()).update(repeat.tell)
    return steps, repeats


@settings(deadline=None)
@given(ladders(), runs(), ticks)
def test_each_due_instant_is_decided_exactly_once_at_whatever_times_one_looks(ladder, run, minutes):
    steps = []
    told = []
    start = run.started_at
    for minute in minutes:
        decision = decide(ladder, run, FACTS, start + minute * M)
        steps += [(one.step, one.due_at) for one in decision.told if one.step != "repeat"]
        told += [one for one in decision.told if one.step == "repeat"]
        run = decision.run
    expected, repeats = brute_force(
        ladder, replace(run, decided=0, repeated_to=None), start + minutes[-1] * M
    )
    assert len(steps) == len(set(steps))
    assert set(steps) == expected
    assert sum(one.count for one in told) == len(repeats)
    covered = {
        at for one in told for at in repeats if one.due_at <= at <= (one.until or one.due_at)
    }
    assert covered == set(repeats)
    assert {one.due_at for one in told} <= set(repeats)
    assert len({one.due_at for one in told}) == len(told)
    assert {role for one in told for role in one.tell} == {
        role for who in repeats.values() for role in who
    }


@settings(deadline=None)
@given(ladders(), runs(), ticks)
def test_one_long_outage_covers_what_many_looks_do(ladder, run, minutes):
    often = run
    for minute in minutes:
        often = decide(ladder, often, FACTS, run.started_at + minute * M).run
    at_once = decide(ladder, run, FACTS, run.started_at + minutes[-1] * M).run
    assert often == at_once


@settings(deadline=None)
@given(ladders(), runs(), ticks)
def test_the_next_look_is_never_too_late_and_never_for_nothing(ladder, run, minutes):
    for minute in minutes:
        now = run.started_at + minute * M
        due = next_decision_at(ladder, run, FACTS)
        decision = decide(ladder, run, FACTS, now)
        assert bool(decision.told) is (due is not None and due <= now)
        run = decision.run
        following = next_decision_at(ladder, run, FACTS)
        assert following is None or following > now


@settings(deadline=None)
@given(
    ladders(),
    runs(),
    st.lists(st.integers(0, 10 * 24 * 60), min_size=1, max_size=25),
    st.lists(factors),
)
def test_clocks_that_jump_and_dangers_that_change_decide_nothing_twice(
    ladder, run, minutes, dangers
):
    seen = []
    repeated = []
    for number, minute in enumerate(minutes):
        factor = dangers[number % len(dangers)] if dangers else run.factor
        decision = decide(ladder, replace(run, factor=factor), FACTS, run.started_at + minute * M)
        assert decision.run.decided & run.decided == run.decided
        assert run.repeated_to is None or decision.run.repeated_to >= run.repeated_to
        seen += [one.step for one in decision.told if one.step != "repeat"]
        repeated += [one.due_at for one in decision.told if one.step == "repeat"]
        run = decision.run
    assert len(seen) == len(set(seen))
    assert len(repeated) == len(set(repeated))
