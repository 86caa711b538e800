"""One message on its way to one recipient: its states, and what an attempt came back with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
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
    their_clock: datetime | None = None  # what the answer's `Date` showed


@dataclass(frozen=True, slots=True)
class Message:
    """The bytes of one delivery as stored when queued; the same on every attempt.

    For a webhook `body` is the JSON body; for mail UTF-8 JSON `{"subject": str, "text": str}`.
    """

    id: UUID
    body: bytes
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class RetryDecision:
    wait: timedelta
    tell_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one recipient by one channel; `id` is the webhook-id of every
    attempt."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    id: UUID
    stream: UUID
    event: UUID
    lane: UUID  # the stream in whose order it goes: the episode's, or the service's for people
    recipient: str  # a force's code, or a person's e-mail address
    channel: str  # "met/cad", or "mail"
    type: str
    number: int  # rises per episode and recipient, the same on each channel; 0 for people
    urgent: bool
    queued_at: datetime
    body: UUID  # the private text that holds its bytes
    state: DeliveryState = DeliveryState.QUEUED
    straggling: bool = False  # refused or overtaken: it no longer holds up its lane
    taken_at: datetime | None = None
    record_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSeal:
    """Which attempt rows of a delivery an event vouches for."""

    KEY: ClassVar[tuple[str, ...]] = ("delivery", "first")
    delivery: UUID
    first: int
    last: int
    sha256: str
    stream: UUID
    event: UUID
