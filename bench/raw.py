"""The limit of P1: the rows of one real report, committed with nothing else around them."""

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from adapters.database.engine import SQLITE
from adapters.database.models import Base
from adapters.draw import SeededDraw

ID_LENGTH = 16
UNIQUE = {("episode", "reference"), ("idempotency", "key")}
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that a report adds, or changes."""

    table: Table
    row: Row
    is_new: bool


def rows(connection: sqlite3.Connection) -> dict[str, dict[Row, Row]]:
    """Every row of every table, by its key."""
    return {table.name: _rows(connection, table) for table in Base.metadata.sorted_tables}


def _rows(connection: sqlite3.Connection, table: Table) -> dict[Row, Row]:
    names = ", ".join(f'"{c.name}"' for c in table.columns)
    places = _key_places(table)
    found = connection.execute(f'SELECT {names} FROM "{table.name}"')
    return {tuple(row[place] for place in places): row for row in found}


def _key_places(table: Table) -> list[int]:
    return [n for n, column in enumerate(table.columns) if column.primary_key]


def changes_of(path: Path, act: Callable[[], None]) -> list[Change]:
    """What the act left in the database, parents first."""
    with closing(sqlite3.connect(path)) as connection:
        before = rows(connection)
        act()
        after = rows(connection)
    return [
        Change(table, row, key not in before[table.name])
        for table in Base.metadata.sorted_tables
        for key, row in after[table.name].items()
        if before[table.name].get(key) != row
    ]


class Replay:
    """Commits a report's rows again and again, each time with ids of its own."""

    def __init__(self, path: Path, changes: list[Change]) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in SQLITE:
            self._connection.execute(pragma)
        self._changes = changes
        self._statements = [_statement(change) for change in changes]
        self._ids = {v for c in changes if c.is_new for v in _key_of(c) if _is_id(v)}
        self._count = 0

    def close(self) -> None:
        self._connection.close()

    def rate(self, seconds: float, most: int) -> float:
        """Commits a second; the values are made before the clock starts."""
        ready = deque(self._values() for _ in range(most))
        done, began = 0, time.monotonic()
        while ready and time.monotonic() - began < seconds:
            self._commit(ready.popleft())
            done += 1
        return done / (time.monotonic() - began)

    def _commit(self, values: list[Row]) -> None:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        for statement, row in zip(self._statements, values, strict=True):
            execute(statement, row)
        execute("COMMIT")

    def _values(self) -> list[Row]:
        self._count += 1
        draw = SeededDraw(datetime.now(UTC))
        fresh = {old: draw.id().bytes for old in sorted(self._ids)}
        return [tuple(self._fresh(change, fresh)) for change in self._changes]

    def _fresh(self, change: Change, fresh: dict[bytes, bytes]) -> Iterator[Any]:
        """An insert's values in the order of columns; an update's with its key last."""
        values = [
            self._value(change.table, column.name, value, fresh)
            for column, value in zip(change.table.columns, change.row, strict=True)
        ]
        places = _key_places(change.table)
        yield from (v for n, v in enumerate(values) if change.is_new or n not in places)
        yield from (values[n] for n in places if not change.is_new)

    def _value(self, table: Table, name: str, value: Any, fresh: dict[bytes, bytes]) -> Any:
        if _is_id(value):
            return fresh.get(value, value)
        if (table.name, name) in UNIQUE:
            return f"{value[:-5]}{self._count:05x}"
        if (table.name, name) == ("duty_log", "n"):
            per_report = sum(c.table.name == "duty_log" for c in self._changes)
            return value + self._count * per_report
        return value


def _is_id(value: Any) -> bool:
    return isinstance(value, bytes) and len(value) == ID_LENGTH


def _key_of(change: Change) -> list[Any]:
    return [change.row[place] for place in _key_places(change.table)]


def _statement(change: Change) -> str:
    table = change.table
    if change.is_new:
        marks = ", ".join("?" * len(table.columns))
        return f'INSERT INTO "{table.name}" VALUES ({marks})'
    sets = ", ".join(f'"{c.name}" = ?' for c in table.columns if not c.primary_key)
    where = " AND ".join(f'"{c.name}" = ?' for c in table.columns if c.primary_key)
    return f'UPDATE "{table.name}" SET {sets} WHERE {where}'
