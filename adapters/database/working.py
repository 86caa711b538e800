"""The working rows: they pass no door and prove nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from adapters.database.base import Base, key_column

WAITS = "next_attempt IS NOT NULL"
DUE = f"{WAITS} AND failures >= 0"  # always so: SQLite reads the index whose words a question has
FAILS = f"failing_since IS NOT NULL AND {WAITS}"


def _index(name: str, sqlite: str, postgres: str, *columns: Any) -> Index:
    """An index of the rows of which this holds, alone."""
    return Index(name, *columns, sqlite_where=text(sqlite), postgresql_where=text(postgres))


class LaneTable(Base):
    """The order of one recipient's news by one channel, and who holds it now."""

    __tablename__ = "lane"
    __table_args__ = (
        _index("ix_lane_due", DUE, DUE, "destination", "urgent", "next_attempt"),
        _index(
            "ix_lane_fresh",
            f"urgent = 1 AND failures = 0 AND {WAITS}",
            f"urgent AND failures = 0 AND {WAITS}",
            "destination",
            "next_attempt",
        ),
        _index("ix_lane_failing", FAILS, FAILS, "destination", "failing_since"),
        _index(
            "ix_lane_untold",
            f"told = 0 AND {FAILS}",
            f"NOT told AND {FAILS}",
            "destination",
            "failing_since",
        ),
    )
    lane: Mapped[UUID] = key_column()
    recipient: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    destination: Mapped[str]
    urgent: Mapped[bool]
    next_attempt: Mapped[datetime | None]  # None: nothing waits
    token: Mapped[UUID | None]
    until: Mapped[datetime | None]
    failures: Mapped[int]
    failing_since: Mapped[datetime | None]
    told: Mapped[bool] = mapped_column(server_default=false())  # people were, that it fails


class StragglerTable(Base):
    """A refused or overtaken delivery: it is tried for ever, outside its lane's order."""

    __tablename__ = "straggler"
    __table_args__ = (Index("ix_straggler_due", "destination", "next_attempt"),)
    delivery: Mapped[UUID] = key_column()
    destination: Mapped[str]
    next_attempt: Mapped[datetime]
    token: Mapped[UUID | None]
    until: Mapped[datetime | None]
    failures: Mapped[int]
    failing_since: Mapped[datetime | None]


class HeartbeatTable(Base):
    __tablename__ = "heartbeat"
    worker: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class DraftTable(Base):
    __tablename__ = "draft"
    id: Mapped[UUID] = key_column()  # an interview's, for its record
    stream: Mapped[UUID]
    version: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
    content: Mapped[bytes]  # under the stream's key


class IdempotencyTable(Base):
    __tablename__ = "idempotency"
    principal: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    stream: Mapped[UUID]
    at: Mapped[datetime]
    status: Mapped[int]
    answer: Mapped[bytes]  # under the stream's key


class SessionTable(Base):
    __tablename__ = "session"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[str | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    content: Mapped[str]


class LoginAttemptTable(Base):
    __tablename__ = "login_attempt"
    id: Mapped[UUID] = key_column()
    who: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


class JobRunTable(Base):
    __tablename__ = "job_run"
    job: Mapped[str] = mapped_column(primary_key=True)
    planned_for: Mapped[datetime] = mapped_column(primary_key=True)
    at: Mapped[datetime]


WORKING = (
    "lane",
    "straggler",
    "session",
    "heartbeat",
    "draft",
    "idempotency",
    "login_attempt",
    "job_run",
)
