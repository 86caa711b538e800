"""Verify: one snapshot of the database, and every row in it that is not as the logs say."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, select, text

from adapters.cipher import KeyRing
from adapters.database import models as m
from adapters.database.migrate import newest
from adapters.database.statements import statements_for
from adapters.database.verify_attempts import check_attempts
from adapters.database.verify_logs import check_logs
from adapters.database.verify_rows import Findings, Query, Snapshot, Unread
from adapters.database.verify_streams import check_streams
from missing_service.domain.replay import Verdict

SCHEMA = "alembic_version"
NO_LIMIT = ("SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0")
Progress = Callable[[int], None]
Event, Log, Episode, Stream = m.EventTable, m.DutyLogTable, m.EpisodeTable, m.StreamTable


class NoSuchEpisode(LookupError):
    """No episode has this reference."""


def vouched_tables() -> list[str]:
    """The tables of which every changed, added or deleted row is found."""
    return sorted({*m.Base.metadata.tables, SCHEMA} - set(m.WORKING))


def working_tables() -> list[str]:
    """The tables that prove nothing."""
    return sorted(m.WORKING)


def verify(
    engine: Engine,
    keys: KeyRing,
    *,
    episode: str | None = None,
    since: int = 0,
    progress: Progress | None = None,
) -> Verdict:
    """Look at everything, at one episode and its child, or at what moved since the duty log's row
    `since`; `progress` is told how many streams are done."""
    with snapshot_of(engine) as connection:
        return verify_on(connection, keys, episode=episode, since=since, progress=progress)


@contextmanager
def snapshot_of(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one instant, however long it takes."""
    is_postgres = engine.dialect.name == "postgresql"
    options: dict[str, Any] = {"reads": True}
    if is_postgres:
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        for line in NO_LIMIT if is_postgres else ():
            connection.execute(text(line))
        yield connection


def verify_on(
    connection: Connection,
    keys: KeyRing,
    *,
    episode: str | None = None,
    since: int = 0,
    progress: Progress | None = None,
) -> Verdict:
    """The same in a transaction that the caller holds."""
    scope = _episode(connection, episode) if episode else _since(since) if since else None
    snapshot = Snapshot(connection, statements_for(connection.dialect.name), scope)
    findings = Findings()
    try:
        _check(snapshot, keys, findings, progress, with_logs=episode is None)
    except Unread as unread:
        findings.add(str(unread), "as a whole", "cannot be read: nothing after it was looked at")
    return findings.verdict()


def _check(
    snapshot: Snapshot,
    keys: KeyRing,
    findings: Findings,
    progress: Progress | None,
    *,
    with_logs: bool,
) -> None:
    _check_schema(snapshot, findings)
    check_streams(snapshot, keys, findings, progress)
    check_attempts(snapshot, findings)
    if with_logs:
        check_logs(snapshot, findings)


def _check_schema(snapshot: Snapshot, findings: Findings) -> None:
    query = select(text("version_num")).select_from(text(SCHEMA))
    found: Sequence[Any] = [row[0] for row in snapshot.rows(SCHEMA, query)]
    if found != [newest()]:
        findings.add(SCHEMA, ", ".join(map(str, found)) or "empty", f"the schema is {newest()}")


def _episode(connection: Connection, reference: str) -> Query:
    """The episode's stream and its child's."""
    query = select(Episode.id, Episode.child).where(Episode.reference == reference)
    found = connection.execute(query).first()
    if found is None:
        raise NoSuchEpisode(reference)
    return _streams(found.id, found.child)


def _streams(*streams: UUID) -> Query:
    return select(Stream.id).where(Stream.id.in_(streams))


def _since(n: int) -> Query:
    return select(Event.stream).join(Log, Log.event == Event.id).where(Log.n > n)
