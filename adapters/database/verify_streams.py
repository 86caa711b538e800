"""Each stream against itself: its events in order, its private texts, and the rows that follow."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from adapters.cipher import KeyRing, Unreadable
from adapters.database import models as m
from adapters.database.reading import SALT, EventRow
from adapters.database.statements import TABLES
from adapters.database.verify_replay import compare
from adapters.database.verify_rows import Findings, Groups, Snapshot, place, raw, shown
from adapters.database.verify_texts import TEXT, Stored, Texts
from missing_service.domain.merkle import leaf_hash
from missing_service.domain.replay import UNFIT, Replay, bodies, commitments
from missing_service.domain.telling import DIRECTORY_STREAM, SERVICE_STREAM

MANY = 200  # events, with their texts, in memory at once
FIXED = {DIRECTORY_STREAM: "directory", SERVICE_STREAM: "service"}
BEGINNINGS = {
    "child.recorded": "child",
    "episode.reported": "episode",
    "canary.sent": "canary",
}
ERASURES: frozenset[str] = frozenset()  # kinds of event after which a stream's key may be gone
EVENT: Table = m.EventTable.__table__  # type: ignore[assignment]
STREAM: Table = m.StreamTable.__table__  # type: ignore[assignment]
LOG: Table = m.DutyLogTable.__table__  # type: ignore[assignment]
Progress = Callable[[int], None]


@dataclass(slots=True)
class Sources:
    """Every table that has a stream, read side by side."""

    streams: Groups
    events: Groups
    texts: Groups
    rows: Mapping[type, Groups]

    @property
    def all(self) -> list[tuple[str, Groups]]:
        rows = [(TABLES[kind].name, groups) for kind, groups in self.rows.items()]
        return [("event", self.events), ("private_text", self.texts), *rows]

    @property
    def key(self) -> bytes | None:
        """The lowest stream that any table names next."""
        keys = [g.key for g in (self.streams, *(groups for _, groups in self.all))]
        return min((key for key in keys if key is not None), default=None)


def _sources(snapshot: Snapshot) -> Sources:
    streams = select(*map(raw, STREAM.columns)).order_by(STREAM.c.id)
    return Sources(
        streams=Groups(snapshot.rows("stream", snapshot.within(streams, STREAM.c.id)), "id"),
        events=_events(snapshot),
        texts=snapshot.by_stream(TEXT, "id", "stream"),
        rows={kind: snapshot.by_stream(table) for kind, table in TABLES.items()},
    )


def _events(snapshot: Snapshot) -> Groups:
    """Events in order, each with its row of the log."""
    query = (
        select(*map(raw, EVENT.columns), LOG.c.n.label("log_n"), LOG.c.leaf_hash)
        .outerjoin(LOG, LOG.c.event == EVENT.c.id)
        .order_by(EVENT.c.stream, EVENT.c.n)
    )
    return Groups(snapshot.rows("event", snapshot.within(query, EVENT.c.stream)), "stream")


def check_streams(
    snapshot: Snapshot, keys: KeyRing, findings: Findings, progress: Progress | None = None
) -> None:
    """Every stream that is asked for, in order of id."""
    sources, missing = _sources(snapshot), dict(FIXED)
    while (key := sources.key) is not None:
        found = list(sources.streams.take(key))
        if found and len(key) == 16:
            missing.pop(UUID(bytes=key), None)
            StreamCheck(snapshot, keys, findings, found[0]).run(sources)
        else:
            _belongs_nowhere(sources, key, findings)
        findings.counts["streams"] += 1
        if progress:
            progress(findings.counts["streams"])
    if snapshot.scope is None and findings.counts["streams"]:
        for stream, kind in missing.items():
            findings.add("stream", stream, f"the {kind}'s stream is gone")


def _belongs_nowhere(sources: Sources, key: bytes, findings: Findings) -> None:
    findings.add("stream", key, "is gone, though rows name it")
    for table, groups in sources.all:
        for _ in groups.take(key):
            findings.add(table, f"of {shown(key)}", "belongs to no stream")


@dataclass(slots=True)
class StreamCheck:
    """One stream: what it says of itself, event by event."""

    snapshot: Snapshot
    keys: KeyRing
    findings: Findings
    row: Any
    replay: Replay = field(default_factory=Replay)
    kinds: list[str] = field(default_factory=list)  # the first event's, and those of ERASURES
    n: int = 0
    log_n: int = 0
    is_whole: bool = True  # every event could be applied
    texts: Texts = field(init=False)

    @property
    def id(self) -> UUID:
        return UUID(bytes=place(self.row.id))

    def run(self, sources: Sources) -> None:
        own, key = place(self.row.id), self._find_key()
        is_erased = self.row.wrapped_key is None
        self.texts = Texts(self.snapshot, self.findings, self.id, key, is_erased)
        events = sources.events.take(own)
        while part := list(islice(events, MANY)):
            self._check_part(part)
        self._check_row()
        self.texts.check_unnamed(list(sources.texts.take(own)))
        found = {kind: list(groups.take(own)) for kind, groups in sources.rows.items()}
        if self.is_whole:
            wanted = self.replay.rows()
            compare(found, wanted, self.snapshot, self.findings, is_erased=key is None)

    def _find_key(self) -> bytes | None:
        row = self.row
        try:
            return row.wrapped_key and self.keys.unwrap(row.wrapped_key, self.id, row.key_version)
        except (Unreadable, *UNFIT):
            self._fault("stream", self.id, "its key cannot be unwrapped: altered, or of no version")
            return None

    def _fault(self, table: str, where: Any, what: str) -> None:
        self.findings.add(table, where, what)

    def _check_row(self) -> None:
        row, first = self.row, self.kinds[0] if self.kinds else ""
        if row.last_n != self.n:
            self._fault("stream", self.id, f"says {row.last_n} events, and has {self.n}")
        wanted = FIXED.get(self.id) or BEGINNINGS.get(first)
        if wanted is None:
            self._fault("stream", self.id, "no event of it says what it is")
        elif row.kind != wanted:
            self._fault("stream", self.id, f"its kind is not {wanted}")
        if row.wrapped_key is None and not ERASURES.intersection(self.kinds):
            self._fault("stream", self.id, "its key is gone, and no event says that it was erased")

    def _check_part(self, part: Sequence[Any]) -> None:
        read = [(row, self._read(row)) for row in part]
        named = [text for _, leaf in read if leaf for text, _ in commitments(leaf)]
        stored = self.texts.load(named)
        for row, leaf in read:
            self._check_event(row, leaf, stored)

    def _read(self, row: Any) -> Mapping[str, Any] | None:
        """The leaf, as far as it is one; its place in the stream and in the log."""
        self.findings.counts["events"] += 1
        self.n += 1
        self._check_place(row)
        try:
            leaf: Mapping[str, Any] = json.loads(row.leaf)
            list(commitments(leaf)), list(bodies(leaf))
            self._check_columns(row, leaf)
        except UNFIT:
            self.is_whole = False
            self._fault("event", row.id, "its bytes are not an event's")
            return None
        if not self.kinds or leaf["kind"] in ERASURES:
            self.kinds.append(leaf["kind"])
        return leaf

    def _check_place(self, row: Any) -> None:
        if row.n != self.n:
            self._fault("event", row.id, f"its number is {row.n}, where {self.n} is next")
        if row.log_n is None:
            self._fault("event", row.id, "stands in no row of duty_log")
            return
        if row.log_n <= self.log_n:
            self._fault("duty_log", row.log_n, f"event {shown(row.id)} stands before an older one")
        self.log_n = row.log_n
        if leaf_hash(row.leaf) != row.leaf_hash:
            self._fault("event", row.id, f"its bytes are not those that duty_log {row.log_n} holds")
            self._fault("duty_log", row.log_n, f"its hash is not that of event {shown(row.id)}")

    def _check_columns(self, row: Any, leaf: Mapping[str, Any]) -> None:
        wanted = self.snapshot.statements.insert["event"].values(_row_of(leaf, row.leaf))
        pairs = zip(EVENT.columns, row, wanted, strict=False)
        names = ", ".join(column.name for column, is_, must in pairs if is_ != must)
        if names:
            self._fault("event", row.id, f"{names} unlike its bytes")

    def _check_event(
        self, row: Any, leaf: Mapping[str, Any] | None, stored: Mapping[UUID, Stored]
    ) -> None:
        if leaf is None:
            return
        private: Mapping[str, Any] = {}
        for text, commit in commitments(leaf):
            payload = self.texts.open(text, commit, stored.get(text))
            if text == UUID(leaf["id"]) and payload:
                private = json.loads(payload[SALT:])
        for body in bodies(leaf):
            if body not in self.texts.named:
                self._fault("event", row.id, f"delivers text {body}, which no event vouches for")
        self._play(row, leaf, private)

    def _play(self, row: Any, leaf: Mapping[str, Any], private: Mapping[str, Any]) -> None:
        if not self.is_whole:
            return
        try:
            self.replay.play(leaf, private)
        except UNFIT:
            self.is_whole = False
            what = "cannot be applied again: the rows of its stream were not compared"
            self._fault("event", row.id, what)


def _row_of(leaf: Mapping[str, Any], stored: bytes) -> EventRow:
    at = datetime.fromisoformat(leaf["at"])
    return EventRow(UUID(leaf["id"]), UUID(leaf["stream"]), leaf["n"], leaf["kind"], at, stored)
