"""The tables that the log vouches for; the working ones stand in a file of their own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from adapters.database.base import Base, key_column, stream_column
from adapters.database.child_tables import (
    ChildCopyTable,
    ChildKeyTable,
    ChildTable,
    ProfileTable,
)
from adapters.database.types import Code, Words
from adapters.database.working import (
    WORKING,
    DraftTable,
    HeartbeatTable,
    IdempotencyTable,
    JobRunTable,
    LaneTable,
    LoginAttemptTable,
    SessionTable,
    StragglerTable,
)
from missing_service.domain.codes import EpisodeState, PoliceState
from missing_service.domain.delivery import DeliveryState
from missing_service.domain.obligation import ObligationState
from missing_service.domain.policy import ObligationKind

__all__ = [
    "WORKING",
    "Base",
    "ChildCopyTable",
    "ChildKeyTable",
    "ChildTable",
    "DraftTable",
    "HeartbeatTable",
    "IdempotencyTable",
    "JobRunTable",
    "LaneTable",
    "LoginAttemptTable",
    "ProfileTable",
    "SessionTable",
    "StragglerTable",
]

# What stands for ever


class StreamTable(Base):
    __tablename__ = "stream"
    id: Mapped[UUID] = key_column()
    kind: Mapped[str]
    last_n: Mapped[int]
    wrapped_key: Mapped[bytes | None]
    key_version: Mapped[int]


class EventTable(Base):
    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("stream", "n"),)
    id: Mapped[UUID] = key_column()
    stream: Mapped[UUID] = stream_column()
    n: Mapped[int]
    kind: Mapped[str]
    at: Mapped[datetime]
    leaf: Mapped[bytes]


class PrivateTextTable(Base):
    __tablename__ = "private_text"
    id: Mapped[UUID] = key_column()
    stream: Mapped[UUID] = stream_column()
    content: Mapped[bytes]


class LookTable(Base):
    __tablename__ = "look"
    id: Mapped[UUID] = key_column()
    at: Mapped[datetime]
    leaf: Mapped[bytes]


class DutyLogTable(Base):
    __tablename__ = "duty_log"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event: Mapped[UUID] = mapped_column(ForeignKey("event.id"), unique=True)
    leaf_hash: Mapped[bytes]


class AccessLogTable(Base):
    __tablename__ = "access_log"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    look: Mapped[UUID] = mapped_column(ForeignKey("look.id"), unique=True)
    leaf_hash: Mapped[bytes]


class LogHeadTable(Base):
    __tablename__ = "log_head"
    log: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    frontier: Mapped[bytes]
    root: Mapped[bytes]


class AttemptTable(Base):
    """An attempt's start is committed before its first byte; its end is a row of its own."""

    __tablename__ = "attempt"
    delivery: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # odd: start, even: end
    at: Mapped[datetime]
    number: Mapped[int]  # which attempt of the delivery
    outcome: Mapped[str | None]
    status: Mapped[int | None]
    error: Mapped[str | None]
    ms: Mapped[int | None]
    answer_sha256: Mapped[str | None]


# What people read: each row follows from the events of its stream


class EpisodeTable(Base):
    __tablename__ = "episode"
    __table_args__ = (
        Index("ix_episode_council_recorded", "council", "recorded_at", "id"),
        Index("ix_episode_recorded", "recorded_at", "id"),
    )
    id: Mapped[UUID] = key_column()
    stream: Mapped[UUID] = stream_column()
    reference: Mapped[str] = mapped_column(unique=True)
    child: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    council: Mapped[str]
    category: Mapped[str]
    state: Mapped[EpisodeState] = mapped_column(Code(EpisodeState))
    force: Mapped[str]
    danger: Mapped[str]
    under_age: Mapped[bool]
    risk: Mapped[str]
    police: Mapped[PoliceState] = mapped_column(Code(PoliceState))
    owner: Mapped[str]
    well_being: Mapped[bool]
    became_aware_at: Mapped[datetime]
    reported_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    located_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int]
    drill: Mapped[bool] = mapped_column(server_default=false())


class ActTable(Base):
    __tablename__ = "act"
    id: Mapped[UUID] = key_column()
    stream: Mapped[UUID] = mapped_column(ForeignKey("stream.id"), index=True)
    n: Mapped[int]
    kind: Mapped[str]
    at: Mapped[datetime]
    happened_at: Mapped[datetime]
    obligation: Mapped[UUID | None]
    outcome: Mapped[str | None]
    ends: Mapped[bool]
    well_being: Mapped[bool]
    by_police: Mapped[bool]
    risk: Mapped[str | None]
    undone_by: Mapped[UUID | None]


