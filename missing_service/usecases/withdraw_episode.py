"""Rule 33: the child never was missing, or nothing should have been logged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from missing_service.access.scope import held
from missing_service.domain.codes import EpisodeState, WithdrawnWhy
from missing_service.domain.episode import Episode
from missing_service.domain.errors import Conflict, Invalid
from missing_service.domain.events import Actor, EpisodeWithdrawn
from missing_service.journal import Unit, record
from missing_service.usecases.recount_patterns import recount_patterns
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import answered

WHO_SAW = "Name somebody who has seen the child: only they can say that the child was not missing."


def withdraw_episode(
    reference: str,
    why: WithdrawnWhy,
    content: Mapping[str, Any],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """The search ends, police are told at once, and owe an answer to that too."""

    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "reference", reference)
        _check(episode, why, content)
        unit.lock(episode.child)  # its strategy question may be another episode's as well
        head: dict[str, Any] = {"id": unit.draw.id(), "stream": episode.stream, "at": at}
        record(unit, EpisodeWithdrawn(**head, by=actor, why=why.value, content=content))
        recount_patterns(unit, episode, at)
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def _check(episode: Episode, why: WithdrawnWhy, content: Mapping[str, Any]) -> None:
    if episode.state is EpisodeState.WITHDRAWN:
        raise Conflict("The episode was withdrawn before.")
    if why is WithdrawnWhy.NEVER_MISSING and not (content.get("authorised_by") or "").strip():
        raise Invalid({"authorised_by": WHO_SAW})
