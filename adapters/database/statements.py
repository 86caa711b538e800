"""Statements made once from the tables: rows are handed to them as they are, without a flush."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Dialect, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from adapters.database import models as m
from adapters.database.types import EPOCH, MICROSECOND, Code, Id, UtcDateTime
from missing_service.domain.delivery import AttemptSeal, Delivery
from missing_service.domain.episode import (
    Act,
    Child,
    ChildCopy,
    ChildKey,
    Episode,
    Party,
    Profile,
    TriggerMet,
)
from missing_service.domain.interview import Interview, RecordVersion
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.registry import DirectoryEntry, PolicyVersion

MODELS: Mapping[type, type[m.Base]] = {
    Child: m.ChildTable,
    ChildCopy: m.ChildCopyTable,
    ChildKey: m.ChildKeyTable,
    Profile: m.ProfileTable,
    Episode: m.EpisodeTable,
    Act: m.ActTable,
    Party: m.PartyTable,
    Interview: m.InterviewTable,
    RecordVersion: m.RecordVersionTable,
    Obligation: m.ObligationTable,
    StepTold: m.StepToldTable,
    TriggerMet: m.TriggerMetTable,
    Delivery: m.DeliveryTable,
    AttemptSeal: m.AttemptSealTable,
    DirectoryEntry: m.DirectoryEntryTable,
    PolicyVersion: m.PolicyVersionTable,
}
TABLES: Mapping[type, Table] = {kind: model.__table__ for kind, model in MODELS.items()}  # type: ignore[misc]
COLUMNS = {kind: [column.name for column in table.columns] for kind, table in TABLES.items()}

LANE = ("lane", "recipient", "channel", "destination", "urgent", "next_attempt")
UPSERT_LANE = (
    "INSERT INTO lane (lane, recipient, channel, destination, urgent, next_attempt, failures) "
    "VALUES ({m}, {m}, {m}, {m}, {m}, {m}, 0) "
    "ON CONFLICT (lane, recipient, channel) DO UPDATE SET "
    "next_attempt = COALESCE(lane.next_attempt, excluded.next_attempt), "
    "urgent = lane.urgent OR excluded.urgent"
)


MOST_ROWS = 8  # in one statement
Bind = Callable[[Any], Any]
Asked = Any  # a SELECT, or what changes working rows; RETURNING makes it a question too


def _microseconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("an instant needs its offset; a naive one is refused")
    return (at - EPOCH) // MICROSECOND


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs its offset; a naive one is refused")
    return at


def bind_of(kind: TypeEngine[Any], dialect: Dialect) -> Bind | None:
    """How a value of this type becomes the driver's; None where it goes as it is."""
    is_sqlite = dialect.name == "sqlite"
    if isinstance(kind, Id):
        return attrgetter("bytes") if is_sqlite else None
    if isinstance(kind, UtcDateTime):
        return _microseconds if is_sqlite else _aware
    if isinstance(kind, Code):
        return str
    return kind.dialect_impl(dialect).bind_processor(dialect)


def read_of(kind: TypeEngine[Any], dialect: Dialect) -> Bind | None:
    """How what the driver answers becomes a value of this type; None where it stays as it is."""
    if dialect.name == "sqlite" and isinstance(kind, Id):
        return _id
    if dialect.name == "sqlite" and isinstance(kind, UtcDateTime):
        return _instant
    if isinstance(kind, Code):
        codes: dict[str | None, Any] = {code.value: code for code in kind.codes}
        return (codes | {None: None}).__getitem__
    return kind.result_processor(dialect, None)


def _id(stored: bytes | None) -> UUID | None:
    return None if stored is None else UUID(bytes=stored)


