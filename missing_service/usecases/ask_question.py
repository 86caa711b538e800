"""Police ask in mid-search, by machine, page or telephone; somebody answers (rule 32)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.access.scope import UNKNOWN, held
from missing_service.domain.asked import standing_replies
from missing_service.domain.casefile import CaseFile, read_story
from missing_service.domain.episode import Episode
from missing_service.domain.errors import Conflict, Invalid, NotFound
from missing_service.domain.events import Actor, QuestionAnswered, QuestionAsked
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.journal import Unit, record
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import answered


def ask_question(
    reference: str,
    said: Mapping[str, Any],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Save what police ask; an answer is owed from now on."""

    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "reference", reference)
        event = QuestionAsked(
            id=unit.draw.id(),
            stream=episode.stream,
            at=at,
            by=actor,
            force=actor.organisation if actor.role == "police" else episode.force,
            by_phone=bool(said.get("by_phone")),
            content={"text": said["text"], "by": _officer(said, actor)},
        )
        record(unit, event)
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def _officer(said: Mapping[str, Any], actor: Actor) -> str | None:
    """Who asks: a machine of police that names nobody is heard all the same."""
    if actor.role == "police":
        return said.get("by") or actor.name
    if not said.get("by_phone"):
        raise Invalid({"by_phone": "Say true: you record what police asked by telephone."})
    if not said.get("by"):
        raise Invalid({"by": "Name the officer who asked."})
    return str(said["by"])


def answer_question(
    reference: str,
    question: UUID,
    said: Mapping[str, Any],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """The first answer ends the duty; a further one is sent as well; the same changes nothing."""

    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "reference", reference)
        file = read_story(unit.state.story(episode.stream))
        _check(file, question)
        content = {"text": said["text"], "by": _who_answers(said, actor)}
        if content not in [dict(r.content) for r in standing_replies(file, question)]:
            event = QuestionAnswered(
                id=unit.draw.id(),
                stream=episode.stream,
                at=at,
                by=actor,
                question=question,
                obligation=_duty(unit, episode, question),
                content=content,
            )
            record(unit, event)
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def _check(file: CaseFile, question: UUID) -> None:
    if question not in {asked.id for asked in file.questions}:
        raise NotFound(UNKNOWN)
    if question in file.undone:
        raise Conflict("This question was entered by mistake: nothing is to be answered.")


def _who_answers(said: Mapping[str, Any], actor: Actor) -> str:
    found = said.get("by") or actor.name
    if not found:
        raise Invalid({"by": "Name the person who answers."})
    return str(found)


def _duty(unit: Unit, episode: Episode, question: UUID) -> UUID:
    rows = unit.state.all(Obligation, episode.stream)
    kind = Kind.question_answered
    return next(o.id for o in rows if o.kind is kind and o.opened_by == question)
