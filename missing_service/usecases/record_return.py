"""Found, back, closed: what is known of a child's coming back, in the order in which it becomes
known."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.access.scope import held
from missing_service.domain.casefile import read_story
from missing_service.domain.episode import Act, Episode
from missing_service.domain.errors import (
    AlreadyOver,
    Conflict,
    Invalid,
    NotAllowed,
    NotYetFound,
)
from missing_service.domain.events import (
    Actor,
    ActUndone,
    ChildLocated,
    ChildReturned,
    EpisodeClosed,
    Event,
    PoliceAnswered,
)
from missing_service.domain.obligation import Obligation
from missing_service.journal import Unit, record
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import answered, not_later

Content = Mapping[str, Any]
Make = Callable[[Unit, Episode, datetime], Event]
NOT_UNDOABLE = (
    "This is the number of no act that can be undone: an "
    "acknowledgement, decision, located, returned or closed."
)


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


def undo_act(
    reference: str,
    number: int,
    reason: str,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Undo an act entered by mistake; police undo their own alone."""

    def make(unit: Unit, episode: Episode, at: datetime) -> Event:
        act = _undoable(unit, episode.stream, number, actor)
        return ActUndone(
            **_head(unit, episode, actor, at),
            act=act.id,
            act_kind=act.kind,
            n=number,
            reason=reason,
        )

    return _act(reference, make, actor=actor, service=service, key=key)


def _undoable(unit: Unit, stream: UUID, number: int, actor: Actor) -> Act:
    acts = {act.n: act for act in unit.state.all(Act, stream)}
    act = acts.get(number)
    if act is None:
        raise Invalid({"undoes": NOT_UNDOABLE})
    if actor.role == "police" and not act.by_police:
        raise NotAllowed("The council recorded this: ask the council to correct it.")
    if not act.stands:
        raise Conflict(f"Number {number} was undone before.")
    if act.outcome == "WRONG_FORCE":
        _check_routing(unit, act)
    return act


def _check_routing(unit: Unit, act: Act) -> None:
    """A re-routing goes back only where nothing stands upon it."""
    standing = {a.id: a.n for a in unit.state.all(Act, act.stream) if a.stands}
    told = read_story(unit.state.story(act.stream)).answers
    routed = {a.id: standing[a.id] for a in told if _re_routes(a) and a.id in standing}
    if act.id not in routed:
        return
    if any(n > act.n for n in routed.values()):
        raise Conflict("This was re-routed again since: undo the last re-routing first.")
    if not unit.state.get(Obligation, act.obligation).is_open:
        raise Conflict("The force that it went to has acknowledged it: undo that first.")


def _re_routes(answer: PoliceAnswered) -> bool:
    return answer.outcome == "WRONG_FORCE" and bool(answer.force)
