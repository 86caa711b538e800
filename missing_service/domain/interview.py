"""The return home interview, and the versions of its written record."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

NOT_OFFERED = "NOT_OFFERED"
CHECK_CODE = 8  # so many hex digits of a record's hash are printed, and said on the telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    id: UUID
    stream: UUID  # the episode's
    council: str
    status: str  # NOT_STARTED until allocated or ended; then CONTRACT 5.5's words
    opened_at: datetime
    opened_by: UUID
    due_at: datetime
    interviewer: str | None = None
    interviewer_role: str | None = None
    interviewer_organisation: str | None = None
    outcome_at: datetime | None = None
    version: int = 0  # the last signed version of its record
    record_hash: str | None = None
    signed_at: datetime | None = None
    void: bool = False  # the return that opened it was undone


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVersion:
    KEY: ClassVar[tuple[str, ...]] = ("interview", "version")
    interview: UUID
    version: int
    stream: UUID
    event: UUID
    record_hash: str
    signed_at: datetime
