"""One seeded history: reports, people and faults of a day; then everything heals and must
converge."""

import hashlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select

from adapters.cipher import KeyRing
from adapters.database import models as m
from adapters.database.books import Books
from adapters.database.engine import make_engine
from adapters.database.migrate import upgrade
from adapters.draw import SeededDraw
from missing_service.domain.calendar import Calendar
from missing_service.domain.errors import Refused
from missing_service.domain.events import SERVICE
from missing_service.policy.load import load_policy
from missing_service.ports import StoreUnavailable
from missing_service.usecases.load_directory import found_streams, keep_policy, load_directory
from missing_service.usecases.service import Service
from tests.simulation.acts import People
from tests.simulation.clocks import SkewedClock, TrueClock
from tests.simulation.forces import FAULTS, World
from tests.simulation.places import DIRECTORY, SECRETS
from tests.simulation.processes import Died, Dispatcher, Escalator, StepStore, seen_by

POLICY = load_policy()
CALENDAR = Calendar(frozenset())
STORE_FAULTS = (
    "database busy",
    "database full",
    "died before commit",
    "died after commit",
    "commit done, unknown",
    "commit undone, unknown",
)
LEAVES = (
    select(m.EventTable.leaf)
    .join(m.DutyLogTable, m.DutyLogTable.event == m.EventTable.id)
    .order_by(m.DutyLogTable.n)
)
WAITING = (
    select(m.DeliveryTable.id).where(m.DeliveryTable.state.in_(["QUEUED", "FAILING"])).limit(1)
)
DUE = tuple(
    select(func.min(column))
    for column in (
        m.ObligationTable.next_step_at,
        m.LaneTable.next_attempt,
        m.StragglerTable.next_attempt,
    )
)


