"""Who owns an episode: one named person at any time, and each hand-over a fact (rule 25)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from missing_service.domain.events.base import Event, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanged(Event):
    """By a person, who says why; or by the service, as nobody accepted it by a shift's end."""

    KIND: ClassVar[str] = "owner.changed"
    owner: str  # an e-mail address of the directory, or a name
    was: str
    reason: str = typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """What one person owns as their shift ends, and who comes in."""

    owner: str
    incoming: str | None  # nobody is on the rota
    episodes: tuple[str, ...]  # references, each with whether the child is found


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverShown(Event):
    """Before a shift's end the owner and whoever comes in see what is to be handed over."""

    KIND: ClassVar[str] = "handover.shown"
    council: str
    ends_at: datetime
    lists: tuple[OwnList, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayServicesAsked(Event):
    """A working morning's digest names this episode: somebody in day services is to take it."""

    KIND: ClassVar[str] = "day_services.asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSent(Event):
    """What the night leaves to the day, sent to a council's day services."""

    KIND: ClassVar[str] = "digest.sent"
    council: str
    planned_for: datetime
    lines: tuple[str, ...] = typed()
