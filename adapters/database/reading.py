"""What a transaction can read: rows, told facts, private texts, lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, bindparam, select

from adapters.cipher import KeyRing, Unreadable, decrypt
from adapters.database import models as m
from adapters.database.batches import Batch
from adapters.database.queries import EARLIER, EARLIER_OF_FORCE, Queries
from adapters.database.sessions import SqlSessions
from adapters.database.statements import (
    ALL,
    EPISODES_OF,
    LAST_TOLD,
    ONE,
    OWED_FOR,
    STORY,
    WHOLE_STORY,
    Asked,
    cursor_of,
    row_from,
    statements_for,
)
from missing_service.domain.episode import Episode
from missing_service.domain.events import Event
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationKind
from missing_service.domain.state import Key
from missing_service.domain.stored import read_event

SALT = 32


@dataclass(slots=True)
class StreamRow:
    id: UUID
    kind: str
    last_n: int
    wrapped_key: bytes | None
    key_version: int
    key: bytes | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class EventRow:
    id: UUID
    stream: UUID
    n: int
    kind: str
    at: datetime
    leaf: bytes


@dataclass(frozen=True, slots=True)
class TextRow:
    id: UUID
    stream: UUID
    content: bytes


@dataclass(frozen=True, slots=True)
class LookRow:
    id: UUID
    at: datetime
    leaf: bytes


@dataclass(frozen=True, slots=True)
class IdempotencyRow:
    principal: str
    key: str
    fingerprint: bytes
    stream: UUID
    at: datetime
    status: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered before."""

    fingerprint: bytes
    stream: UUID
    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DraftRow:
    id: UUID
    stream: UUID
    version: int
    saved_at: datetime
    saved_by: str
    content: bytes


_answers, _drafts = m.IdempotencyTable, m.DraftTable
ANSWER = select(_answers.fingerprint, _answers.stream, _answers.status, _answers.answer).where(
    _answers.principal == bindparam("principal"), _answers.key == bindparam("key")
)
DRAFT = select(*_drafts.__table__.columns).where(_drafts.id == bindparam("id"))
_texts, _streams = m.PrivateTextTable, m.StreamTable.__table__
TEXT = select(_texts.stream, _texts.content).where(_texts.id == bindparam("id"))
STREAM = select(_streams).where(_streams.c.id == bindparam("id"))
LOCKED_STREAM = STREAM.with_for_update()
LOCKED_STREAMS = Batch(
    lambda ids: (
        select(_streams).where(_streams.c.id.in_(ids)).order_by(_streams.c.id).with_for_update()
    )
)
_entries = m.DirectoryEntryTable
SECRET = (
    select(
        _texts.id,
        _texts.stream,
        _texts.content,
        *[column.label(f"stream_{column.name}") for column in _streams.columns],
    )
    .join(_entries, _entries.secret_event == _texts.id)
    .join(_streams, _streams.c.id == _texts.stream)
    .where(_entries.kind == bindparam("kind"), _entries.identity == bindparam("identity"))
)


def secret_of(kind: str, identity: str) -> tuple[Asked, dict[str, Any]]:
    """The question where a directory entry's secrets are kept."""
    return SECRET, {"kind": kind, "identity": identity}


FIND = {
    "reference": select(m.EpisodeTable.id).where(m.EpisodeTable.reference == bindparam("value")),
    "child": select(m.ChildTable.id).where(m.ChildTable.id == bindparam("value")),
    "obligation": select(m.ObligationTable.stream).where(
        m.ObligationTable.id == bindparam("value")
    ),
    "interview": select(m.InterviewTable.stream).where(m.InterviewTable.id == bindparam("value")),
    "delivery": select(m.DeliveryTable.stream).where(m.DeliveryTable.id == bindparam("value")),
    "stream": select(m.StreamTable.id).where(m.StreamTable.id == bindparam("value")),
}


