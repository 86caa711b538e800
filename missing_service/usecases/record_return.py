"""Found, back, closed: what is known of a child's coming back, in the order in which it becomes
known."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from missing_service.access.scope import held
from missing_service.domain.episode import Episode
from missing_service.domain.errors import AlreadyOver, NotYetFound
from missing_service.domain.events import (
    Actor,
    ChildLocated,
    ChildReturned,
    EpisodeClosed,
    Event,
)
from missing_service.journal import Unit, record
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import answered, not_later, refuse_withdrawn

Content = Mapping[str, Any]
Make = Callable[[Unit, Episode, datetime], Event]


def _act(
    reference: str, make: Make, *, actor: Actor, service: Service, key: RequestKey | None
) -> Done:
    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "reference", reference)
        record(unit, make(unit, episode, at))
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def _head(unit: Unit, episode: Episode, actor: Actor, at: datetime) -> dict[str, Any]:
    return {"id": unit.draw.id(), "stream": episode.stream, "at": at, "by": actor}


def _still_open(episode: Episode) -> None:
    refuse_withdrawn(episode)
    if episode.state == "CLOSED":
        raise AlreadyOver("The episode is closed: undo its closing first.")


def record_located(
    reference: str,
    located_at: datetime,
    content: Content,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Found is not yet back, and not yet known to be well."""

    def make(unit: Unit, episode: Episode, at: datetime) -> Event:
        _still_open(episode)
        not_later(located_at, at, "at")
        head = _head(unit, episode, actor, at)
        how = content.get("how") or "OTHER"
        return ChildLocated(**head, located_at=located_at, how=how, content=content)

    return _act(reference, make, actor=actor, service=service, key=key)


def record_returned(
    reference: str,
    returned_at: datetime,
    content: Content,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Back, or safe elsewhere: the interview's clock starts then, however late it is recorded."""

    def make(unit: Unit, episode: Episode, at: datetime) -> Event:
        _still_open(episode)
        not_later(returned_at, at, "at")
        unit.lock(episode.child)  # one strategy question for a child, whichever episode prompts it
        return ChildReturned(
            **_head(unit, episode, actor, at),
            returned_at=returned_at,
            well_being=bool(content.get("well_being_confirmed_by")),
            safe_there=content.get("safe_there") or "NOT_KNOWN",
            instead=content.get("instead"),
            content=content,
        )

    return _act(reference, make, actor=actor, service=service, key=key)


def close_episode(
    reference: str,
    reason: str,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Only when the child is located and somebody confirmed that they are well."""

    def make(unit: Unit, episode: Episode, at: datetime) -> Event:
        _still_open(episode)
        if not (episode.located_at and episode.well_being):
            raise NotYetFound(
                "Not yet: record the return, and who confirmed the child's well-being, then close."
            )
        return EpisodeClosed(**_head(unit, episode, actor, at), reason=reason)

    return _act(reference, make, actor=actor, service=service, key=key)
