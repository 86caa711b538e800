"""Some of London's councils through the real code: a database of their own, and a clock that jumps
to whatever is due next."""

import heapq
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy import event

from adapters.cipher import KeyRing
from adapters.database.books import Books
from adapters.database.engine import make_engine
from adapters.database.migrate import upgrade
from adapters.database.pulse import Pulse
from adapters.database.store import SqliteStore
from adapters.database.types import EPOCH, MICROSECOND
from adapters.database.unit import SqlUnit
from adapters.draw import SeededDraw
from bench.year.acts import VERBS, Life
from bench.year.hours import BEGINS, Outage
from bench.year.lives import KNOWN, a_report, deeds, late_by
from bench.year.outside import Jumping, Outside
from bench.year.places import SECRETS, directory
from missing_service.domain.calendar import Calendar
from missing_service.domain.errors import Refused
from missing_service.domain.events import SERVICE
from missing_service.policy.load import load_policy
from missing_service.ports import Draw
from missing_service.usecases.deliver_next import Paces, claim_errands, note_answers, send
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.load_directory import found_streams, keep_policy, load_directory
from missing_service.usecases.seal_attempts import seal_attempts
from missing_service.usecases.service import Done, Service

NEXT = """SELECT min(at) FROM (
SELECT min(next_attempt) at FROM lane WHERE next_attempt IS NOT NULL AND next_attempt > :now
UNION ALL SELECT min(next_attempt) FROM straggler WHERE next_attempt > :now)"""
MOST_TURNS = 20_000  # at one instant
T = TypeVar("T")
Deed = tuple[datetime, int, Life, str, Any]


class InThread(SqliteStore):
    """The same store without its writer's thread: nobody else is there to wait for."""

    def write(self, function: Callable[[SqlUnit], T], draw: Draw, *, look: bool = False) -> T:  # noqa: ARG002
        return self._run(function, draw)


@dataclass(frozen=True, slots=True)
class Share:
    """What one process is given of the year."""

    seed: int
    councils: tuple[str, ...]
    reports: Sequence[datetime]
    away: dict[str, list[Outage]]


@dataclass
class Half:
    """One process with its own database; half of London where two share the year."""

    share: Share
    folder: Path
    world: type[Outside] = Outside
    accepted: dict[str, Any] = field(default_factory=dict)  # reference -> stream
    met: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = Random(self.share.seed)
        self.clock = Jumping(BEGINS)
        self.outside = self.world(self.random, self.clock, self.share.away)
        self.file = self.folder / f"year-{self.share.seed}.db"
        self.store = self._store()
        self.service = Service(store=self.store, clock=self.clock, new_draw=self._draw)
        self.pulse = Pulse(self.store, self._draw)
        self._begin()
        self.paces = Paces()
        self._plan: list[Deed] = []
        self._count = count()
        self._children: dict[str, list[str]] = {}
        self._step_at: datetime | None = None
        self.seen = sqlite3.connect(self.file, isolation_level=None)
        for at in self.share.reports:
            self.plan(at, Life(self, self.random.choice(self.share.councils)), "report")

    def _store(self) -> InThread:
        url = f"sqlite:///{self.file}"
        upgrade(url)
        engine = make_engine(url)
        event.listen(engine, "connect", _without_fsync)
        books = Books(load_policy(), Calendar(frozenset()), "https://missing.example")
        return InThread(engine, KeyRing({1: bytes(32)}), books, self.clock)

    def _begin(self) -> None:
        found_streams(self.service)
        keep_policy(self.service, self.store.books.policy, actor=SERVICE)
        load_directory(self.service, directory(self.share.councils), SECRETS, actor=SERVICE)

    def _draw(self, at: datetime) -> SeededDraw:
        """The same year again draws the same ids."""
        return SeededDraw(at, self.random.randbytes(32))

    # the plan

    def plan(self, at: datetime, life: Life, name: str, said: Any = None) -> None:
        heapq.heappush(self._plan, (at, next(self._count), life, name, said))

    def accept(self, life: Life, done: Done) -> None:
        """Answered with 201: from now on it must not be lost, and its life is planned."""
        self.accepted[life.reference] = life.stream
        self._children.setdefault(life.council, []).append(done.body["child"]["id"])
        for deed in deeds(self.random):
            self.plan(self.clock.at + deed.after, life, deed.name, deed.said)

    def _report(self, life: Life) -> dict[str, Any]:
        said = a_report(self.random, next(self._count), self.share.councils)
        known = self._children.get(life.council)
        if known and self.random.random() < KNOWN:
            said["child"]["id"] = self.random.choice(known)
        late = self.clock.at - late_by(self.random)
        return {**said, "council": life.council, "reported_at": late.isoformat()}

    # the year

    def run(self) -> None:
        """Until nobody has anything left to do, and all that was queued is taken."""
        while self._plan or self._waits():
            self._act()
            self._work()
            following = self._next()
            if following is None:
                break
            self.clock.at = following
        self._work()
        seal_attempts(self.service)

    def _act(self) -> None:
        while self._plan and self._plan[0][0] <= self.clock.at:
            _, _, life, name, said = heapq.heappop(self._plan)
            try:
                VERBS[name](life, self._report(life) if name == "report" else said)
                self.met[f"done: {name}"] += 1
            except Refused as refused:
                self.met[f"refused: {name}, {type(refused).__name__}"] += 1

    def _work(self) -> None:
        """As the workers do, until neither finds anything due."""
        for _ in range(MOST_TURNS):
            if not (self._escalate() or self._deliver()):
                return
        raise RuntimeError(f"the workers find work without end at {self.clock.at}")

    def _escalate(self) -> bool:
        self._step_at = self.pulse.next_step()
        if self._step_at is None or self._step_at > self.clock.at:
            return False
        return escalate_due(self.service)

    def _deliver(self) -> bool:
        due = [each.destination for each in self.pulse.due() if self._has_room(each)]
        if not due:
            return False
        answered = []
        errands = claim_errands(self.service, self.paces, among=due)
        for errand in errands:
            self.paces.started(errand.channel)
            answer = send(errand, self.outside, self.service)
            self.paces.ended(errand.channel, answer.outcome, self.clock.at)
            answered.append((errand, answer))
        note_answers(self.service, answered, self.random.random)
        return bool(errands)

    def _has_room(self, due: Any) -> bool:
        room, fresh = self.paces.room(due.destination, self.clock.at)
        return bool(room or (fresh and due.fresh))

    def _next(self) -> datetime | None:
        """The next instant at which anything is planned, due, or may be tried again."""
        now = (self.clock.at - EPOCH) // MICROSECOND
        attempt = self.seen.execute(NEXT, {"now": now}).fetchone()[0]
        coming = [
            self._plan[0][0] if self._plan else None,
            self._step_at if self._plan else None,
            None if attempt is None else EPOCH + attempt * MICROSECOND,
            *(pace.probe_at for pace in self.paces.paces.values()),
        ]
        return min((at for at in coming if at and at > self.clock.at), default=None)

    def _waits(self) -> bool:
        waiting = "SELECT 1 FROM lane WHERE next_attempt IS NOT NULL LIMIT 1"
        return self.seen.execute(waiting).fetchone() is not None

    def close(self) -> None:
        self.seen.close()
        self.store.close()


def _without_fsync(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")
