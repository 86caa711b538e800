"""Connections that do what the guarantee needs: durable commits, real transactions, bounded
waits."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

SQLITE = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA secure_delete = ON",
)
POSTGRES = (
    "-c timezone=UTC -c synchronous_commit=on -c statement_timeout=10000 "
    "-c lock_timeout=10000 -c idle_in_transaction_session_timeout=15000"
)


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for SQLite or PostgreSQL, set so that what is committed is on disk."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url, parsed.database)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=False,
        hide_parameters=True,  # an error's text never holds what a person typed
        connect_args={"options": POSTGRES, "connect_timeout": 5},
    )


def _sqlite(url: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        _private_file(Path(database))
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 10},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _private_file(path: Path) -> None:
    """The file is its owner's alone, from its first byte."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: see _begin_sqlite
    for line in SQLITE:
        connection.execute(line)


def _begin_sqlite(connection: Any) -> None:
    """A writer takes its lock at once: a read that is upgraded later would lose an update."""
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
