"""Copies of a real episode, in any number: its rows with ids, times and keys of their own.

The first was lived through the use cases themselves. A copy's texts are encrypted under its own
key, so it can be opened, told of and sent like any other; its rows are no part of the log.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, select

from adapters.cipher import KeyRing, decrypt, encrypt
from adapters.database import models as m
from adapters.database.models import Base
from adapters.database.statements import statements_for
from adapters.database.types import Id, UtcDateTime
from adapters.draw import LETTERS
from missing_service.bootstrap import Application

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Keep = Callable[[str, Row], bool]
BELOW = count(-1, -1)  # below all that the log counts itself
REFERENCES = count()
ID = re.compile(rb"([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})")
REFERENCE = 8  # letters: no real one is so long, so none is met by chance


def everything(connection: Connection) -> Rows:
    """Every row of every table, as typed values."""
    return {
        table.name: [dict(row._mapping) for row in connection.execute(select(table))]
        for table in Base.metadata.sorted_tables
    }


def left_by(application: Application, act: Callable[[], object]) -> Rows:
    """The rows that the act added."""
    before, _ = _read(application), act()
    after = _read(application)
    return {
        name: [row for row in rows if _key(name, row) not in _keys(name, before[name])]
        for name, rows in after.items()
    }


def _read(application: Application) -> Rows:
    with application.store.engine.connect().execution_options(reads=True) as connection:
        return everything(connection)


def _key(table: str, row: Row) -> tuple[Any, ...]:
    return tuple(row[c.name] for c in Base.metadata.tables[table].primary_key.columns)


def _keys(table: str, rows: Collection[Row]) -> set[tuple[Any, ...]]:
    return {_key(table, row) for row in rows}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a row something of the copy's own stands, and what."""

    place: int
    what: str
    value: Any


@dataclass(slots=True)
class Part:
    """One row of the mould."""

    table: Table
    values: list[Any]
    places: list[Place] = field(default_factory=list)


