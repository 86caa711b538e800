"""The spine: streams and their events, the rows that follow from them, the log, the working
rows."""

import sqlalchemy as sa
from alembic import op

from adapters.database.migrations.triggers import forbid_changes
from adapters.database.types import Id, UtcDateTime
from missing_service.domain.merkle import EMPTY_ROOT, Frontier

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "idempotency",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("planned_for", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job", "planned_for", name=op.f("pk_job_run")),
    )
    op.create_table(
        "lane",
        sa.Column("lane", Id(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("next_attempt", UtcDateTime(), nullable=True),
        sa.Column("token", Id(), nullable=True),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("lane", "recipient", "channel", name=op.f("pk_lane")),
    )
    with op.batch_alter_table("lane", schema=None) as batch_op:
        batch_op.create_index(
            "ix_lane_due",
            ["destination", "next_attempt"],
            unique=False,
            sqlite_where=sa.text("next_attempt IS NOT NULL"),
            postgresql_where=sa.text("next_attempt IS NOT NULL"),
        )

    op.create_table(
        "log_head",
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_log_head")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", Id(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_attempt_who"), ["who"], unique=False)

    op.create_table(
        "look",
        sa.Column("id", Id(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    op.create_table(
        "straggler",
        sa.Column("delivery", Id(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("next_attempt", UtcDateTime(), nullable=False),
        sa.Column("token", Id(), nullable=True),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("delivery", name=op.f("pk_straggler")),
    )
    with op.batch_alter_table("straggler", schema=None) as batch_op:
        batch_op.create_index("ix_straggler_due", ["destination", "next_attempt"], unique=False)

    op.create_table(
        "stream",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("last_n", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
    )
    op.create_table(
        "access_log",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("look", Id(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["look"], ["look.id"], name=op.f("fk_access_log_look_look")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_access_log")),
        sa.UniqueConstraint("look", name=op.f("uq_access_log_look")),
    )
    op.create_table(
        "act",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("obligation", Id(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ends", sa.Boolean(), nullable=False),
        sa.Column("well_being", sa.Boolean(), nullable=False),
        sa.Column("by_police", sa.Boolean(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=True),
        sa.Column("undone_by", Id(), nullable=True),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_act_stream_stream")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )
    with op.batch_alter_table("act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_act_stream"), ["stream"], unique=False)

    op.create_table(
        "child",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_child_stream_stream")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child")),
    )
    op.create_table(
        "child_copy",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("date_of_birth", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["stream"], ["stream.id"], name=op.f("fk_child_copy_stream_stream")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_copy")),
    )
    with op.batch_alter_table("child_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_child_copy_case_id"), ["case_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("event", Id(), nullable=False),
        sa.Column("lane", Id(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("body", Id(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("straggling", sa.Boolean(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("record_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_delivery_stream_stream")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_stream", ["stream"], unique=False)
        batch_op.create_index(
            "ix_delivery_waiting",
            ["lane", "recipient", "channel", "number", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('QUEUED', 'FAILING')"),
            postgresql_where=sa.text("state IN ('QUEUED', 'FAILING')"),
        )

    op.create_table(
        "directory_entry",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("event", Id(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("secret_event", Id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["stream"], ["stream.id"], name=op.f("fk_directory_entry_stream_stream")
        ),
        sa.PrimaryKeyConstraint("kind", "identity", name=op.f("pk_directory_entry")),
    )
    op.create_table(
        "event",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_event_stream_stream")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("stream", "n", name=op.f("uq_event_stream_n")),
    )
    op.create_table(
        "interview",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", Id(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("interviewer", sa.Text(), nullable=True),
        sa.Column("interviewer_role", sa.Text(), nullable=True),
        sa.Column("interviewer_organisation", sa.Text(), nullable=True),
        sa.Column("outcome_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record_hash", sa.Text(), nullable=True),
        sa.Column("signed_at", UtcDateTime(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_interview_stream_stream")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
    )
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.create_index("ix_interview_council_due", ["council", "due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interview_stream"), ["stream"], unique=False)

    op.create_table(
        "obligation",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.Column("force", sa.Text(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", Id(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("repeated_to", UtcDateTime(), nullable=True),
        sa.Column("next_step_at", UtcDateTime(), nullable=True),
        sa.Column("successor", sa.Boolean(), nullable=False),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("interview", Id(), nullable=True),
        sa.Column("record_version", sa.Integer(), nullable=True),
        sa.Column("record_hash", sa.Text(), nullable=True),
        sa.Column("discharged_at", UtcDateTime(), nullable=True),
        sa.Column("discharged_by", Id(), nullable=True),
        sa.Column("discharged_as", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["stream"], ["stream.id"], name=op.f("fk_obligation_stream_stream")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
    )
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_obligation_force_due",
            ["force", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'OPEN'"),
            postgresql_where=sa.text("state = 'OPEN'"),
        )
        batch_op.create_index("ix_obligation_interview", ["interview"], unique=False)
        batch_op.create_index(
            "ix_obligation_next_step",
            ["next_step_at"],
            unique=False,
            sqlite_where=sa.text("next_step_at IS NOT NULL"),
            postgresql_where=sa.text("next_step_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_obligation_open_due",
            ["council", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'OPEN'"),
            postgresql_where=sa.text("state = 'OPEN'"),
        )
        batch_op.create_index("ix_obligation_stream", ["stream"], unique=False)

    op.create_table(
        "party",
        sa.Column("stream", Id(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owes", sa.Boolean(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("failing", sa.Text(), nullable=False),
        sa.Column("frozen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_party_stream_stream")),
        sa.PrimaryKeyConstraint("stream", "who", name=op.f("pk_party")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index("ix_party_who", ["who", "stream"], unique=False)

    op.create_table(
        "policy_version",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("event", Id(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stream"], ["stream.id"], name=op.f("fk_policy_version_stream_stream")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "private_text",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stream"], ["stream.id"], name=op.f("fk_private_text_stream_stream")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_text")),
    )
    op.create_table(
        "attempt",
        sa.Column("delivery", Id(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.Column("answer_sha256", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery"], ["delivery.id"], name=op.f("fk_attempt_delivery_delivery")
        ),
        sa.PrimaryKeyConstraint("delivery", "n", name=op.f("pk_attempt")),
    )
    op.create_table(
        "attempt_seal",
        sa.Column("delivery", Id(), nullable=False),
        sa.Column("first", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("event", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery"], ["delivery.id"], name=op.f("fk_attempt_seal_delivery_delivery")
        ),
        sa.ForeignKeyConstraint(
            ["stream"], ["stream.id"], name=op.f("fk_attempt_seal_stream_stream")
        ),
        sa.PrimaryKeyConstraint("delivery", "first", name=op.f("pk_attempt_seal")),
    )
    op.create_table(
        "duty_log",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", Id(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f("fk_duty_log_event_event")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_duty_log")),
        sa.UniqueConstraint("event", name=op.f("uq_duty_log_event")),
    )
    op.create_table(
        "episode",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("child", Id(), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("danger", sa.Text(), nullable=False),
        sa.Column("under_age", sa.Boolean(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("police", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("well_being", sa.Boolean(), nullable=False),
        sa.Column("became_aware_at", UtcDateTime(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("located_at", UtcDateTime(), nullable=True),
        sa.Column("returned_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["child"], ["child.id"], name=op.f("fk_episode_child_child")),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_episode_stream_stream")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
        sa.UniqueConstraint("reference", name=op.f("uq_episode_reference")),
    )
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_episode_child"), ["child"], unique=False)
        batch_op.create_index(
            "ix_episode_council_recorded", ["council", "recorded_at", "id"], unique=False
        )
        batch_op.create_index("ix_episode_recorded", ["recorded_at", "id"], unique=False)

    op.create_table(
        "record_version",
        sa.Column("interview", Id(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("event", Id(), nullable=False),
        sa.Column("record_hash", sa.Text(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event"], ["event.id"], name=op.f("fk_record_version_event_event")
        ),
        sa.ForeignKeyConstraint(
            ["interview"], ["interview.id"], name=op.f("fk_record_version_interview_interview")
        ),
        sa.ForeignKeyConstraint(
            ["stream"], ["stream.id"], name=op.f("fk_record_version_stream_stream")
        ),
        sa.PrimaryKeyConstraint("interview", "version", name=op.f("pk_record_version")),
    )
    op.create_table(
        "step_told",
        sa.Column("obligation", Id(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("stream", Id(), nullable=False),
        sa.Column("event", Id(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("passed_over", sa.Boolean(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["obligation"], ["obligation.id"], name=op.f("fk_step_told_obligation_obligation")
        ),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_step_told_stream_stream")),
        sa.PrimaryKeyConstraint("obligation", "step", "due_at", name=op.f("pk_step_told")),
    )
    with op.batch_alter_table("step_told", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_told_stream"), ["stream"], unique=False)
    heads = sa.table("log_head", *[sa.column(n) for n in ("log", "size", "frontier", "root")])
    empty = {"size": 0, "frontier": Frontier().encode(), "root": EMPTY_ROOT}
    op.bulk_insert(heads, [{"log": "duty", **empty}, {"log": "access", **empty}])
    forbid_changes(APPEND_ONLY)


APPEND_ONLY = (
    "event",
    "private_text",
    "look",
    "duty_log",
    "access_log",
    "attempt",
    "attempt_seal",
    "record_version",
    "policy_version",
)
