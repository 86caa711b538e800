"""What all tables share: names of constraints, and how Python's types stand in columns."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from adapters.database.types import Id, UtcDateTime

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {UUID: Id, datetime: UtcDateTime, str: Text, bytes: LargeBinary}


def key_column(**options: object) -> Mapped[UUID]:
    return mapped_column(primary_key=True, **options)  # type: ignore[arg-type]


def stream_column() -> Mapped[UUID]:
    return mapped_column(ForeignKey("stream.id"))
