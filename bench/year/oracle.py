"""What a ladder should have said, counted from the policy file alone: written anew, and plainly.

It shares no line with the domain's ladder. A ladder is read as a person would read it: each step
once, at its distance from the clock; then the repeats, on their grid from the last step; what falls
due while nothing is owed is said when it is owed again.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import missing_service.policy.load as beside

LONDON = ZoneInfo("Europe/London")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
DAY = timedelta(days=1)
Facts = Mapping[str, Any]


@cache
def written() -> Mapping[str, Any]:
    """The policy file as it is written."""
    path = Path(beside.__file__).with_name("default.toml")
    return tomllib.loads(path.read_text())


def length(text: str) -> timedelta:
    return UNITS[text[-1]] * int(text[:-1])


@dataclass(frozen=True, slots=True)
class Phase:
    """How an obligation stood for a while."""

    begins: datetime
    is_open: bool
    started_at: datetime
    due_at: datetime
    factor: float
    facts: Facts
    told_again: bool = False  # a return was undone: what it silenced is owed again


@dataclass
class Said:
    """What was to be said, and when: each step by number and instant, each repeat's instant."""

    steps: dict[tuple[str, datetime], bool] = field(default_factory=dict)  # -> passed over
    repeats: list[datetime] = field(default_factory=list)
    heard: dict[tuple[str, datetime], datetime] = field(default_factory=dict)  # when each was said


def expected(kind: str, phases: Sequence[Phase], until: datetime) -> Said:
    """All that the ladder of one obligation had to say by `until`."""
    teller = Teller(written()["obligation"][kind])
    ends = [phase.begins for phase in phases[1:]] + [until]
    for phase, end in zip(phases, ends, strict=True):
        teller.live(phase, end)
    return teller.said


class Teller:
    """Walks from one instant at which something is due to the next."""

    def __init__(self, terms: Mapping[str, Any]) -> None:
        self._steps = dict(enumerate(terms.get("step", ()), start=1))
        self._repeats = terms.get("repeat", ())
        self._done: dict[int, datetime] = {}  # step -> the instant for which it was said
        self._behind: datetime | None = None  # no repeat up to here is said any more
        self._started: datetime | None = None
        self.said = Said()

    def live(self, phase: Phase, end: datetime) -> None:
        """One phase, during which nothing changes but the time."""
        self._reconsider(phase)
        now = phase.begins
        while phase.is_open and (now := max(now, self._next(phase))) < end:
            self._say(phase, now)

    def _reconsider(self, phase: Phase) -> None:
        """Where the clock's start was moved, or a return undone, steps may be owed again."""
        is_moved = self._started not in (None, phase.started_at)
        self._started = phase.started_at
        for number, said_for in list(self._done.items()):
            is_ahead = is_moved and self._heard_of(number, phase) > phase.begins
            was_silenced = phase.told_again and self.said.steps[str(number), said_for]
            if is_ahead or was_silenced:
                del self._done[number]

    def _next(self, phase: Phase) -> datetime:
        steps = [self._heard_of(n, phase) for n in self._steps if n not in self._done]
        repeats = [
            self._heard(next(self._instants(repeat, phase)), repeat)
            for repeat in self._repeats
            if _holds(repeat, phase.facts)
        ]
        return min(steps + repeats)

    def _say(self, phase: Phase, now: datetime) -> None:
        lapsed = [(r, at) for r in self._repeats for at in self._lapsed(r, phase, now)]
        behind = [self._heard(at, repeat) for repeat, at in lapsed]
        last = self._last(phase)
        if last not in self._done and self._heard_of(last, phase) <= now:
            behind.append(self._heard_of(last, phase))
        for number, step in self._steps.items():
            if number not in self._done and self._heard_of(number, phase) <= now:
                self._done[number] = at = self._due(number, phase)
                self.said.steps[str(number), at] = not _holds(step, phase.facts)
                self.said.heard[str(number), at] = now
        repeats = sorted({at for r, at in lapsed if _holds(r, phase.facts)})
        self.said.repeats += repeats
        self.said.heard |= {("repeat", at): now for at in repeats}
        self._behind = max([*behind, *([self._behind] if self._behind else [])], default=None)

    def _lapsed(self, repeat: Any, phase: Phase, now: datetime) -> Iterator[datetime]:
        for at in self._instants(repeat, phase):
            if self._heard(at, repeat) > now:
                return
            yield at

    def _instants(self, repeat: Any, phase: Phase) -> Iterator[datetime]:
        """The repeat's instants that were not said yet, without end."""
        if "at" in repeat:
            yield from _mornings(
                repeat["at"], max(phase.started_at, self._behind or phase.started_at)
            )
            return
        last = self._last(phase)
        anchor, every = self._due(last, phase), length(repeat["every"]) * phase.factor
        since = self._behind or anchor
        if last not in self._done:
            since = max(since, anchor)
        number = (since - anchor) // every + 1
        while True:
            yield anchor + every * number
            number += 1

    def _last(self, phase: Phase) -> int:
        return max(self._steps, key=lambda n: (self._due(n, phase), self._heard_of(n, phase)))

    def _due(self, number: int, phase: Phase) -> datetime:
        step = self._steps[number]
        if "after" in step:
            return phase.started_at + length(step["after"]) * phase.factor
        return phase.due_at + length(step["at_due"])

    def _heard_of(self, number: int, phase: Phase) -> datetime:
        return self._heard(self._due(number, phase), self._steps[number])

    def _heard(self, at: datetime, part: Any) -> datetime:
        """What can wait is heard in the morning."""
        if part.get("hours") != "waking":
            return at
        figures = written()["figures"]
        begin = time.fromisoformat(figures["waking_from"])
        end = time.fromisoformat(figures["waking_until"])
        return at if begin <= at.astimezone(LONDON).time() < end else next(_mornings(begin, at))


def _mornings(at: Any, after: datetime) -> Iterator[datetime]:
    """Each instant after this one at which London shows that time."""
    shown = at if isinstance(at, time) else time.fromisoformat(at)
    day = after.astimezone(LONDON).date() - DAY
    while True:
        instant = datetime.combine(day, shown, tzinfo=LONDON).astimezone(UTC)
        if instant > after:
            yield instant
        day += DAY


def _holds(part: Any, facts: Facts) -> bool:
    return all(facts[key] == value for key, value in part.get("when", {}).items())


def reviews_due(since: datetime, recorded: datetime, well: datetime) -> int:
    """How many reviews a search has had until the child was well: each opens the next."""
    found = 0
    opened = recorded
    for review in _reviews():
        if opened > well:
            break
        found += 1
        opened = max(since + review, recorded)
    return found


def _reviews() -> Iterator[timedelta]:
    terms = written()["obligation"]["still_missing_review"]
    last = timedelta()
    for text in terms["reviews"]:
        yield (last := length(text))
    while True:
        yield (last := last + length(terms["then_every"]))