class PartyTable(Base):
    __tablename__ = "party"
    __table_args__ = (Index("ix_party_who", "who", "stream"),)
    stream: Mapped[UUID] = mapped_column(ForeignKey("stream.id"), primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    owes: Mapped[bool]
    depth: Mapped[int]
    last_number: Mapped[int]
    failing: Mapped[tuple[str, ...]] = mapped_column(Words)
    frozen_at: Mapped[datetime | None]


class InterviewTable(Base):
    __tablename__ = "interview"
    __table_args__ = (Index("ix_interview_council_due", "council", "due_at", "id"),)
    id: Mapped[UUID] = key_column()
    stream: Mapped[UUID] = mapped_column(ForeignKey("stream.id"), index=True)
    council: Mapped[str]
    status: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID]
    due_at: Mapped[datetime]
    interviewer: Mapped[str | None]
    interviewer_role: Mapped[str | None]
    interviewer_organisation: Mapped[str | None]
    outcome_at: Mapped[datetime | None]
    version: Mapped[int]
    record_hash: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    void: Mapped[bool]


class RecordVersionTable(Base):
    __tablename__ = "record_version"
    interview: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stream: Mapped[UUID] = stream_column()
    event: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    record_hash: Mapped[str]
    signed_at: Mapped[datetime]


class ObligationTable(Base):
    __tablename__ = "obligation"
    __table_args__ = (
        Index("ix_obligation_stream", "stream"),
        Index(
            "ix_obligation_next_step",
            "next_step_at",
            sqlite_where=text("next_step_at IS NOT NULL"),
            postgresql_where=text("next_step_at IS NOT NULL"),
        ),
        Index(
            "ix_obligation_open_due",
            "council",
            "due_at",
            "id",
            sqlite_where=text("state = 'OPEN'"),
            postgresql_where=text("state = 'OPEN'"),
        ),
        Index(
            "ix_obligation_force_due",
            "force",
            "due_at",
            "id",
            sqlite_where=text("state = 'OPEN'"),
            postgresql_where=text("state = 'OPEN'"),
        ),
        Index("ix_obligation_interview", "interview"),
    )
    id: Mapped[UUID] = key_column()
    stream: Mapped[UUID] = stream_column()
    kind: Mapped[ObligationKind] = mapped_column(Code(ObligationKind))
    state: Mapped[ObligationState] = mapped_column(Code(ObligationState))
    council: Mapped[str]
    force: Mapped[str | None]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID]
    policy: Mapped[str]
    factor: Mapped[str]
    decided: Mapped[int]
    repeated_to: Mapped[datetime | None]
    next_step_at: Mapped[datetime | None]
    successor: Mapped[bool]
    review: Mapped[str | None]
    interview: Mapped[UUID | None]
    record_version: Mapped[int | None]
    record_hash: Mapped[str | None]
    discharged_at: Mapped[datetime | None]
    discharged_by: Mapped[UUID | None]
    discharged_as: Mapped[str | None]


class TriggerMetTable(Base):
    __tablename__ = "trigger_met"
    stream: Mapped[UUID] = mapped_column(ForeignKey("stream.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    question: Mapped[UUID] = mapped_column(ForeignKey("obligation.id"))


class StepToldTable(Base):
    __tablename__ = "step_told"
    obligation: Mapped[UUID] = mapped_column(ForeignKey("obligation.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    stream: Mapped[UUID] = mapped_column(ForeignKey("stream.id"), index=True)
    event: Mapped[UUID]
    until: Mapped[datetime | None]
    count: Mapped[int]
    told_at: Mapped[datetime]
    people: Mapped[tuple[str, ...]] = mapped_column(Words)
    passed_over: Mapped[bool]
    taken_by: Mapped[tuple[str, ...]] = mapped_column(Words)


class DeliveryTable(Base):
    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_stream", "stream"),
        Index(
            "ix_delivery_waiting",
            "lane",
            "recipient",
            "channel",
            "number",
            "id",
            sqlite_where=text("state IN ('QUEUED', 'FAILING')"),
            postgresql_where=text("state IN ('QUEUED', 'FAILING')"),
        ),
    )
    id: Mapped[UUID] = key_column()
    stream: Mapped[UUID] = stream_column()
    event: Mapped[UUID]
    lane: Mapped[UUID]
    recipient: Mapped[str]
    channel: Mapped[str]
    type: Mapped[str]
    number: Mapped[int]
    urgent: Mapped[bool]
    queued_at: Mapped[datetime]
    body: Mapped[UUID]
    state: Mapped[DeliveryState] = mapped_column(Code(DeliveryState))
    straggling: Mapped[bool]
    taken_at: Mapped[datetime | None]
    record_version: Mapped[int | None]


class AttemptSealTable(Base):
    __tablename__ = "attempt_seal"
    delivery: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
    sha256: Mapped[str]
    stream: Mapped[UUID] = stream_column()
    event: Mapped[UUID]


class DirectoryEntryTable(Base):
    __tablename__ = "directory_entry"
    kind: Mapped[str] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[UUID] = stream_column()
    event: Mapped[UUID]
    body: Mapped[str]
    secret_event: Mapped[UUID | None]


class PolicyVersionTable(Base):
    __tablename__ = "policy_version"
    version: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[UUID] = stream_column()
    event: Mapped[UUID]
    body: Mapped[str]
