"""Which patterns of going missing an episode completed, and the question that each joined; which
episodes are drills."""

import sqlalchemy as sa
from alembic import op

from adapters.database.types import Id, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    drill: sa.Column[bool] = sa.Column(
        "drill", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    op.add_column("episode", drill)
    op.create_table(
        "trigger_met",
        sa.Column("stream", Id(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("question", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stream"], ["stream.id"], name=op.f("fk_trigger_met_stream_stream")
        ),
        sa.ForeignKeyConstraint(
            ["question"], ["obligation.id"], name=op.f("fk_trigger_met_question_obligation")
        ),
        sa.PrimaryKeyConstraint("stream", "rule", name=op.f("pk_trigger_met")),
    )
