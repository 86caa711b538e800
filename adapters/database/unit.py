"""One transaction: loads rows when asked, gathers what the act writes, and sends it at the end."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, update

from adapters.cipher import KeyRing, decrypt, encrypt
from adapters.clock import sleep
from adapters.database import models as m
from adapters.database.jobs import begin_job, job_begun_at
from adapters.database.lanes import Lanes, make_due
from adapters.database.reading import (
    ANSWER,
    FIND,
    LOCKED_STREAMS,
    Answer,
    DraftRow,
    EventRow,
    IdempotencyRow,
    LookRow,
    Reading,
    StreamRow,
    TextRow,
    secret_of,
)
from adapters.database.statements import (
    TABLES,
)
from adapters.database.types import UtcDateTime
from missing_service.domain.delivery import Delivery
from missing_service.domain.events import Event
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.ports import Draw

_now = bindparam("now", type_=UtcDateTime)
_owed = m.ObligationTable
OLDEST_DUE = select(func.min(_owed.next_step_at)).where(_owed.next_step_at <= _now)
DUE_STREAMS = (
    select(_owed.stream)
    .where(_owed.next_step_at <= _now)
    .order_by(_owed.next_step_at)
    .limit(bindparam("most"))
)


def _attempt_query(row: Any) -> Any:
    table = m.AttemptTable
    mine = (table.delivery == row.delivery, table.n == row.n, table.at == row.at)
    return select(table.n).where(*mine)


MOMENTS, MOMENT = 20, 0.05  # seconds: an act that is under way ends within one


class SqlUnit(Reading):
    """A transaction that writes: it is the `Unit` of the journal."""

    book: Rulebook

    def __init__(
        self,
        connection: Connection,
        keys: KeyRing,
        draw: Draw,
        now: datetime,
    ) -> None:
        super().__init__(connection, keys)
        self.state = State(self)
        self.draw = draw
        self.now = now
        self._events: list[EventRow] = []
        self._texts: dict[UUID, TextRow] = {}
        self._looks: list[LookRow] = []
        self._rows: list[tuple[str, Any]] = []  # working and attempt rows
        self._lanes: list[Delivery] = []
        self._secrets: dict[tuple[str, str], UUID | None] = {}
        self._later: list[tuple[Any, dict[str, Any]]] = []
        self.lanes = Lanes(self)

    def secrets(self, kind: str, identity: str) -> Sequence[str]:
        """The secrets of a directory entry; only the sender asks for them."""
        if (kind, identity) not in self._secrets:
            self.know_secrets(kind, identity, self.together(secret_of(kind, identity))[0])
        text = self._secrets[kind, identity]
        said: dict[str, Any] = orjson.loads((text and self.text(text)) or b"{}")
        return tuple((said.get("secrets") or {}).get(f"{kind}/{identity}", ()))

    def know_secrets(self, kind: str, identity: str, found: Sequence[Sequence[Any]]) -> None:
        """What `secret_of` found: where they are kept, to be opened when they are asked for."""
        self._secrets[kind, identity] = found[0][0] if found else None
        for text, stream, content, *key in found:
            self.known_text(text, stream, content, key)

    def oldest_due(self) -> datetime | None:
        """Since when the longest waiting obligation has been due, if any is."""
        found = self.first(OLDEST_DUE, now=self.now)
        return found[0] if found else None

    def due_streams(self, limit: int, *, patient: bool = False) -> list[UUID]:
        """Streams with an obligation that is due, none of them held by another, locked from now on.

        Patient: whoever holds one for a moment is waited for, but not for long.
        """
        due = self._every(DUE_STREAMS, now=self.now, most=limit)
        wanted = sorted({stream for (stream,) in due})
        held = self._held(wanted)
        for _ in range(MOMENTS if patient else 0):
            if len(held) == len(wanted):
                break
            sleep(MOMENT)
            held = self._held(wanted)
        self.lock(*held)
        return held

    def _held(self, wanted: list[UUID]) -> list[UUID]:
        """Those of them that nobody else holds; on SQLite there is nobody else."""
        if not wanted or self.connection.dialect.name == "sqlite":
            return wanted
        free = select(m.StreamTable.id).where(m.StreamTable.id.in_(wanted))
        free = free.order_by(m.StreamTable.id).with_for_update(skip_locked=True)
        return list(self.connection.execute(free).scalars())

    def is_alone(self, what: str) -> bool:
        """Whether no other transaction is at it; none begins until this one ends."""
        if self.connection.dialect.name == "sqlite":
            return True  # one writer
        lock = func.pg_try_advisory_xact_lock(func.hashtext(what))
        return bool(self.connection.execute(select(lock)).scalar())

    def wound_streams(self, limit: int, skew: timedelta) -> list[UUID]:
        """Streams with a duty whose repeats were told for times yet to come, or whose clock begins
        in one, locked."""
        table = m.ObligationTable
        repeated = and_(table.state == "OPEN", table.repeated_to > self.now)
        begun = and_(
            or_(table.state == "OPEN", table.successor), table.started_at > self.now + skew
        )
        ahead = select(table.stream).where(or_(repeated, begun))
        found = self.connection.execute(ahead.distinct().limit(limit)).scalars().all()
        self.lock(*found)
        return list(found)

    # the journal's side

    def lock(self, *streams: UUID) -> None:
        """Hold these streams until the end, always in the same order."""
        wanted = sorted(set(streams) - self._streams.keys())
        for found in self.of_many((LOCKED_STREAMS, wanted))[0]:
            self._streams[found[0]] = self._opened(found)
        if missing := set(wanted) - self._streams.keys():
            raise LookupError(f"no stream {missing.pop()}")

    def open_stream(self, stream: UUID, kind: str) -> None:
        key, wrapped = self._keys.new_key(stream)
        self._streams[stream] = StreamRow(
            stream, kind, 0, wrapped, self._keys.newest, key, is_new=True
        )
        self.state.born(stream)

    def number(self, stream: UUID) -> int:
        row = self.stream(stream, lock=True)
        row.last_n += 1
        return row.last_n

    def salt(self) -> bytes:
        return self.draw.salt()

    def keep_text(self, text: UUID, stream: UUID, payload: bytes) -> None:
        if text not in self._texts:
            self._texts[text] = TextRow(text, stream, encrypt(self._secret(stream), text, payload))

    def keep_event(self, event: Event, n: int, leaf: bytes) -> None:
        self._events.append(EventRow(event.id, event.stream, n, event.KIND, event.at, leaf))

    def keep_look(self, look: UUID, at: datetime, leaf: bytes) -> None:
        self._looks.append(LookRow(look, at, leaf))

    def queue(self, delivery: Delivery) -> None:
        self._lanes.append(delivery)

    def later(self, statement: Any, **values: Any) -> None:
        """A change of working rows, sent after all others."""
        self._later.append((statement, values))

    def keep_row(self, table: str, row: Any) -> None:
        """A working row, or an attempt's."""
        self._rows.append((table, row))

    def begin_job(self, job: str, planned_for: datetime) -> bool:
        """Whether it is this act's to do that job of that instant."""
        return begin_job(self.connection, job, planned_for, self.now)

    def job_begun_at(self, job: str, planned_for: datetime) -> datetime | None:
        return job_begun_at(self.connection, job, planned_for)

    def find_answer(self, principal: str, key: str) -> Answer | None:
        found = self.first(ANSWER, principal=principal, key=key)
        if found is None:
            return None
        fingerprint, stream, status, answer = found
        secret = self.stream(stream).key
        body = decrypt(secret, stream, answer) if secret else b"{}"
        return Answer(fingerprint, stream, status, orjson.loads(body))

    def keep_answer(
        self,
        principal: str,
        key: str,
        fingerprint: bytes,
        at: datetime,
        stream: UUID,
        status: int,
        body: Mapping[str, Any],
    ) -> None:
        answer = encrypt(self._secret(stream), stream, orjson.dumps(body))
        row = IdempotencyRow(principal, key, fingerprint, stream, at, status, answer)
        self._rows.append(("idempotency", row))

    def save_draft(self, draft: UUID, stream: UUID, version: int, by: str, content: bytes) -> None:
        self.drop_draft(draft)
        sealed = encrypt(self._secret(stream), draft, content)
        self._rows.append(("draft", DraftRow(draft, stream, version, self.now, by, sealed)))

    def drop_draft(self, draft: UUID) -> None:
        table = m.DraftTable
        self.connection.execute(delete(table).where(table.id == draft))

    def find(self, what: str, value: Any) -> UUID | None:
        """The stream in which an episode's reference, or a row's id, stands."""
        found = self.first(FIND[what], value=value)
        return found[0] if found else None

    def try_now(self, delivery: Delivery) -> None:
        at = {"next_attempt": self.now}
        lane, late = m.LaneTable, m.StragglerTable
        self.connection.execute(update(late).where(late.delivery == delivery.id).values(**at))
        mine = (lane.lane == delivery.lane, lane.recipient == delivery.recipient)
        query = update(lane).where(*mine, lane.channel == delivery.channel).values(**at)
        self.connection.execute(query)

    # the store's side

    @property
    def witness(self) -> Any:
        """A query that finds a row only this unit can have written; None where there is none.

        Ids are drawn for one act alone, so after a commit whose answer was lost the row says
        whether it happened. Working rows witness nothing: writing them again does no harm.
        """
        if self._events:
            return select(m.EventTable.id).where(m.EventTable.id == self._events[0].id)
        if self._looks:
            return select(m.LookTable.id).where(m.LookTable.id == self._looks[0].id)
        attempts = [row for table, row in self._rows if table == "attempt"]
        return _attempt_query(attempts[0]) if attempts else None

    @property
    def leaves(self) -> list[tuple[UUID, bytes]]:
        return [(row.id, row.leaf) for row in self._events]

    @property
    def look_leaves(self) -> list[tuple[UUID, bytes]]:
        return [(row.id, row.leaf) for row in self._looks]

    @property
    def has_work(self) -> bool:
        """Somebody should be woken: something is to be sent, or a clock was set."""
        return bool(self._lanes) or bool(self._events)

    def send(self) -> None:
        """Hand every gathered row to the database, parents first."""
        self._send_streams()
        self._insert("event", self._events)
        self._rows.sort(key=lambda pair: pair[0] != "idempotency")  # its key decides who was first
        self._send_rows("idempotency")
        self._insert("private_text", list(self._texts.values()))
        self._insert("look", self._looks)
        self._send_state()
        self._send_rows(None)
        for statement, values in self._later:
            self.statements.query(statement).run(self.cursor, **values)
        self._later.clear()
        make_due(self.cursor, self.statements, self._lanes, self.now)
        self.state.written()

    def _send_streams(self) -> None:
        rows, moved = list(self._streams.values()), {event.stream for event in self._events}
        self._insert("stream", [row for row in rows if row.is_new])
        self._update("stream", [row for row in rows if not row.is_new and row.id in moved])

    def _send_state(self) -> None:
        written: dict[tuple[str, bool], list[Any]] = {}
        for kind, row, is_new in self.state.writes():
            written.setdefault((TABLES[kind].name, is_new), []).append(row)
        for (table, is_new), rows in written.items():
            (self._insert if is_new else self._update)(table, rows)

    def _send_rows(self, table: str | None) -> None:
        wanted: dict[str, list[Any]] = {}
        for name, row in self._rows:
            if (name == table) if table else (name != "idempotency"):
                wanted.setdefault(name, []).append(row)
        for name, rows in wanted.items():
            self._insert(name, rows)

    def _insert(self, table: str, rows: Sequence[Any]) -> None:
        insert = self.statements.insert[table]
        insert.send(self.cursor, [insert.values(row) for row in rows])

    def _update(self, table: str, rows: Sequence[Any]) -> None:
        update = self.statements.update[table]
        for row in rows:
            self.cursor.execute(update.text, update.values(row))
