"""Which process does something that is to be done once: the row that it inserts first."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from adapters.database.working import JobRunTable


def begin_job(connection: Connection, job: str, planned_for: datetime, at: datetime) -> bool:
    """Whether it is this transaction's to do; no other's, from now on."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"job": job, "planned_for": planned_for, "at": at}
    insert: Any = kind.insert(JobRunTable).values(**row).on_conflict_do_nothing()
    won = insert.returning(JobRunTable.job)  # psycopg's row count says nothing of an insert
    return connection.execute(won).first() is not None


def job_begun_at(connection: Connection, job: str, planned_for: datetime) -> datetime | None:
    """When somebody began it, if anybody has."""
    mine = (JobRunTable.job == job, JobRunTable.planned_for == planned_for)
    found: datetime | None = connection.execute(select(JobRunTable.at).where(*mine)).scalar()
    return found


def latest_without(connection: Connection, job: str, other: str) -> datetime | None:
    """The latest instant for which `job` was begun and `other` was not."""
    ended = JobRunTable.__table__.alias("ended")
    its = select(ended.c.job).where(
        ended.c.job == other, ended.c.planned_for == JobRunTable.planned_for
    )
    query = select(JobRunTable.planned_for).where(JobRunTable.job == job, ~its.exists())
    query = query.order_by(JobRunTable.planned_for.desc()).limit(1)
    found: datetime | None = connection.execute(query).scalar()
    return found
