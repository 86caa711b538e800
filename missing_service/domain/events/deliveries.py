"""What becomes of a message on its way."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from missing_service.domain.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailing(Event):
    KIND: ClassVar[str] = "delivery.failing"
    delivery: UUID
    error: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRefused(Event):
    KIND: ClassVar[str] = "delivery.refused"
    delivery: UUID
    error: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOvertaken(Event):
    """Stuck too long: it leaves its lane's order, so that what is urgent may pass."""

    KIND: ClassVar[str] = "delivery.overtaken"
    delivery: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBroughtIn(Event):
    """The force's next channel carries what its first does not take; the first goes on being
    tried."""

    KIND: ClassVar[str] = "channel.brought_in"
    recipient: str
    failing: str
    deliveries: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAttempts:
    """The hash over a delivery's attempt rows, from the first to the last counted."""

    delivery: UUID
    first: int
    last: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTaken(Event):
    KIND: ClassVar[str] = "delivery.taken"
    delivery: UUID
    status: int | None
    seal: SealedAttempts


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRetried(Event):
    KIND: ClassVar[str] = "delivery.retried"
    delivery: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptsSealed(Event):
    KIND: ClassVar[str] = "attempts.sealed"
    seals: tuple[SealedAttempts, ...]