@dataclass
class History:
    """The world of one seed; the same seed makes the same history."""

    seed: int
    template: Path
    random: Random = field(init=False)
    clock: TrueClock = field(default_factory=TrueClock)
    fired: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.folder = Path(tempfile.mkdtemp(prefix="history-", dir=_memory()))
        self.world = World(self.random, fired=self.fired)
        self.store = self._store()
        self.service = Service(store=self.store, clock=self.clock, new_draw=self._draw)
        self.people = People(self)
        self.dispatchers = [self._dispatcher(n) for n in ("d1", "d2", "d3")]
        self.escalators = [Escalator(n, self._host()) for n in ("e1", "e2")]
        self.workers_stopped_until: datetime | None = None

    def _store(self) -> StepStore:
        file = self.folder / "history.db"
        shutil.copy(self.template, file)
        engine = make_engine(f"sqlite:///{file}")
        books = Books(POLICY, CALENDAR, "https://missing.example")
        return StepStore(engine, KeyRing({1: b"k" * 32}), books, self.clock)

    def _draw(self, at: datetime) -> SeededDraw:
        return SeededDraw(at, self.random.randbytes(32))

    def _host(self) -> Service:
        skew = timedelta(seconds=self.random.uniform(-2, 2))
        return seen_by(self.service, SkewedClock(self.clock, skew))

    def _dispatcher(self, name: str) -> Dispatcher:
        return Dispatcher(name, self._host(), self.world, self.random.random)

    # the story

    def run(self, hours: float = 24, reports: int = 10) -> None:
        """The day with its faults, then an hour in which everything works."""
        end = self.clock.at + timedelta(hours=hours)
        self.people.plan(reports, timedelta(hours=hours))
        while self.clock.at < end:
            self._turn(faults=True)
            self._advance(end)
        self._heal()

    def _turn(self, *, faults: bool) -> None:
        for act in self.people.due(self.clock.at):
            self._try(act, faults=faults)
        if faults:
            self._new_faults()
        if self.workers_stopped_until and self.clock.at < self.workers_stopped_until and faults:
            self.fired["turns without workers"] += 1
            return
        self._work(faults=faults)

    def _work(self, *, faults: bool) -> None:
        """Let every process step in drawn order until none finds work, or a bound is reached."""
        processes: list[Any] = [*self.dispatchers, *self.escalators]
        for _ in range(60):
            self.random.shuffle(processes)
            found = [self._step(process, faults=faults) for process in processes]
            if not any(found):
                return

    def _step(self, process: Any, *, faults: bool) -> bool:
        return bool(self._try(process.step, faults=faults, process=process))

    def _try(self, step: Callable[[], Any], *, faults: bool, process: Any = None) -> Any:
        if faults and self.random.random() < 0.03:
            self.store.fault = self.random.choice(STORE_FAULTS)
            self.fired[f"store: {self.store.fault}"] += 1
        try:
            return step()
        except Died:
            if process:
                process.die()
            return True
        except (StoreUnavailable, Refused) as refused:
            self.fired[f"answer: {type(refused).__name__}"] += 1
            return False
        finally:
            self.store.fault = None

    def _new_faults(self) -> None:
        for address in list(self.world.addresses.values()):
            if self.random.random() < 0.05:
                mended = self.random.random() < 0.5
                address.fault = "ok" if mended else self.random.choice(list(FAULTS))
        if self.random.random() < 0.004 and not self.workers_stopped_until:
            stopped = timedelta(minutes=self.random.choice([5, 60, 360]))
            self.workers_stopped_until = self.clock.at + stopped
            self.fired["workers stopped"] += 1
        if self.workers_stopped_until and self.clock.at >= self.workers_stopped_until:
            self.workers_stopped_until = None
        if self.random.random() < 0.05:
            self._kill()

    def _kill(self) -> None:
        everyone: list[Dispatcher | Escalator] = [*self.dispatchers, *self.escalators]
        process = self.random.choice(everyone)
        process.die()
        self.fired["killed"] += 1

    def _advance(self, end: datetime) -> None:
        """To the next instant at which anything is due, a little late."""
        late = timedelta(seconds=self.random.uniform(0.1, 1.0))
        if self.workers_stopped_until:
            acts = self.people.next_at() or end
            self.clock.at = min(
                end, max(self.clock.at, min(acts, self.workers_stopped_until)) + late
            )
            return
        soon = self.clock.at + timedelta(seconds=self.random.choice([1, 5, 20]))
        self.clock.at = min(end, max(soon, self._next_due() or end) + late)

    def _next_due(self) -> datetime | None:
        with self.store.reading() as reading:
            found = [reading.connection.execute(query).scalar() for query in DUE]
        return min((at for at in [*found, self.people.next_at()] if at), default=None)

    def _heal(self) -> None:
        """Everything answers; whatever was held is let go; all that is owed must now go out."""
        self.world.heal()
        self.workers_stopped_until = None
        for _ in range(40):
            self.clock.at += timedelta(seconds=35)
            self.world.heal()
            self._turn(faults=False)
            if self._is_calm():
                return

    def _is_calm(self) -> bool:
        with self.store.reading() as reading:
            return reading.connection.execute(WAITING).first() is None

    def digest(self) -> str:
        """A hash over every stored event: two runs of one seed must agree."""
        hashed = hashlib.sha256()
        with self.store.reading() as reading:
            for (leaf,) in reading.connection.execute(LEAVES):
                hashed.update(leaf)
        return hashed.hexdigest()

    def close(self) -> None:
        self.store.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


def _memory() -> str | None:
    """Histories live in memory where the system offers it: no disk is waited for."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def make_template(path: Path) -> None:
    """A database at the newest schema with the directory of the simulation, made once a batch."""
    upgrade(f"sqlite:///{path}")
    books = Books(POLICY, CALENDAR, "https://missing.example")
    clock = TrueClock()
    store = StepStore(make_engine(f"sqlite:///{path}"), KeyRing({1: b"k" * 32}), books, clock)
    seeds = Random(0)
    service = Service(
        store=store, clock=clock, new_draw=lambda at: SeededDraw(at, seeds.randbytes(32))
    )
    found_streams(service)
    keep_policy(service, POLICY, actor=SERVICE)
    load_directory(service, DIRECTORY, SECRETS, actor=SERVICE)
    with store.engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.engine.dispose()
