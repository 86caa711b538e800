"""How verify reads: each table once, in order, in batches, as what the driver gives."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Table, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NULLTYPE

from adapters.database.statements import Statements
from missing_service.domain.replay import UNFIT, Fault, Verdict

BATCH = 1000
Query = Select[Any]
Test = Callable[[Any], bool]


class Unread(Exception):
    """The database would not give this table's rows, or gave what no row can hold."""


@dataclass(slots=True)
class Findings:
    """Faults as they are found, and what was looked at."""

    faults: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, table: str, where: Any, what: str) -> None:
        self.faults.append(Fault(table, shown(where), what))

    def verdict(self) -> Verdict:
        return Verdict(tuple(self.faults), dict(self.counts))


class Ordered:
    """Rows in order, of which the next is known before it is taken."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self.head = next(rows, None)

    def take_while(self, is_wanted: Test) -> Iterator[Any]:
        """Rows up to the first that is not wanted; the caller takes them all."""
        while self.head is not None and is_wanted(self.head):
            row, self.head = self.head, next(self._rows, None)
            yield row


class Groups(Ordered):
    """Rows in order of one column, handed out by its value."""

    def __init__(self, rows: Iterator[Any], column: str) -> None:
        super().__init__(rows)
        self._column = column

    @property
    def key(self) -> bytes | None:
        return None if self.head is None else place(getattr(self.head, self._column))

    def take(self, key: bytes) -> Iterator[Any]:
        return self.take_while(lambda row: place(getattr(row, self._column)) == key)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One transaction's view of the tables; `scope` selects the streams that are asked for."""

    connection: Connection
    statements: Statements
    scope: Query | None = None

    def rows(self, name: str, query: Query) -> Iterator[Any]:
        """The query's rows, a batch at a time; `Unread` names the table where there are none."""
        try:
            yield from self.connection.execute(query, execution_options={"yield_per": BATCH})
        except (DBAPIError, OverflowError, *UNFIT) as fault:
            raise Unread(name) from fault

    def within(self, query: Query, column: Any) -> Query:
        return query if self.scope is None else query.where(column.in_(self.scope))

    def by_stream(self, table: Table, *names: str) -> Groups:
        """A table's raw rows, stream by stream."""
        columns = [table.c[name] for name in names] or list(table.columns)
        query = self.within(select(*map(raw, columns)), table.c.stream).order_by(table.c.stream)
        return Groups(self.rows(table.name, query), "stream")


def raw(column: Any) -> Any:
    """The column as the driver gives it: two values that read alike may be stored apart."""
    return type_coerce(column, NULLTYPE).label(column.name)


def place(value: Any) -> bytes:
    """An id as both databases order it; what is no id comes first."""
    if isinstance(value, UUID):
        return value.bytes
    return value if isinstance(value, bytes) else b""


def shown(value: Any) -> str:
    """A key as a person reads it."""
    if isinstance(value, (tuple, list)):
        return " ".join(map(shown, value))
    if isinstance(value, bytes):
        return str(UUID(bytes=value)) if len(value) == 16 else value.hex()
    return str(value)


def keys_of(table: Table, row: Sequence[Any]) -> tuple[Any, ...]:
    """The values of a raw row's primary key."""
    keys = table.primary_key.columns
    return tuple(
        value for column, value in zip(table.columns, row, strict=True) if column.name in keys
    )


def unlike(table: Table, row: Sequence[Any], wanted: Sequence[Any]) -> str:
    """The names of the columns that differ; nothing of what stands in them."""
    pairs = zip(table.columns, row, wanted, strict=True)
    return ", ".join(column.name for column, is_, must in pairs if is_ != must)
