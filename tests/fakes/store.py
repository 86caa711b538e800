"""A store in memory that obeys the ports: what use cases need, and nothing durable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.draw import SeededDraw
from missing_service.domain.calendar import Calendar
from missing_service.domain.delivery import Delivery
from missing_service.domain.directory import Directory
from missing_service.domain.episode import Episode
from missing_service.domain.events import Event
from missing_service.domain.interview import Interview
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationKind, Policy
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import ROWS, Key, State, key_of
from tests.fakes.clock import FakeClock


@dataclass
class Kept:
    """One event as it was kept, with its number."""

    n: int
    event: Event


@dataclass
class MemoryStore:
    clock: FakeClock
    policy: Policy
    directory_now: Directory
    rows: dict[type, dict[Key, Any]] = field(default_factory=lambda: {kind: {} for kind in ROWS})
    streams: dict[UUID, int] = field(default_factory=dict)
    events: list[Kept] = field(default_factory=list)
    texts: dict[UUID, bytes] = field(default_factory=dict)
    queued: list[Delivery] = field(default_factory=list)
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)

    def write(self, function: Callable[[Any], Any], draw: SeededDraw, *, look: bool = False) -> Any:
        unit = MemoryUnit(self, draw)
        result = function(unit)
        unit.commit()
        return result

    def directory(self) -> Directory:
        return self.directory_now

    @property
    def calendar(self) -> Calendar:
        return Calendar(frozenset())


@dataclass
class Answered:
    fingerprint: bytes
    stream: UUID
    status: int
    body: Any


class MemoryUnit:
    """Gathers what the act writes; nothing of it is seen before `commit`."""

    def __init__(self, store: MemoryStore, draw: SeededDraw) -> None:
        self._store, self.draw, self.now = store, draw, store.clock.now()
        self.state = State(self)
        self.book = Rulebook(
            policy=store.policy,
            policy_of=lambda _: store.policy,
            directory=store.directory_now,
            calendar=Calendar(frozenset()),
            draw=draw,
            public_url="https://missing.example",
        )
        self._numbers = dict(store.streams)
        self._events: list[Kept] = []
        self._texts: dict[UUID, bytes] = {}
        self._queued: list[Delivery] = []
        self._answers: dict[tuple[str, str], Answered] = {}

    def one(self, kind: type[Any], key: Key) -> Any:
        return self._store.rows[kind].get(key)

    def all(self, kind: type[Any], stream: UUID) -> Sequence[Any]:
        return [row for row in self._store.rows[kind].values() if row.stream == stream]

    def story(self, stream: UUID) -> Sequence[tuple[int, Event]]:
        return [(k.n, k.event) for k in self._store.events if k.event.stream == stream]

    def earlier(self, child: UUID, stream: UUID, force: str | None) -> Sequence[str]:
        found = self._store.rows[Episode].values()
        return [e.reference for e in found if e.child == child and e.id != stream]

    def episodes_of(self, child: UUID) -> Sequence[Episode]:
        return [e for e in self._store.rows[Episode].values() if e.child == child]

    def owed_for(self, child: UUID, kind: ObligationKind) -> Sequence[Obligation]:
        mine = {e.id for e in self.episodes_of(child)}
        found = self._store.rows[Obligation].values()
        return [o for o in found if o.kind is kind and o.stream in mine]

    def lock(self, *streams: UUID) -> None:
        """One act at a time: there is nothing to hold."""

    def open_stream(self, stream: UUID, kind: str) -> None:
        self._numbers[stream] = 0
        self.state.born(stream)

    def find(self, what: str, value: Any) -> UUID | None:
        if what == "reference":
            found = (e for e in self._store.rows[Episode].values() if e.reference == value)
        else:
            kind = {"obligation": Obligation, "interview": Interview, "delivery": Delivery}[what]
            found = (row for row in self._store.rows[kind].values() if row.id == value)
        row = next(found, None)
        return row.stream if row else None

    def number(self, stream: UUID) -> int:
        self._numbers[stream] += 1
        return self._numbers[stream]

    def salt(self) -> bytes:
        return self.draw.salt()

    def keep_text(self, text: UUID, stream: UUID, payload: bytes) -> None:
        self._texts[text] = payload

    def keep_event(self, event: Event, n: int, leaf: bytes) -> None:
        self._events.append(Kept(n, event))

    def queue(self, delivery: Delivery) -> None:
        self._queued.append(delivery)

    def find_draft(self, draft: UUID) -> None:
        return None

    def find_answer(self, principal: str, key: str) -> Any:
        return self._store.answers.get((principal, key))

    def keep_answer(  # one row
        self,
        principal: str,
        key: str,
        fingerprint: bytes,
        at: datetime,
        stream: UUID,
        status: int,
        body: Any,
    ) -> None:
        self._answers[principal, key] = Answered(fingerprint, stream, status, body)

    def commit(self) -> None:
        for kind, row, _ in self.state.writes():
            self._store.rows[kind][key_of(row)] = row
        self._store.streams |= self._numbers
        self._store.events += self._events
        self._store.texts |= self._texts
        self._store.queued += self._queued
        self._store.answers |= self._answers
