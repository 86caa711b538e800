"""What police ask in mid-search, and what they are answered (rule 32)."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from missing_service.domain.events.base import JSON, Event, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(Event):
    """A question of a force; the event's id is the question's."""

    KIND: ClassVar[str] = "question.asked"
    force: str
    by_phone: bool
    content: JSON = typed()  # text, by: the officer


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(Event):
    """The first answer ends the duty; a further one is kept beside it."""

    KIND: ClassVar[str] = "question.answered"
    question: UUID
    obligation: UUID
    content: JSON = typed()  # text, by
