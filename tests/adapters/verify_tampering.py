"""What somebody with the database in their hands can do to it, undone afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Engine, Table, Text, UniqueConstraint, and_, select, text

from adapters.cipher import KeyRing
from adapters.database import models as m
from adapters.database.types import Code, UtcDateTime, Words
from adapters.database.verify import SCHEMA, verify_on
from missing_service.domain.merkle import Frontier, leaf_hash
from missing_service.domain.replay import Verdict

KEYS = KeyRing({1: b"k" * 32})
TABLES = m.Base.metadata.tables
VERSION = Table(SCHEMA, type(m.Base.metadata)(), Column("version_num", Text, primary_key=True))
Row = dict[str, Any]


def table_of(name: str) -> Table:
    return VERSION if name == SCHEMA else TABLES[name]


@contextmanager
def behind_its_back(engine: Engine) -> Iterator[Connection]:
    """A transaction that no trigger and no foreign key holds up; all of it is undone."""
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA foreign_keys = OFF")  # does nothing once a transaction runs
        with connection.begin() as transaction:
            _disarm(connection, is_sqlite=is_sqlite)
            yield connection
            transaction.rollback()


def _disarm(connection: Connection, *, is_sqlite: bool) -> None:
    if not is_sqlite:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in found.scalars().all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))


def judge(connection: Connection, **asked: Any) -> Verdict:
    return verify_on(connection, KEYS, **asked)


def blamed(connection: Connection, **asked: Any) -> set[str]:
    """The tables that verify names."""
    return {fault.table for fault in judge(connection, **asked).faults}


def rows_of(connection: Connection, table: Table) -> list[Row]:
    query = select(table).order_by(*table.primary_key.columns)
    return [dict(row._mapping) for row in connection.execute(query)]


def is_row(table: Table, row: Row) -> Any:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def change(connection: Connection, table: Table, row: Row, values: Row) -> None:
    connection.execute(table.update().where(is_row(table, row)).values(**values))


def remove(connection: Connection, table: Table, row: Row) -> None:
    connection.execute(table.delete().where(is_row(table, row)))


def add(connection: Connection, table: Table, row: Row) -> None:
    connection.execute(table.insert().values(**row))


def other(column: Any, value: Any) -> Any:
    """A legal value of the column that is not this one."""
    kind = column.type
    if isinstance(kind, Code):
        return next(code for code in kind.codes if code != value)
    if isinstance(kind, Words):
        return (*(value or ()), "x")
    if isinstance(value, bool):
        return not value
    return _other(value) if value is not None else _some(kind)


def _other(value: Any) -> Any:
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, UUID):
        return UUID(int=value.int ^ (1 << 40))
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    return value + "x" if isinstance(value, str) else value + 1000


def _some(kind: Any) -> Any:
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    found = kind.python_type
    return {str: "x", int: 1, bytes: b"x"}.get(found) or UUID(int=7)


def changes(table: Table, rows: Sequence[Row]) -> Iterator[tuple[str, Row, Row]]:
    """For each column: a value changed, emptied where it may be, and filled where it was empty."""
    for column in table.columns:
        name = column.name
        full = next((row for row in rows if row[name] is not None), None)
        empty = next((row for row in rows if row[name] is None), None)
        if full:
            yield name, full, {name: other(column, full[name])}
        if full and column.nullable:
            yield f"{name} emptied", full, {name: None}
        if empty:
            yield f"{name} filled", empty, {name: other(column, None)}


def unlike(table: Table, row: Row) -> Row:
    """A further row: the same, with a key of its own and nothing that must be unique."""
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    names = {column.name for constraint in unique for column in constraint.columns}
    keys = [c for c in table.columns if c.name in names or c.primary_key]
    return row | {c.name: _far(other(c, row[c.name])) for c in keys if c.name != "stream"}


def _far(value: Any) -> Any:
    """Beyond what the next row would be."""
    is_number = isinstance(value, int) and not isinstance(value, (bool, StrEnum))
    return value + 1_000_000 if is_number else value


def same_beside_key(table: Table, one: Row, two: Row) -> bool:
    """Whether it changes nothing that the rows change places."""
    keys = {column.name for column in table.primary_key.columns}
    return all(one[name] == two[name] for name in one.keys() - keys)


def swap(connection: Connection, table: Table, one: Row, two: Row) -> None:
    """Each under the other's key."""
    keys = {column.name for column in table.primary_key.columns}
    mixed = [
        {name: (a if name in keys else b)[name] for name in a} for a, b in ((one, two), (two, one))
    ]
    for row in (one, two):
        remove(connection, table, row)
    for row in mixed:
        add(connection, table, row)


def hash_anew(connection: Connection) -> None:
    """Rebuild the duty log's hashes and head over what stands in `event` now: needs no key."""
    log, event, head = TABLES["duty_log"], TABLES["event"], TABLES["log_head"]
    query = select(log.c.n, event.c.leaf).join(event, event.c.id == log.c.event).order_by(log.c.n)
    frontier = Frontier()
    for n, leaf in connection.execute(query).all():
        hashed = leaf_hash(leaf)
        frontier = frontier.append(hashed)
        connection.execute(log.update().where(log.c.n == n).values(leaf_hash=hashed))
    values = {"size": frontier.size, "frontier": frontier.encode(), "root": frontier.root()}
    connection.execute(head.update().where(head.c.log == "duty").values(**values))