def _instant(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def row_from(kind: Any, found: Sequence[Any]) -> Any:
    """The domain's row from a selected one: columns and fields have the same names."""
    return kind(**dict(zip(COLUMNS[kind], found, strict=True)))


class Statement:
    """One statement's text for a driver, and how its values become parameters."""

    def __init__(self, text: str, columns: Sequence[Any], dialect: Dialect) -> None:
        self.text = text
        self.names = [c.name for c in columns]
        self._take = attrgetter(*self.names)
        binds = [(place, bind_of(c.type, dialect)) for place, c in enumerate(columns)]
        self._binds = [(place, bind) for place, bind in binds if bind]

    def values(self, row: Any) -> tuple[Any, ...]:
        return self._bound(list(self._take(row)))

    def given(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return self._bound([values[name] for name in self.names])

    def _bound(self, found: list[Any]) -> tuple[Any, ...]:
        for place, bind in self._binds:
            if found[place] is not None:
                found[place] = bind(found[place])
        return tuple(found)


class Insert(Statement):
    """An INSERT that takes several rows at once."""

    def __init__(self, table: Table, mark: str, dialect: Dialect) -> None:
        columns = list(table.columns)
        names = ", ".join(f'"{c.name}"' for c in columns)
        self._head = f'INSERT INTO "{table.name}" ({names}) VALUES '  # nosec B608 - our own names
        self._marks = f"({', '.join([mark] * len(columns))})"
        super().__init__(self._head + self._marks, columns, dialect)
        self._texts = [self._head + ", ".join([self._marks] * n) for n in range(MOST_ROWS + 1)]

    def send(self, cursor: Any, rows: Sequence[Sequence[Any]]) -> None:
        """Insert the rows, whose values are bound already, in their order."""
        for first in range(0, len(rows), MOST_ROWS):
            some = rows[first : first + MOST_ROWS]
            cursor.execute(self._texts[len(some)], [value for row in some for value in row])


class Query:
    """A statement compiled once for a driver; answers come as the columns' types say."""

    def __init__(self, query: Asked, dialect: Dialect) -> None:
        compiled: Any = query.compile(dialect=dialect)
        self.text = str(compiled)
        self._order: Sequence[str] | None = compiled.positiontup
        self._binds = {name: bind_of(p.type, dialect) for name, p in compiled.binds.items()}
        own = [(name, p.value) for name, p in compiled.binds.items() if not p.required]
        self._own = {name: self._bind(name, value) for name, value in own if name[0] != "%"}
        found = query.selected_columns if query.is_select else query.exported_columns
        kinds = [column.type.dialect_impl(dialect) for column in found]
        reads = [(place, read_of(kind, dialect)) for place, kind in enumerate(kinds)]
        self._reads = [(place, read) for place, read in reads if read]

    def first(self, cursor: Any, **values: Any) -> list[Any] | None:
        """The first row found, or None."""
        cursor.execute(self.text, self._given(values))
        found = cursor.fetchone()
        return self._read(found) if found else None

    def all(self, cursor: Any, **values: Any) -> list[list[Any]]:
        self.run(cursor, **values)
        return self.found(cursor)

    def found(self, cursor: Any) -> list[list[Any]]:
        """What it found that was run on this cursor."""
        return [self._read(row) for row in cursor.fetchall()]

    def run(self, cursor: Any, **values: Any) -> None:
        """Do it; whatever it would say is not asked."""
        cursor.execute(self.text, self._given(values))

    def _given(self, values: Mapping[str, Any]) -> Any:
        bound = self._own | {name: self._bind(name, value) for name, value in values.items()}
        return bound if self._order is None else [bound[name] for name in self._order]

    def _bind(self, name: str, value: Any) -> Any:
        bind = self._binds[name]
        return value if bind is None or value is None else bind(value)

    def _read(self, found: Iterable[Any]) -> list[Any]:
        row = list(found)
        for place, read in self._reads:
            row[place] = read(row[place])
        return row


class Statements:
    """INSERT and UPDATE for every table, and each question asked, in the driver's own form."""

    def __init__(self, dialect_name: str) -> None:
        self.mark = "?" if dialect_name == "sqlite" else "%s"
        self.dialect: Dialect = (
            sqlite.dialect() if dialect_name == "sqlite" else postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
        )
        tables = m.Base.metadata.tables.values()
        self.insert = {t.name: Insert(t, self.mark, self.dialect) for t in tables}
        self.update = {t.name: self._update(t) for t in tables}
        lane = m.LaneTable.__table__
        columns = [lane.c[name] for name in LANE]
        self.upsert_lane = Statement(UPSERT_LANE.format(m=self.mark), columns, self.dialect)
        self._queries: dict[Asked, Query] = {}

    def query(self, query: Asked) -> Query:
        """The same statement is compiled the first time alone."""
        found = self._queries.get(query)
        if found is None:
            found = self._queries[query] = Query(query, self.dialect)
        return found

    def _update(self, table: Table) -> Statement:
        keys = list(table.primary_key.columns)
        others = [c for c in table.columns if c not in keys]
        sets = ", ".join(f'"{c.name}" = {self.mark}' for c in others)
        where = " AND ".join(f'"{c.name}" = {self.mark}' for c in keys)
        text = f'UPDATE "{table.name}" SET {sets} WHERE {where}'  # nosec B608 - our own names
        return Statement(text, [*others, *keys], self.dialect)


@cache
def statements_for(dialect_name: str) -> Statements:
    """Made once in a process."""
    return Statements(dialect_name)


def cursor_of(connection: Connection) -> Any:
    """The driver's own cursor inside the connection's transaction."""
    return connection.connection.cursor()


ONE = {
    kind: select(table).where(*[table.c[name] == bindparam(name) for name in kind.KEY])  # type: ignore[attr-defined]
    for kind, table in TABLES.items()
}
ALL = {
    kind: select(table).where(table.c.stream == bindparam("stream"))
    for kind, table in TABLES.items()
}
_episodes, _obligations = TABLES[Episode], TABLES[Obligation]
EPISODES_OF = select(_episodes).where(_episodes.c.child == bindparam("child"))
OWED_FOR = (
    select(_obligations)
    .join(_episodes, _episodes.c.id == _obligations.c.stream)
    .where(_episodes.c.child == bindparam("child"), _obligations.c.kind == bindparam("kind"))
)
STORY = (
    select(m.EventTable.n, m.EventTable.leaf, m.PrivateTextTable.content, m.EventTable.id)
    .join(m.PrivateTextTable, m.PrivateTextTable.id == m.EventTable.id)
    .where(m.EventTable.stream == bindparam("stream"))
    .order_by(m.EventTable.n)
)

_later = m.EventTable.__table__.alias("later")
LAST_TOLD = (
    select(m.EventTable.leaf, m.PrivateTextTable.content, m.EventTable.id)
    .outerjoin(m.PrivateTextTable, m.PrivateTextTable.id == m.EventTable.id)
    .where(
        m.EventTable.stream == bindparam("stream"),
        m.EventTable.n
        == select(func.max(_later.c.n))
        .where(_later.c.stream == bindparam("stream"), _later.c.kind == bindparam("kind"))
        .scalar_subquery(),
    )
)
WHOLE_STORY = (
    select(m.EventTable.n, m.EventTable.leaf, m.PrivateTextTable.content, m.EventTable.id)
    .outerjoin(m.PrivateTextTable, m.PrivateTextTable.id == m.EventTable.id)
    .where(m.EventTable.stream == bindparam("stream"))
    .order_by(m.EventTable.n)
)
