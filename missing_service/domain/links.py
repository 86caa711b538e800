"""Rule 27: two reports of one child, linked as the same: both accounts and both duties stand, and
statistics count one, from the earliest time at which somebody became aware."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from missing_service.domain import events as e
from missing_service.domain.casefile import read_story
from missing_service.domain.codes import EpisodeState
from missing_service.domain.effects import Effect
from missing_service.domain.episode import Episode, Party
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_force
from missing_service.domain.view import forces

ANOTHER = "another report, of which another force was told"


@dataclass(frozen=True, slots=True)
class CountedOnce:
    """One time missing, with each episode that is an account of it."""

    episodes: tuple[Episode, ...]

    @property
    def became_aware_at(self) -> datetime:
        return min(row.became_aware_at for row in self.episodes)

    @property
    def reported_at(self) -> datetime:
        return min(row.reported_at for row in self.episodes)


def counted_once(
    episodes: Iterable[Episode], links: Mapping[UUID, Iterable[UUID]]
) -> list[CountedOnce]:
    """The episodes as statistics count them: what is linked, directly or through another, is one;
    what was withdrawn is none."""
    counted = [row for row in episodes if row.state is not EpisodeState.WITHDRAWN]
    left = {row.id: row for row in counted}
    groups: list[CountedOnce] = []
    while left:
        first = left.pop(next(iter(left)))
        groups.append(CountedOnce(tuple(_reached(first, left, links))))
    return groups


def _reached(
    first: Episode, left: dict[UUID, Episode], links: Mapping[UUID, Iterable[UUID]]
) -> Iterator[Episode]:
    waiting = [first]
    while waiting:
        row = waiting.pop()
        yield row
        near = [other for other in links.get(row.id, ()) if other in left]
        waiting += [left.pop(other) for other in near]


def links_of(state: State, episodes: Iterable[Episode]) -> dict[UUID, list[UUID]]:
    return {row.id: list(read_story(state.story(row.stream)).linked) for row in episodes}


def send_linked(state: State, event: e.EpisodeLinked, book: Rulebook) -> Iterator[Effect]:
    said = "This child was reported twice: it is the same as {}. Each is still to be answered."
    yield from _tell(state, event, book, said)


def send_unlinked(state: State, event: e.EpisodeUnlinked, book: Rulebook) -> Iterator[Effect]:
    said = "CORRECTION: this is not the same as {}. The two were linked by mistake."
    yield from _tell(state, event, book, said)


def _tell(
    state: State, event: e.EpisodeLinked | e.EpisodeUnlinked, book: Rulebook, said: str
) -> Iterator[Effect]:
    """Each force hears the other's reference where it was told of that one too."""
    for party in forces(state.all(Party, event.stream)):
        is_told = state.find(Party, event.other, party.who) is not None
        summary = said.format(event.reference if is_told else ANOTHER)
        change = {"summary": summary, "fields": []}
        yield from tell_force(state, event, book, party, "episode.updated", change)
