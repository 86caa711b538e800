"""Somebody who has no machine was told by a person, or is not told, and why (rule 21)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from missing_service.access.scope import held
from missing_service.domain.calendar import london_date
from missing_service.domain.casefile import read_story
from missing_service.domain.episode import Episode
from missing_service.domain.errors import Invalid
from missing_service.domain.events import Actor, ToldByPerson
from missing_service.domain.protected import protection, refusal
from missing_service.journal import Unit, record
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import answered, not_later

INSTEAD = (
    "Say why_not. If they were told nevertheless, tell police and your manager now, and record it "
    "as an update of the report."
)


def record_told(
    reference: str,
    told_at: datetime | None,
    said: Mapping[str, Any],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Who told them, when and how; it is seen beside all others who were told."""

    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "reference", reference)
        not_later(told_at or at, at, "at")
        _refuse_the_barred(unit, episode, said, at)
        event = ToldByPerson(
            id=unit.draw.id(),
            stream=episode.stream,
            at=at,
            by=actor,
            told_at=told_at or at,
            content={**said, "by": _who_told(said, actor)},
        )
        record(unit, event)
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def _refuse_the_barred(unit: Unit, episode: Episode, said: Mapping[str, Any], at: datetime) -> None:
    """A person on the list is not told (rule 34); why not may be said."""
    directory = unit.book.directory
    if (said.get("why_not") or "").strip() or directory.organisation_called(said["who"]):
        return
    report = read_story(unit.state.story(episode.stream)).report
    why = refusal(said["who"], protection(report, london_date(at)))
    if why:
        raise Invalid({"who": f"{why} {INSTEAD}"})


def _who_told(said: Mapping[str, Any], actor: Actor) -> str:
    """Whoever records it, unless another is named."""
    found = said.get("by") or actor.name
    if not found:
        raise Invalid({"by": "Name the person who told them, or who decided not to."})
    return str(found)
