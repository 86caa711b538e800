"""Who may see which episode: in this one place. What a caller may not see does not exist for it."""

from typing import Protocol
from uuid import UUID

from missing_service.domain.episode import Child, Episode, Party
from missing_service.domain.errors import Conflict, NotAllowed, NotFound
from missing_service.domain.events import Actor
from missing_service.domain.state import State

LEFT = "This was re-routed to another force: yours reads what it was sent."
UNKNOWN = "There is nothing here under that name."


class Holder(Protocol):
    """A transaction that can hold a stream."""

    @property
    def state(self) -> State:
        """Its rows."""

    def find(self, what: str, value: object) -> UUID | None:
        """The stream in which a reference or an id stands."""

    def lock(self, *streams: UUID) -> None:
        """Hold these streams until the end."""


def may_see(actor: Actor, episode: Episode, parties: list[Party]) -> bool:
    """The council of the episode sees it, and each force that is told of it."""
    if actor.role == "police":
        return any(party.who == actor.organisation for party in parties)
    return actor.organisation == episode.council


def episode_of(state: State, actor: Actor, stream: UUID | None) -> Episode:
    """The episode of that stream, if it exists for this caller."""
    episode = state.find(Episode, stream) if stream else None
    if episode is None or not may_see(actor, episode, state.all(Party, episode.stream)):
        raise NotFound(UNKNOWN)
    return episode


def held(unit: Holder, actor: Actor, what: str, value: object) -> Episode:
    """The episode in which that reference or id stands, locked, if it exists for this caller and
    their part in it has not ended."""
    episode = held_though_left(unit, actor, what, value)
    if own_view_ended(actor, unit.state.all(Party, episode.stream)):
        raise NotAllowed(LEFT)
    return episode


def held_though_left(unit: Holder, actor: Actor, what: str, value: object) -> Episode:
    """The same, though it was re-routed from the caller to another force."""
    stream = unit.find(what, value)
    if stream is None:
        raise NotFound(UNKNOWN)
    unit.lock(stream)
    episode = episode_of(unit.state, actor, stream)
    if episode.drill and what != "obligation":
        raise Conflict("DRILL: nobody is missing. Police answer it, and nothing else is recorded.")
    return episode


def child_of(state: State, actor: Actor, child: UUID) -> Child:
    """The child of that id, if the caller's council knows them."""
    found = state.find(Child, child)
    if found is None or found.council != actor.organisation:
        raise NotFound(UNKNOWN)
    return found


def held_child(unit: Holder, actor: Actor, child: UUID) -> Child:
    """The same, locked."""
    found = child_of(unit.state, actor, child)
    unit.lock(found.stream)
    return found


def own_view_ended(actor: Actor, parties: list[Party]) -> Party | None:
    """The caller's own part, where it was re-routed elsewhere: its view is frozen at what it was
    sent."""
    mine = (p for p in parties if p.who == actor.organisation and p.frozen_at)
    return next(mine, None)
