"""Who is told when nobody acts: the steps of a ladder that are due, each decided once."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from fractions import Fraction
from itertools import takewhile
from typing import Literal

from missing_service.domain.calendar import Calendar, london_time_after, next_waking
from missing_service.domain.policy import DayRule, Due, Hours, Ladder, Repeat, Step, Waking

Facts = Mapping[
    str, str | bool
]  # what `when` may ask: category, danger, under_age, state, police ...
Told = Container[tuple[int, datetime]]  # a step's number, and the instant for which it was told
REPEAT: Literal["repeat"] = "repeat"


@dataclass(frozen=True, slots=True)
class Run:
    """How far the ladder of one obligation has run; only `decide` moves it on."""

    started_at: datetime
    due_at: datetime  # with `factor` in it already
    factor: Fraction = Fraction(1)
    decided: int = 0  # bit n stands for step n + 1
    repeated_to: datetime | None = None  # no repeat at or before this is told any more


@dataclass(frozen=True, slots=True)
class DueStep:
    """One step, or the repeats that lapsed together, now decided."""

    step: int | Literal["repeat"]  # steps are numbered from 1, as people read them
    due_at: datetime  # of repeats: the first
    until: datetime | None  # of several repeats: the last
    count: int
    tell: tuple[str, ...]
    say: str
    passed_over: bool  # its condition did not hold: decided, told to nobody


@dataclass(frozen=True, slots=True)
class Decision:
    told: tuple[DueStep, ...]
    run: Run


def due_instant(
    due: Due | None, started_at: datetime, factor: Fraction, calendar: Calendar
) -> datetime:
    """The UTC instant at which an obligation is due: elapsed time, or a morning of the calendar's.

    A kind whose obligations bring their own due time has none here: without one it is due at once.
    """
    if due is None:
        return started_at
    if isinstance(due, DayRule):
        return calendar.next_day_at(due.at, due.day, started_at)
    return started_at + scaled(due, factor)


def scaled(length: timedelta, factor: Fraction) -> timedelta:
    """A length times a fraction, to the microsecond."""
    return length * factor.numerator / factor.denominator


def next_decision_at(ladder: Ladder, run: Run, facts: Facts) -> datetime | None:
    """The first instant at which `decide` will have something to say, if the facts stay so."""
    steps = [told_at for _, _, told_at in _undecided(ladder, run)]
    repeats = [
        next(_instants(ladder, run, repeat))[1]
        for repeat in ladder.repeats
        if matches(repeat, facts)
    ]
    return min(steps + repeats, default=None)


def decide(ladder: Ladder, run: Run, facts: Facts, now: datetime) -> Decision:
    """Every step and repeat due by `now` and not yet decided, and the run that has them decided.

    What does not match at its instant is passed over: decide with the old facts before they change.
    """
    steps = _due_steps(ladder, run, facts, now)
    repeats = _due_repeats(ladder, run, facts, now)
    return Decision((*steps, *repeats), _moved_on(ladder, run, now))


def matches(part: Step | Repeat, facts: Facts) -> bool:
    """Whether all that its `when` asks holds."""
    return all(facts.get(key) == value for key, value in part.when)


def wound_back(run: Run, now: datetime) -> Run:
    """The run once the clock is found to have been ahead: repeats of times to come are owed again.

    Without this a clock that jumped a year ahead, and was mended, would silence them for a year.
    """
    if run.repeated_to is None or run.repeated_to <= now:
        return run
    return replace(run, repeated_to=now)


def owed_again(run: Run, steps: Iterable[int]) -> Run:
    """The run with these steps undecided: passed over because of an act that is now undone."""
    return replace(run, decided=run.decided & ~_bits(steps))


def owed_in_future(ladder: Ladder, run: Run, now: datetime, told: Told) -> Run:
    """The run with every step of times to come undecided, as its clock was moved, but for those
    that people were told for this very instant before."""
    placed = _placed(ladder, run)
    said = [number for number, due_at, _ in placed if (number, due_at) in told]
    fresh = owed_again(run, [number for number, _, at in placed if at > now])
    return replace(fresh, decided=fresh.decided | _bits(said))


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << (number - 1) for number in set(numbers))


def _due_steps(ladder: Ladder, run: Run, facts: Facts, now: datetime) -> list[DueStep]:
    due = [
        (due_at, number) for number, due_at, told_at in _undecided(ladder, run) if told_at <= now
    ]
    return [_due_step(ladder, number, due_at, facts) for due_at, number in sorted(due)]


def _due_step(ladder: Ladder, number: int, due_at: datetime, facts: Facts) -> DueStep:
    step = ladder.steps[number - 1]
    told = matches(step, facts)
    return DueStep(
        number, due_at, None, 1, step.tell if told else (), step.say, passed_over=not told
    )


def _due_repeats(ladder: Ladder, run: Run, facts: Facts, now: datetime) -> list[DueStep]:
    lapsed = [
        (due_at, repeat)
        for repeat in ladder.repeats
        if matches(repeat, facts)
        for due_at, _ in _lapsed(ladder, run, repeat, now)
    ]
    if not lapsed:
        return []
    times = sorted({due_at for due_at, _ in lapsed})
    tell = dict.fromkeys(role for _, repeat in lapsed for role in repeat.tell)
    say = dict.fromkeys(repeat.say for _, repeat in lapsed)
    until = times[-1] if len(times) > 1 else None
    return [
        DueStep(REPEAT, times[0], until, len(times), tuple(tell), " ".join(say), passed_over=False)
    ]


def _moved_on(ladder: Ladder, run: Run, now: datetime) -> Run:
    decided = run.decided
    for number, _, told_at in _undecided(ladder, run):
        decided |= (told_at <= now) << (number - 1)
    reached = [
        told_at for repeat in ladder.repeats for _, told_at in _lapsed(ladder, run, repeat, now)
    ]
    last = _last_step(ladder, run)
    if last is not None and last[2] <= now and not _is_decided(run, last[0]):
        reached.append(last[2])
    if run.repeated_to is not None:
        reached.append(run.repeated_to)
    return replace(run, decided=decided, repeated_to=max(reached, default=None))


Placed = tuple[int, datetime, datetime]  # a step's number, when it is due, when it is told


def _placed(ladder: Ladder, run: Run) -> list[Placed]:
    due = [_step_due_at(step, run) for step in ladder.steps]
    return [
        (number, due_at, _told_at(step, due_at, ladder.waking))
        for number, (step, due_at) in enumerate(zip(ladder.steps, due, strict=True), start=1)
    ]


def _undecided(ladder: Ladder, run: Run) -> list[Placed]:
    return [placed for placed in _placed(ladder, run) if not _is_decided(run, placed[0])]


def _is_decided(run: Run, number: int) -> bool:
    return bool(run.decided >> (number - 1) & 1)


def _last_step(ladder: Ladder, run: Run) -> Placed | None:
    return max(_placed(ladder, run), key=lambda placed: placed[1:], default=None)


def _step_due_at(step: Step, run: Run) -> datetime:
    if step.after is not None:
        return run.started_at + scaled(step.after, run.factor)
    return run.due_at + (step.at_due or timedelta())


def _told_at(part: Step | Repeat, due_at: datetime, waking: Waking) -> datetime:
    return due_at if part.hours is Hours.ANY else next_waking(due_at, waking.start, waking.end)


def _lapsed(
    ladder: Ladder, run: Run, repeat: Repeat, now: datetime
) -> Iterator[tuple[datetime, datetime]]:
    return takewhile(lambda instant: instant[1] <= now, _instants(ladder, run, repeat))


def _instants(ladder: Ladder, run: Run, repeat: Repeat) -> Iterator[tuple[datetime, datetime]]:
    """When a repeat is due and when it is told, from the first not yet decided, without end.

    Where a step waits for the morning all repeats do (the loader sees to it), so that none is told
    before the last step is.
    """
    if repeat.every is None:
        due = _at_times(run, repeat.at or time())
    else:
        due = _every_times(ladder, run, repeat.every)
    return ((due_at, _told_at(repeat, due_at, ladder.waking)) for due_at in due)


def _at_times(run: Run, at: time) -> Iterator[datetime]:
    """A London time of day, each day from the clock's start: a young ladder has it too."""
    instant = max(run.started_at, run.repeated_to or run.started_at)
    while True:
        instant = london_time_after(at, instant)
        yield instant


def _every_times(ladder: Ladder, run: Run, every: timedelta) -> Iterator[datetime]:
    """A grid through the last step's instant, from what was last decided on.

    The grid has no first line: when danger is withdrawn, the last step's instant moves into the
    future though it was told; from what was told the next is never more than one `every` away.
    """
    last = _last_step(ladder, run)
    anchor = run.started_at if last is None else last[1]
    begun = last is None or _is_decided(run, last[0])
    passed = run.repeated_to or anchor
    length = scaled(every, run.factor)
    number = ((passed if begun else max(passed, anchor)) - anchor) // length + 1
    while True:
        yield anchor + length * number
        number += 1
