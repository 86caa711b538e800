"""What a child is found by, the names that they were known by, and what is kept beforehand."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from adapters.database.types import Id, UtcDateTime
from missing_service.domain.episode import ChildCopy
from missing_service.domain.matching import stored_keys

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MANY = 1000
CHILD = sa.table("child", sa.column("id", Id()), sa.column("council", sa.Text()))
NAMES = ("name", "description", "date_of_birth", "case_id")
COPY = sa.table(
    "child_copy",
    sa.column("id", Id()),
    sa.column("stream", Id()),
    *(sa.column(name, sa.Text()) for name in NAMES),
)
KEY = sa.table(
    "child_key",
    sa.column("stream", Id()),
    sa.column("key", sa.Text()),
    sa.column("council", sa.Text()),
)


def upgrade() -> None:
    op.add_column(
        "child_copy", sa.Column("former_names", sa.Text(), nullable=False, server_default="[]")
    )
    _make_keys()
    _make_profiles()
    for rows in _known():
        op.bulk_insert(KEY, rows)


def _make_keys() -> None:
    op.create_table(
        "child_key",
        sa.Column("stream", Id(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_child_key_stream_stream")),
        sa.PrimaryKeyConstraint("stream", "key", name=op.f("pk_child_key")),
    )
    op.create_index("ix_child_key_wanted", "child_key", ["council", "key", "stream"])


def _make_profiles() -> None:
    op.create_table(
        "profile",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event", Id(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_profile_stream_stream")),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f("fk_profile_event_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
    )


def _known() -> Iterator[list[dict[str, Any]]]:
    """The keys of the children recorded before, some at a time."""
    query = sa.select(COPY, CHILD.c.council).join(CHILD, CHILD.c.id == COPY.c.id)
    query = query.order_by(COPY.c.id).limit(MANY)
    found = op.get_bind().execute(query).all()
    while found:
        yield [row for copy in found for row in _keys_of(copy)]
        after = query.where(COPY.c.id > found[-1].id)
        found = op.get_bind().execute(after).all()


def _keys_of(row: Any) -> list[dict[str, Any]]:
    said = {name: getattr(row, name) for name in ("id", "stream", *NAMES)}
    keys = sorted(stored_keys(ChildCopy(**said)))
    return [{"stream": row.stream, "key": key, "council": row.council} for key in keys]
