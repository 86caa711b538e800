"""Rule 13: a category changed in mid-episode splits it, for statistics, into rows that touch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from missing_service.domain import events as e
from missing_service.domain.codes import EpisodeState
from missing_service.domain.episode import Episode
from missing_service.domain.police_duty import AWAY

Change = tuple[datetime, str]
LETTERS = {AWAY: "A"}  # whatever else is said is counted as missing, unsure too


@dataclass(frozen=True, slots=True)
class Period:
    """One row of statistics; it goes on while `until` is None."""

    letter: str  # M or A
    since: datetime
    until: datetime | None


def letter_of(category: str) -> str:
    return LETTERS.get(category, "M")


def touching_periods(
    first: str, changes: Iterable[Change], *, since: datetime, until: datetime | None
) -> list[Period]:
    """The episode from first to last, each instant in one row; of two changes, the one said later
    holds from its own time on."""
    starts: list[Change] = [(since, letter_of(first))]
    for at, category in changes:
        start = max(at, since)
        starts = [(s, letter) for s, letter in starts if s < start]
        if not starts or starts[-1][1] != letter_of(category):
            starts.append((start, letter_of(category)))
    held = [(s, letter) for s, letter in starts if until is None or s < until] or starts[:1]
    ends = [*(s for s, _ in held[1:]), until]
    return [Period(letter, s, end) for (s, letter), end in zip(held, ends, strict=True)]


def periods_of(
    episode: Episode, story: Iterable[tuple[int, e.Event]], *, since: datetime
) -> list[Period]:
    """The rows of an episode, counted from when the child was last seen or had left; a withdrawn
    one has none. Missing ends when the child is found, away when they are back (section 7)."""
    if episode.state is EpisodeState.WITHDRAWN or episode.drill:
        return []
    told = [event for _, event in story]
    undone = {event.act for event in told if isinstance(event, e.ActUndone)}
    first = next(event.category for event in told if isinstance(event, e.EpisodeReported))
    changed = (c for c in told if isinstance(c, e.CategoryChanged) and c.id not in undone)
    is_away = letter_of(episode.category) == "A"
    end = episode.returned_at if is_away else episode.located_at
    until = max(end, since) if end else None
    changes = ((c.from_at, c.category) for c in changed)
    return touching_periods(first, changes, since=since, until=until)
