"""Two reports of one child: said to be the same, or not the same after all (rule 27)."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from missing_service.domain.events.base import Event, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeLinked(Event):
    """Told in both streams: each episode is one account of the same time missing."""

    KIND: ClassVar[str] = "episode.linked"
    other: UUID
    reference: str  # the other's
    reason: str = typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeUnlinked(Event):
    """Told in both streams: they were no accounts of the same."""

    KIND: ClassVar[str] = "episode.unlinked"
    other: UUID
    reference: str
    reason: str = typed()
