"""The service itself: its watch, its drills, its directory and policy."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from missing_service.domain.events.base import JSON, Event, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillUnanswered(Event):
    """Nobody has answered a drill by the instant at which a report must be answered."""

    KIND: ClassVar[str] = "drill.unanswered"
    obligation: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the way, and how long it took."""

    what: str  # "sent", "taken", "answered"
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillAnswered(Event):
    """A person answered a drill; it is over."""

    KIND: ClassVar[str] = "drill.answered"
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersSilent(Event):
    """No worker beats: nothing is sent, and no ladder is looked at."""

    KIND: ClassVar[str] = "workers.silent"
    since: datetime | None  # the last beat; None: there never was one
    again: int  # 0 is the first telling of this silence
    waiting: tuple[JSON, ...]  # reports that police have not answered: council, reference, since
    more: int  # reports beyond those named


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersBack(Event):
    KIND: ClassVar[str] = "workers.back"
    since: datetime | None  # from when they had been silent


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDoubted(Event):
    """A clock that cannot be right was noticed: administrators are told."""

    KIND: ClassVar[str] = "clock.doubted"
    doubt: str  # clocks.Doubt
    whose: str
    seconds: int  # how far it is ahead; behind, or set back: less than nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySent(Event):
    """A message that means nothing, to see that messages get through."""

    KIND: ClassVar[str] = "canary.sent"
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfChecked(Event):
    """The service looked at its own records; a fault names tables, rows and ids."""

    KIND: ClassVar[str] = "self.checked"
    reached: int  # the duty log's last row at that instant
    all_at: datetime  # when all was last looked at, and not only what had moved
    told_at: datetime | None  # when people were last told how it stands
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryChanged(Event):
    """Entries added and changed by one load; secrets stand in the private part."""

    KIND: ClassVar[str] = "directory.changed"
    changes: tuple[JSON, ...]  # kind, identity, now
    secrets: JSON = typed(default_factory=dict)  # "kind/identity" -> [secret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLoaded(Event):
    KIND: ClassVar[str] = "policy.loaded"
    version: str
    body: str
