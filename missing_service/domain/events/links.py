"""Reports that are one, or none: what was linked (rule 27), and which patterns stand without what
was withdrawn (rules 15, 33)."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternsRecounted(Event):
    """Of what prompted a strategy question, nothing stands any more; or something does again."""

    KIND: ClassVar[str] = "patterns.recounted"
    question: UUID
    stands: bool
