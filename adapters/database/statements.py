"""Statements made once from the tables: rows are handed to them as they are, without a flush."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from adapters.database import models as m
from missing_service.domain.delivery import AttemptSeal, Delivery
from missing_service.domain.episode import Act, Child, ChildCopy, Episode, Party
from missing_service.domain.interview import Interview, RecordVersion
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.registry import DirectoryEntry, PolicyVersion

MODELS: Mapping[type, type[m.Base]] = {
    Child: m.ChildTable,
    ChildCopy: m.ChildCopyTable,
    Episode: m.EpisodeTable,
    Act: m.ActTable,
    Party: m.PartyTable,
    Interview: m.InterviewTable,
    RecordVersion: m.RecordVersionTable,
    Obligation: m.ObligationTable,
    StepTold: m.StepToldTable,
    Delivery: m.DeliveryTable,
    AttemptSeal: m.AttemptSealTable,
    DirectoryEntry: m.DirectoryEntryTable,
    PolicyVersion: m.PolicyVersionTable,
}
TABLES: Mapping[type, Table] = {kind: model.__table__ for kind, model in MODELS.items()}  # type: ignore[misc]


LANE = ("lane", "recipient", "channel", "destination", "urgent", "next_attempt")
UPSERT_LANE = (
    "INSERT INTO lane (lane, recipient, channel, destination, urgent, next_attempt, failures) "
    "VALUES ({m}, {m}, {m}, {m}, {m}, {m}, 0) "
    "ON CONFLICT (lane, recipient, channel) DO UPDATE SET "
    "next_attempt = COALESCE(lane.next_attempt, excluded.next_attempt), "
    "urgent = lane.urgent OR excluded.urgent"
)


def row_from(kind: type, found: Any) -> Any:
    """The domain's row from a selected one: columns and fields have the same names."""
    return kind(**found._mapping)


def _same(value: Any) -> Any:
    return value


class Statement:
    """One statement's text for a driver, and how its values become parameters."""

    def __init__(self, text: str, columns: Sequence[Any], dialect: Dialect) -> None:
        self.text = text
        self.names = [c.name for c in columns]
        self._bind = [
            (c.name, c.type.dialect_impl(dialect).bind_processor(dialect) or _same) for c in columns
        ]

    def values(self, row: Any) -> tuple[Any, ...]:
        return tuple(bind(getattr(row, name)) for name, bind in self._bind)

    def given(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(bind(values[name]) for name, bind in self._bind)


class Statements:
    """INSERT and UPDATE for every table, in the driver's own form."""

    def __init__(self, dialect_name: str) -> None:
        self.mark = "?" if dialect_name == "sqlite" else "%s"
        self.dialect: Dialect = (
            sqlite.dialect() if dialect_name == "sqlite" else postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
        )
        tables = m.Base.metadata.tables.values()
        self.insert = {t.name: self._insert(t) for t in tables}
        self.update = {t.name: self._update(t) for t in tables}
        lane = m.LaneTable.__table__
        columns = [lane.c[name] for name in LANE]
        self.upsert_lane = Statement(UPSERT_LANE.format(m=self.mark), columns, self.dialect)

    def _insert(self, table: Table) -> Statement:
        columns = list(table.columns)
        names = ", ".join(f'"{c.name}"' for c in columns)
        marks = ", ".join([self.mark] * len(columns))
        return Statement(
            f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', columns, self.dialect
        )

    def _update(self, table: Table) -> Statement:
        keys = list(table.primary_key.columns)
        others = [c for c in table.columns if c not in keys]
        sets = ", ".join(f'"{c.name}" = {self.mark}' for c in others)
        where = " AND ".join(f'"{c.name}" = {self.mark}' for c in keys)
        return Statement(
            f'UPDATE "{table.name}" SET {sets} WHERE {where}',
            [*others, *keys],
            self.dialect,
        )


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
STORY = (
    select(m.EventTable.n, m.EventTable.leaf, m.PrivateTextTable.content, m.EventTable.id)
    .join(m.PrivateTextTable, m.PrivateTextTable.id == m.EventTable.id)
    .where(m.EventTable.stream == bindparam("stream"))
    .order_by(m.EventTable.n)
)

WHOLE_STORY = (
    select(m.EventTable.n, m.EventTable.leaf, m.PrivateTextTable.content, m.EventTable.id)
    .outerjoin(m.PrivateTextTable, m.PrivateTextTable.id == m.EventTable.id)
    .where(m.EventTable.stream == bindparam("stream"))
    .order_by(m.EventTable.n)
)