class Mould:
    """Casts copies of the rows, each `apart` from the last in time, in the driver's own values."""

    def __init__(
        self, rows: Rows, keys: KeyRing, dialect: str, *, apart: timedelta, shift: timedelta
    ) -> None:
        self._keys, self._dialect = keys, dialect
        self._apart, self._shift = apart, shift
        self._secrets = {
            r["id"]: keys.unwrap(r["wrapped_key"], r["id"], r["key_version"])
            for r in rows["stream"]
        }
        self._texts = {
            r["id"]: (r["stream"], decrypt(self._secrets[r["stream"]], r["id"], r["content"]))
            for r in rows["private_text"]
        }
        own = {v for name in rows for r in rows[name] for v in _key(name, r) if isinstance(v, UUID)}
        own |= {r["event"] for r in rows["delivery"]}
        self._own = sorted(own)
        self._reference: str = rows["episode"][0]["reference"]
        self._new = self._reference  # the copy's
        self._parts = [
            self._part(table, row)
            for table in Base.metadata.sorted_tables
            for row in rows[table.name]
        ]
        self.counts = {name: len(found) for name, found in rows.items() if found}

    def _part(self, table: Table, row: Row) -> Part:
        statement = statements_for(self._dialect).insert[table.name]
        part = Part(table, list(statement.given(row)))
        for place, column in enumerate(table.columns):
            value = row[column.name]
            if what := self._what(table, column, value):
                part.places.append(Place(place, what, _pieces(value) if what == "leaf" else value))
        return part

    def _what(self, table: Table, column: Any, value: Any) -> str | None:
        name = f"{table.name}.{column.name}"
        named = {
            "stream.wrapped_key": "key",
            "private_text.content": "text",
            "episode.reference": "reference",
            "duty_log.n": "log",
            "idempotency.key": "words",
            "event.leaf": "leaf",
        }
        if name in named:
            return named[name]
        if isinstance(column.type, Id) and value in self._own:
            return "id"
        return "instant" if isinstance(column.type, UtcDateTime) and value is not None else None

    def cast(self, n: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """The rows of the copy number n, parents first, each with its table's name."""
        ids = {old: self._id(old, n) for old in self._own}
        self._new = self._reference[:4] + _letters(next(REFERENCES))
        later = self._shift + n * self._apart
        for part in self._parts:
            values = part.values.copy()
            for place in part.places:
                values[place.place] = self._value(place, part, ids, later, n)
            yield part.table.name, tuple(values)

    def _id(self, old: UUID, n: int) -> UUID:
        """As ids are: in the order of their making, and none met by chance."""
        kept = old.int & ((1 << 34) - 1)
        return UUID(int=(old.int >> 80) << 80 | 0x7 << 76 | 0b10 << 62 | n << 34 | kept)

    def _value(
        self, place: Place, part: Part, ids: dict[UUID, UUID], later: timedelta, n: int
    ) -> Any:
        value, is_sqlite = place.value, self._dialect == "sqlite"
        if place.what == "id":
            return ids[value].bytes if is_sqlite else ids[value]
        if place.what == "instant":
            if is_sqlite:
                return part.values[place.place] + later // timedelta(microseconds=1)
            return value + later
        return self._named(place, part, ids, n)

    def _named(self, place: Place, part: Part, ids: dict[UUID, UUID], n: int) -> Any:
        if place.what == "leaf":
            return b"".join(_said(piece, ids) for piece in place.value)
        if place.what == "log":
            return next(BELOW)
        if place.what == "reference":
            return self._new
        if place.what == "words":
            return f"copy {n} of {place.value}"
        own = self._id_in(part)
        if place.what == "key":
            return self._keys.wrap(self._secrets[own], ids[own])
        stream, payload = self._texts[own]
        said = payload.replace(self._reference.encode(), self._new.encode())
        return encrypt(self._secrets[stream], ids[own], said)

    def _id_in(self, part: Part) -> UUID:
        """The row's own id, as the first had it."""
        return next(p.value for p in part.places if p.what == "id")


def _pieces(leaf: bytes) -> list[Any]:
    """An event's bytes, and between them the ids that stand in it."""
    found = ID.split(leaf)
    return [UUID(piece.decode()) if n % 2 else piece for n, piece in enumerate(found)]


def _said(piece: Any, ids: dict[UUID, UUID]) -> bytes:
    return piece if isinstance(piece, bytes) else str(ids.get(piece, piece)).encode()


def _letters(n: int) -> str:
    found = ""
    for _ in range(REFERENCE):
        n, place = divmod(n, len(LETTERS))
        found += LETTERS[place]
    return found


def pruned(rows: Rows, keep: Keep) -> Rows:
    """Those rows alone for which `keep` says so."""
    return {name: [row for row in found if keep(name, row)] for name, found in rows.items()}


# What filling needs

CHUNK = 2000


def fill(application: Application, mould: Mould, numbers: Sequence[int]) -> None:
    """Add these copies, quickly: durable only at the end, and with nothing checked meanwhile."""
    with application.store.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        is_sqlite = connection.dialect.name == "sqlite"
        (_fill_sqlite if is_sqlite else _fill_postgres)(driver, mould, numbers)
        connection.invalidate()  # its settings are not those of the service


def _by_table(mould: Mould, numbers: Sequence[int]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for n in numbers:
        for name, row in mould.cast(n):
            found.setdefault(name, []).append(row)
    return found


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(numbers), CHUNK):
        yield numbers[first : first + CHUNK]


def _fill_sqlite(driver: Any, mould: Mould, numbers: Sequence[int]) -> None:
    for line in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -400000"):
        driver.execute(f"PRAGMA {line}")
    for some in _chunks(numbers):
        driver.execute("BEGIN IMMEDIATE")
        for name, rows in _by_table(mould, some).items():
            marks = ", ".join("?" * len(rows[0]))
            driver.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
        driver.execute("COMMIT")
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill_postgres(driver: Any, mould: Mould, numbers: Sequence[int]) -> None:
    driver.rollback()
    driver.autocommit = True
    for line in ("session_replication_role = replica", "synchronous_commit = off"):
        driver.execute(f"SET {line}")
    driver.execute("SET statement_timeout = 0")
    for some in _chunks(numbers):
        for name, rows in _by_table(mould, some).items():
            columns = ", ".join(f'"{c.name}"' for c in m.Base.metadata.tables[name].columns)
            with driver.cursor().copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
    driver.execute("VACUUM ANALYZE")
    driver.execute("CHECKPOINT")
