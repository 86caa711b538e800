"""One message on its way to one recipient: its states, and what an attempt came back with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class DeliveryState(StrEnum):
    QUEUED = "QUEUED"  # stored; no attempt has been answered
    FAILING = "FAILING"  # tried, not taken; it goes on being tried
    TAKEN = "TAKEN"  # their machine said 2xx; no person need have seen it
    SUPERSEDED = "SUPERSEDED"  # a later version of the same record was taken first


MOVES = {
    DeliveryState.QUEUED: {DeliveryState.FAILING, DeliveryState.TAKEN, DeliveryState.SUPERSEDED},
    DeliveryState.FAILING: {DeliveryState.TAKEN, DeliveryState.SUPERSEDED},
    DeliveryState.TAKEN: set(),
    DeliveryState.SUPERSEDED: set(),
}


class Outcome(StrEnum):
    TAKEN = "TAKEN"  # 2xx, read to its end within the deadline
    REFUSED = "REFUSED"  # 3xx, or 4xx except 408, 425, 429: people are told at once
    UNREACHABLE = "UNREACHABLE"  # no answer, too slow, 5xx, 408, 425, 429: try again


@dataclass(frozen=True, slots=True)
class Answer:
    """What one attempt came back with; nothing in it is trusted."""

    outcome: Outcome
    ms: int
    status: int | None = None  # HTTP or SMTP status
    error: str | None = None  # a short word of ours: "timeout", "tls", "dns", "refused destination"
    body_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """The bytes of one delivery as stored when queued; the same on every attempt.

    For a webhook `body` is the JSON body. For mail it is UTF-8 JSON `{"subject": str, "text": str}`.
    """

    id: UUID
    body: bytes
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class RetryDecision:
    wait: timedelta
    tell_person: bool