class Reading:
    """What a transaction can read: rows, told facts, private texts."""

    def __init__(self, connection: Connection, keys: KeyRing) -> None:
        self.connection = connection
        self.cursor = cursor_of(connection)
        self.statements = statements_for(connection.dialect.name)
        self._keys = keys
        self._streams: dict[UUID, StreamRow] = {}
        self._known: dict[UUID, tuple[UUID, bytes]] = {}  # texts as they are stored
        self._found: dict[UUID, Sequence[Any]] = {}  # streams' rows, read with them

    def one(self, kind: type[Any], key: Key) -> Any:
        found = self.first(ONE[kind], **dict(zip(kind.KEY, key, strict=True)))
        return row_from(kind, found) if found else None

    def all(self, kind: type[Any], stream: UUID) -> Sequence[Any]:
        return [row_from(kind, row) for row in self._every(ALL[kind], stream=stream)]

    def story(self, stream: UUID) -> Sequence[tuple[int, Event]]:
        """The stream's events with typed content; one whose key was destroyed tells its public
        part."""
        found = self._every(STORY, stream=stream)
        return [(n, self._event(stream, leaf, content, text)) for n, leaf, content, text in found]

    def _event(self, stream: UUID, leaf: bytes, content: bytes | None, text: UUID) -> Event:
        key = self.stream(stream).key
        private = orjson.loads(decrypt(key, text, content)[SALT:]) if key and content else {}
        return read_event(orjson.loads(leaf), private)

    def earlier(self, child: UUID, stream: UUID, force: str | None) -> Sequence[str]:
        """References of the child's other episodes, oldest first."""
        its = {"child": child, "stream": stream}
        if force:
            found = self._every(EARLIER_OF_FORCE, **its, force=force)
        else:
            found = self._every(EARLIER, **its)
        return [reference for (reference,) in found]

    def episodes_of(self, child: UUID) -> Sequence[Episode]:
        return [row_from(Episode, row) for row in self._every(EPISODES_OF, child=child)]

    def owed_for(self, child: UUID, kind: ObligationKind) -> Sequence[Obligation]:
        found = self._every(OWED_FOR, child=child, kind=kind)
        return [row_from(Obligation, row) for row in found]

    def text(self, text: UUID) -> bytes | None:
        """A private text as it was before encryption, without its salt."""
        found = self._known.get(text) or self.first(TEXT, id=text)
        key = self.stream(found[0]).key if found else None
        return decrypt(key, text, found[1])[SALT:] if found and key else None

    def known_text(
        self, text: UUID, stream: UUID | None, content: bytes | None, key: Sequence[Any]
    ) -> None:
        """A text that was read with other things, and its stream's row; opened when asked for."""
        if stream is not None and content is not None:
            self._known[text], self._found[stream] = (stream, content), key

    def stream(self, stream: UUID, *, lock: bool = False) -> StreamRow:
        if stream not in self._streams:
            row = self._find_stream(stream, lock=lock)
            if row is None:
                raise LookupError(f"no stream {stream}")
            self._streams[stream] = row
        return self._streams[stream]

    def whole_story(self, stream: UUID) -> Sequence[tuple[int, Event]]:
        """Every event of the stream, those without typed content too, numbered, oldest first."""
        found = self._every(WHOLE_STORY, stream=stream)
        return [(n, self._event(stream, leaf, content, text)) for n, leaf, content, text in found]

    def last_told(self, stream: UUID, kind: type[Event]) -> Any:
        """The stream's last event of that kind, or None."""
        found = self.first(LAST_TOLD, stream=stream, kind=kind.KIND)
        return self._event(stream, *found) if found else None

    def find_draft(self, draft: UUID) -> DraftRow | None:
        found = self.first(DRAFT, id=draft)
        if found is None:
            return None
        row = DraftRow(*found)
        return replace(row, content=decrypt(self._secret(row.stream), draft, row.content))

    @property
    def listing(self) -> Queries:
        return Queries(self.connection)

    @property
    def sessions(self) -> SqlSessions:
        """Who is signed in to the pages."""
        return SqlSessions(self.connection)

    def together(self, *asked: tuple[Asked, Mapping[str, Any]]) -> list[list[list[Any]]]:
        """What each of several questions finds; on PostgreSQL in one round trip."""
        queries = [(self.statements.query(query), values) for query, values in asked]
        if self.statements.mark == "?":
            return [query.all(self.cursor, **values) for query, values in queries]
        driver = self.cursor.connection
        cursors = [driver.cursor() for _ in queries]
        with driver.pipeline():
            for cursor, (query, values) in zip(cursors, queries, strict=True):
                query.run(cursor, **values)
        return [query.found(cursor) for cursor, (query, _) in zip(cursors, queries, strict=True)]

    def of_many(self, *asked: tuple[Batch, Sequence[UUID]], **values: Any) -> list[list[list[Any]]]:
        """What each of several questions about many finds, all asked together."""
        parts = [(n, part) for n, (batch, ids) in enumerate(asked) for part in batch.of(ids)]
        found = self.together(*[(query, {**named, **values}) for _, (query, named) in parts])
        every: list[list[list[Any]]] = [[] for _ in asked]
        for (n, _), rows in zip(parts, found, strict=True):
            every[n] += rows
        return every

    def first(self, query: Asked, **values: Any) -> list[Any] | None:
        """The first row that the query finds, or None."""
        return self.statements.query(query).first(self.cursor, **values)

    def _every(self, query: Asked, **values: Any) -> list[list[Any]]:
        return self.statements.query(query).all(self.cursor, **values)

    def _secret(self, stream: UUID) -> bytes:
        key = self.stream(stream).key
        if key is None:
            raise Unreadable(f"the key of stream {stream} was destroyed")
        return key

    def _find_stream(self, stream: UUID, *, lock: bool) -> StreamRow | None:
        found = None if lock else self._found.get(stream)
        found = found or self.first(LOCKED_STREAM if lock else STREAM, id=stream)
        return self._opened(found) if found else None

    def _opened(self, found: Sequence[Any]) -> StreamRow:
        row = StreamRow(*found)
        if row.wrapped_key:
            row.key = self._keys.unwrap(row.wrapped_key, row.id, row.key_version)
        return row
