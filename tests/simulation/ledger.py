"""Everything that a history left in its database, read once for all checks."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from adapters.database import models as m
from adapters.database.statements import TABLES, row_from

if TYPE_CHECKING:
    from tests.simulation.history import History

E, G = m.EventTable, m.DutyLogTable
EVENTS = select(E.id, E.stream, E.n, E.kind, E.at, E.leaf).order_by(E.stream, E.n)
LOG = select(G.n, G.leaf_hash, E.leaf).join(E, E.id == G.event).order_by(G.n)
HEAD = select(m.LogHeadTable.size, m.LogHeadTable.root).where(m.LogHeadTable.log == "duty")
LOOKS = select(m.LookTable.leaf)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as it is stored."""

    id: UUID
    stream: UUID
    n: int
    kind: str
    at: Any
    leaf: bytes

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.leaf)
        return found


@dataclass
class Ledger:
    events: dict[UUID, Happened]
    log: list[tuple[int, bytes, bytes]]
    head: tuple[int, bytes]
    looks: list[bytes]
    _rows: dict[type, list[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, history: "History") -> "Ledger":
        with history.store.reading() as reading:
            run = reading.connection.execute
            events = {row.id: Happened(*row) for row in run(EVENTS)}
            log = [(n, bytes(hashed), bytes(leaf)) for n, hashed, leaf in run(LOG)]
            size, root = run(HEAD).one()
            looks = [bytes(leaf) for leaf in run(LOOKS).scalars()]
            made = cls(events, log, (size, bytes(root)), looks)
            for kind, table in TABLES.items():
                made._rows[kind] = [row_from(kind, row) for row in run(select(table))]
        return made

    def rows(self, kind: type) -> list[Any]:
        return self._rows[kind]

    @cached_property
    def of_stream(self) -> dict[UUID, list[Happened]]:
        found: dict[UUID, list[Happened]] = {}
        for event in self.events.values():
            found.setdefault(event.stream, []).append(event)
        return found
