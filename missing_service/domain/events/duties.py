"""What ends a duty, or speeds it, or tells people that it is not met."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from missing_service.domain.events.base import JSON, Event, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceAnswered(Event):
    """An acknowledgement by a named person; `ends` says whether it can discharge what it
    answers."""

    KIND: ClassVar[str] = "police.answered"
    obligation: UUID
    outcome: str
    acknowledged_at: datetime
    by_phone: bool
    ends: bool
    force: str | None = None  # where it really belongs (WRONG_FORCE)
    duplicate_of: str | None = None
    risk: str | None = None
    record_hash: str | None = None
    instead_of: UUID | None = None  # the duty that was named, where it was opened in error
    content: JSON = typed()  # reference, acknowledged_by, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceRung(Event):
    """Somebody telephoned; it ends and delays nothing, and every later message says it."""

    KIND: ClassVar[str] = "police.rung"
    obligation: UUID
    result: str
    content: JSON = typed()  # name, number: the officer's


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldByPerson(Event):
    """Somebody told a parent, a school, another: or says why not."""

    KIND: ClassVar[str] = "told.by_person"
    told_at: datetime  # where nobody was told: when that was said
    content: JSON = typed()  # who, by, method, note, why_not


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationTaken(Event):
    """*I have it*: stops nothing, and everybody sees it."""

    KIND: ClassVar[str] = "obligation.taken"
    obligation: UUID
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationDecided(Event):
    KIND: ClassVar[str] = "obligation.decided"
    obligation: UUID
    decision: str
    by_phone: bool = False
    content: JSON = typed()  # reason, decided_by


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStep:
    """One step of a ladder, decided: told to these people, or passed over as its condition did
    not hold."""

    step: str  # "1", "2", ... or "repeat"
    due_at: datetime
    until: datetime | None
    count: int
    people: tuple[str, ...]  # e-mail addresses
    say: str
    passed_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderTold(Event):
    """What lapsed of one obligation's ladder by `at`, and who is told of it."""

    KIND: ClassVar[str] = "ladder.told"
    obligation: UUID
    steps: tuple[ToldStep, ...]
    decided: int
    repeated_to: datetime | None
    police: bool  # a reminder goes through the force's own channels
    empty_roles: tuple[str, ...]  # nobody on their rota: others were told instead
    folded: tuple[str, ...] = ()  # people whose one message names several obligations


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderWoundBack(Event):
    """The clock had run ahead and was put right: repeats are owed again from `repeated_to`."""

    KIND: ClassVar[str] = "ladder.wound_back"
    obligation: UUID
    repeated_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBroughtBack(Event):
    """The duty was recorded by a clock that had run ahead: it is counted from `started_at`."""

    KIND: ClassVar[str] = "obligation.clock_brought_back"
    obligation: UUID
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFellDue(Event):
    """The due instant of a still-missing review opens the next, decided or not."""

    KIND: ClassVar[str] = "review.fell_due"
    obligation: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTold(Event):
    """Several steps that one person is told in one message."""

    KIND: ClassVar[str] = "people.told"
    person: str
    obligations: tuple[UUID, ...]
    since: datetime
    lines: tuple[JSON, ...] = typed()
