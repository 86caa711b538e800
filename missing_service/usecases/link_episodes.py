"""Rule 27: two people reported one child; the council says that they are the same, or that they are
not."""

from datetime import datetime

from missing_service.access.scope import held
from missing_service.domain.casefile import read_story
from missing_service.domain.episode import Episode
from missing_service.domain.errors import Conflict, Invalid, NotFound
from missing_service.domain.events import Actor, EpisodeLinked, EpisodeUnlinked
from missing_service.journal import Unit, record
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import answered, refuse_withdrawn

NOT_YOURS = "No episode of yours has this reference."
ITSELF = "This is the episode itself: give the reference of the other report."


def link_episodes(
    reference: str,
    same_as: str,
    reason: str,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Both accounts and both duties stand; they are shown together, and counted as one."""

    def once(unit: Unit, at: datetime) -> Done:
        mine, other = _both(unit, actor, reference, same_as, "same_as")
        for episode in (mine, other):
            refuse_withdrawn(episode)
        if _is_linked(unit, mine, other):
            raise Conflict(f"It is linked with {other.reference} already.")
        _tell_both(unit, EpisodeLinked, (mine, other), reason, actor, at)
        return answered(unit, mine, at, actor)

    return service.act(once, key=key)


def unlink_episodes(
    reference: str,
    unlink: str,
    reason: str,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """The link was a mistake: both say so, and each counts by itself again."""

    def once(unit: Unit, at: datetime) -> Done:
        mine, other = _both(unit, actor, reference, unlink, "unlink")
        if not _is_linked(unit, mine, other):
            raise Conflict(f"It is not linked with {other.reference}.")
        _refuse_where_answered(unit, mine, other)
        _refuse_where_answered(unit, other, mine)
        _tell_both(unit, EpisodeUnlinked, (mine, other), reason, actor, at)
        return answered(unit, mine, at, actor)

    return service.act(once, key=key)


def _both(
    unit: Unit, actor: Actor, reference: str, named: str, field: str
) -> tuple[Episode, Episode]:
    """Both held before either is read, so that two who link them at once wait for each other."""
    streams = (unit.find("reference", reference), unit.find("reference", named))
    unit.lock(*(stream for stream in streams if stream))
    mine = held(unit, actor, "reference", reference)
    try:
        other = held(unit, actor, "reference", named)
    except NotFound as unknown:
        raise Invalid({field: NOT_YOURS}) from unknown
    if other.id == mine.id:
        raise Invalid({field: ITSELF})
    return mine, other


def _is_linked(unit: Unit, mine: Episode, other: Episode) -> bool:
    return other.id in read_story(unit.state.story(mine.stream)).linked


def _refuse_where_answered(unit: Unit, episode: Episode, other: Episode) -> None:
    """What police answered by naming the other stands upon the link."""
    file = read_story(unit.state.story(episode.stream))
    for answer in file.answers:
        is_upon_it = answer.ends and answer.duplicate_of == other.reference
        if is_upon_it and answer.id not in file.undone and episode.child != other.child:
            raise Conflict(
                f"Police answered {episode.reference} as a duplicate of {other.reference}: undo "
                "that answer first, so that they are asked again."
            )


def _tell_both(
    unit: Unit,
    kind: type[EpisodeLinked] | type[EpisodeUnlinked],
    both: tuple[Episode, Episode],
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    for episode, other in (both, both[::-1]):
        event = kind(
            id=unit.draw.id(),
            stream=episode.stream,
            at=at,
            by=actor,
            other=other.id,
            reference=other.reference,
            reason=reason,
        )
        record(unit, event)
