"""Rows that nobody may change: the database itself refuses UPDATE, DELETE and TRUNCATE."""

from collections.abc import Sequence

from alembic import op

SQLITE = """CREATE TRIGGER {table}_no_{word} BEFORE {act} ON "{table}"
BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept for ever'); END"""
FUNCTION = """CREATE FUNCTION kept_for_ever() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rows of % are kept for ever', TG_TABLE_NAME; END $$"""
POSTGRES = (
    'CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON "{table}" '
    "FOR EACH ROW EXECUTE FUNCTION kept_for_ever()",
    'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
    "FOR EACH STATEMENT EXECUTE FUNCTION kept_for_ever()",
)


def forbid_changes(tables: Sequence[str]) -> None:
    """Let the tables grow, and nothing else."""
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for act in ("UPDATE", "DELETE"):
                op.execute(SQLITE.format(table=table, word=act.lower(), act=act))
        return
    op.execute(FUNCTION)
    for table in tables:
        for line in POSTGRES:
            op.execute(line.format(table=table))
