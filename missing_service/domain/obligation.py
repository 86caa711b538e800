"""Something owed to a child: its clock, its ladder's progress, and whether it is met."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar
from uuid import UUID

from missing_service.domain.ladder import Run
from missing_service.domain.policy import ObligationKind


class ObligationState(StrEnum):
    OPEN = "OPEN"  # owed
    DISCHARGED = "DISCHARGED"  # met by the one kind of act that ends it, or opened in error


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    id: UUID
    stream: UUID
    kind: ObligationKind
    state: ObligationState
    council: str
    force: str | None
    started_at: datetime
    due_at: datetime
    opened_at: datetime
    opened_by: UUID  # the event
    policy: str  # the version under which it was opened
    factor: str = "1"  # the danger factor that holds, as a fraction
    decided: int = 0  # which steps of its ladder were decided, a bit each
    repeated_to: datetime | None = None
    next_step_at: datetime | None = None
    successor: bool = False  # its due instant opens the next of its kind
    review: str | None = None
    interview: UUID | None = None
    record_version: int | None = None
    record_hash: str | None = None
    discharged_at: datetime | None = None
    discharged_by: UUID | None = None
    discharged_as: str | None = None  # None: by its own act; OPENED_IN_ERROR, REPLACED, ...

    @property
    def is_open(self) -> bool:
        return self.state is ObligationState.OPEN

    @property
    def run(self) -> Run:
        return Run(
            self.started_at, self.due_at, Fraction(self.factor), self.decided, self.repeated_to
        )


def is_overdue(obligation: Obligation, *, now: datetime) -> bool:
    return obligation.is_open and now > obligation.due_at


def has_lapsed(obligation: Obligation, told: Iterable["StepTold"], *, now: datetime) -> bool:
    """Overdue, or found so before the clock was set back: nothing un-lapses."""
    is_on_record = any(step.due_at >= obligation.due_at for step in told)
    return is_overdue(obligation, now=now) or (obligation.is_open and is_on_record)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTold:
    """A step of a ladder, decided once: unique on obligation, step and due instant."""

    KEY: ClassVar[tuple[str, ...]] = ("obligation", "step", "due_at")
    obligation: UUID
    step: str
    due_at: datetime
    stream: UUID
    event: UUID
    until: datetime | None
    count: int
    told_at: datetime
    people: tuple[str, ...]
    passed_over: bool
    taken_by: tuple[str, ...] = ()
