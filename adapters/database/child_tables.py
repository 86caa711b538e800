"""The tables of children: who they are, what finds them, what is kept of them beforehand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from adapters.database.base import Base, key_column, stream_column
from adapters.database.types import Words


class ChildTable(Base):
    __tablename__ = "child"
    id: Mapped[UUID] = key_column()
    stream: Mapped[UUID] = stream_column()
    council: Mapped[str]


class ChildCopyTable(Base):
    __tablename__ = "child_copy"
    id: Mapped[UUID] = key_column()
    stream: Mapped[UUID] = stream_column()
    name: Mapped[str | None]
    description: Mapped[str | None]
    date_of_birth: Mapped[str | None]
    case_id: Mapped[str | None] = mapped_column(index=True)
    former_names: Mapped[tuple[str, ...]] = mapped_column(Words)


class ChildKeyTable(Base):
    """What a child is found by; with the copies, the one thing that stands in the clear."""

    __tablename__ = "child_key"
    __table_args__ = (Index("ix_child_key_wanted", "council", "key", "stream"),)
    stream: Mapped[UUID] = mapped_column(ForeignKey("stream.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    council: Mapped[str]


class ProfileTable(Base):
    __tablename__ = "profile"
    id: Mapped[UUID] = key_column()  # the child's
    stream: Mapped[UUID] = stream_column()
    version: Mapped[int]
    event: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    kept_at: Mapped[datetime]
