"""The return home interview and its record."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from missing_service.domain.events.base import JSON, Event, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewAllocated(Event):
    KIND: ClassVar[str] = "interview.allocated"
    interview: UUID
    interviewer: str
    role: str
    organisation: str
    independence: str = typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewEnded(Event):
    """The outcome: held, declined, not possible, or decided not."""

    KIND: ClassVar[str] = "interview.outcome"
    interview: UUID
    status: str
    outcome_at: datetime
    record_hash: str | None = None  # of the outcome that police are sent, unless it was held
    content: JSON = typed()  # reason, authorised_by, parent_offered, covers


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSigned(Event):
    """Version n of the written record, fixed for ever; `record` is exactly what police get."""

    KIND: ClassVar[str] = "interview.record_signed"
    interview: UUID
    version: int
    record_hash: str
    reason: str = typed(default="")
    record: JSON = typed()
    whole: JSON = typed()  # as signed, with what is withheld from police
