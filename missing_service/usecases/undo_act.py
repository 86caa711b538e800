"""An act entered by mistake: who may undo it, and what must be undone before it."""

from datetime import datetime

from missing_service.access.scope import LEFT, held_though_left, own_view_ended
from missing_service.domain.casefile import read_story
from missing_service.domain.episode import Act, Episode, Party
from missing_service.domain.errors import Conflict, Invalid, NotAllowed
from missing_service.domain.events import Actor, ActUndone, EpisodeWithdrawn
from missing_service.domain.obligation import Obligation
from missing_service.domain.routing import WRONG_FORCE, re_routes
from missing_service.journal import Unit, record
from missing_service.usecases.recount_patterns import recount_patterns
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import answered

NOT_UNDOABLE = (
    "This is the number of no act that can be undone: an "
    "acknowledgement, decision, located, returned, closed, category, withdrawal, interview's "
    "outcome or 'I have it'."
)
MOVED_ON = "This has moved on since you re-routed it: ring the council, which can put it right."


def undo_act(
    reference: str,
    number: int,
    reason: str,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Undo an act entered by mistake; police undo their own force's alone."""

    def once(unit: Unit, at: datetime) -> Done:
        episode = held_though_left(unit, actor, "reference", reference)
        act = _undoable(unit, episode, number, actor)
        if act.kind == EpisodeWithdrawn.KIND:
            unit.lock(episode.child)  # there is one strategy question for a child
        event = ActUndone(
            id=unit.draw.id(),
            stream=episode.stream,
            at=at,
            by=actor,
            act=act.id,
            act_kind=act.kind,
            n=number,
            reason=reason,
        )
        record(unit, event)
        if act.kind == EpisodeWithdrawn.KIND:
            recount_patterns(unit, episode, at)
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def _undoable(unit: Unit, episode: Episode, number: int, actor: Actor) -> Act:
    acts = {act.n: act for act in unit.state.all(Act, episode.stream)}
    act, left = acts.get(number), own_view_ended(actor, unit.state.all(Party, episode.stream))
    if left and not (act and _left_by(unit, act, left, actor)):
        raise NotAllowed(LEFT)
    if act is None:
        raise Invalid({"undoes": NOT_UNDOABLE})
    if actor.role == "police" and _told_by(unit, act).organisation != actor.organisation:
        raise NotAllowed("Another recorded this: ask the council to correct it.")
    if not act.stands:
        raise Conflict(f"Number {number} was undone before.")
    if act.outcome == WRONG_FORCE:
        _check_routing(unit, act, has_left=bool(left))
    return act


def _told_by(unit: Unit, act: Act) -> Actor:
    return next(event.by for _, event in unit.state.story(act.stream) if event.id == act.id)


def _left_by(unit: Unit, act: Act, left: Party, actor: Actor) -> bool:
    """The force's own answer by which it was re-routed away: it sees that one, and may undo it."""
    is_own = _told_by(unit, act).organisation == actor.organisation
    return is_own and act.outcome == WRONG_FORCE and act.at == left.frozen_at


def _check_routing(unit: Unit, act: Act, *, has_left: bool) -> None:
    """A re-routing goes back only where nothing stands upon it."""
    standing = {a.id: a.n for a in unit.state.all(Act, act.stream) if a.stands}
    told = read_story(unit.state.story(act.stream)).answers
    routed = {a.id: standing[a.id] for a in told if re_routes(a) and a.id in standing}
    if act.id not in routed:
        return
    if any(n > act.n for n in routed.values()):
        raise Conflict(MOVED_ON if has_left else AGAIN)
    if not unit.state.get(Obligation, act.obligation).is_open:
        raise Conflict(MOVED_ON if has_left else ACKNOWLEDGED)


AGAIN = "This was re-routed again since: undo the last re-routing first."
ACKNOWLEDGED = "The force that it went to has acknowledged it: undo that first."
