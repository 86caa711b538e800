"""What is due is found without reading what is not: a dead destination's backlog costs nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WAITS = "next_attempt IS NOT NULL"
DUE = f"{WAITS} AND failures >= 0"  # always so: SQLite reads the index whose words a question has
FAILS = f"failing_since IS NOT NULL AND {WAITS}"


def upgrade() -> None:
    told: sa.Column[bool] = sa.Column(
        "told", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    op.add_column("lane", told)
    op.drop_index("ix_lane_due", "lane")
    _index("ix_lane_due", DUE, DUE, "destination", "urgent", "next_attempt")
    _index(
        "ix_lane_fresh",
        f"urgent = 1 AND failures = 0 AND {WAITS}",
        f"urgent AND failures = 0 AND {WAITS}",
        "destination",
        "next_attempt",
    )
    _index("ix_lane_failing", FAILS, FAILS, "destination", "failing_since")
    _index(
        "ix_lane_untold",
        f"told = 0 AND {FAILS}",
        f"NOT told AND {FAILS}",
        "destination",
        "failing_since",
    )


def _index(name: str, sqlite: str, postgres: str, *columns: object) -> None:
    op.create_index(
        name,
        "lane",
        list(columns),  # type: ignore[arg-type]
        sqlite_where=sa.text(sqlite),
        postgresql_where=sa.text(postgres),
    )
