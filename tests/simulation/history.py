"""One seeded history: reports, people and faults of a day; then everything heals and must
converge."""

import hashlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from adapters.cipher import KeyRing
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
from missing_service.usecases.seal_attempts import seal_attempts
from missing_service.usecases.service import Service
from tests.simulation import troubles
from tests.simulation.acts import Doing
from tests.simulation.clocks import STARTS, SkewedClock, TrueClock
from tests.simulation.forces import Address, World
from tests.simulation.people import Case, People
from tests.simulation.places import DIRECTORY, SECRETS
from tests.simulation.processes import (
    Dispatcher,
    Escalator,
    Holding,
    KeptPulse,
    Worker,
    seen_by,
)
from tests.simulation.store import Died, Fault, StepStore
from tests.simulation.watch import Watch

POLICY = load_policy()
CALENDAR = Calendar(frozenset())
HEALS_WITHIN = 60  # turns of 35 seconds
MOST_STEPS = 150  # of all workers in one turn


class Found(BaseException):
    """A promise is broken: nothing in between may answer this."""


@dataclass(frozen=True, slots=True)
class Size:
    """How long a history is, and how many reports it has."""

    hours: float
    reports: int


def size_of(random: Random) -> Size:
    """Half are a day and ten reports or less; one in a hundred is thirty days."""
    drawn = random.random()
    if drawn < 0.01:
        return Size(720, 40)
    if drawn < 0.4:
        return Size(random.uniform(3, 20), random.randrange(2, 9))
    return Size(24, 10) if drawn < 0.8 else Size(random.uniform(24, 40), random.randrange(10, 15))


class AsSent:
    """Whatever is sent is a photo."""

    def rewrite(self, image: bytes) -> bytes:
        return image


@dataclass
class History:
    """The world of one seed; the same seed makes the same history."""

    seed: int
    template: Path
    fired: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    stops_at_first: bool = False  # a hunt needs no second sentence

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.size = size_of(self.random)
        self.clock = TrueClock(self.random.choice(STARTS))
        self.folder = Path(tempfile.mkdtemp(prefix="history-", dir=_memory()))
        self.world = World(self.random, self.clock, self.fired)
        self.store = self._store()
        self.service = Service(
            store=self.store, clock=self.clock, new_draw=self._draw, photos=AsSent()
        )
        self.holding, self.lease = Holding(), POLICY.figures.lease
        self.people, self.watch = People(self), Watch(self)
        self.pulse = KeptPulse(self.store, self._draw)
        self.workers: list[Any] = [self._worker(Dispatcher, n) for n in ("d1", "d2", "d3")]
        self.workers += [self._worker(Escalator, n) for n in ("e1", "e2")]
        self.stopped_until: datetime | None = None
        self._flow, self._faults, self._is_between = "", False, False
        self._stepping: Any = None

    def _store(self) -> StepStore:
        file = self.folder / "history.db"
        shutil.copy(self.template, file)
        books = Books(POLICY, CALENDAR, "https://missing.example")
        keys = KeyRing({1: b"k" * 32})
        store = StepStore(make_engine(f"sqlite:///{file}"), keys, books, self.clock)
        store.reached, store.wrong, store.between = self._reached, self.say_wrong, self._between
        return store

    def _draw(self, at: datetime) -> SeededDraw:
        return SeededDraw(at, self.random.randbytes(32))

    def _worker(self, kind: type[Worker], name: str) -> Worker:
        """Hosts differ by a second or two; in one history of ten by three minutes."""
        most = 180 if self.seed % 10 == 0 else 2
        skew = timedelta(seconds=self.random.uniform(-most, most))
        return kind(name, seen_by(self.service, SkewedClock(self.clock, skew)), self)

    # the story

    def run(self) -> None:
        """The time with its faults, then one in which everything works and all must come right."""
        length = timedelta(hours=self.size.hours)
        end = self.clock.at + length
        self.people.plan(self.size.reports, length)
        reports = self.people.planned_at()
        self._troubles = troubles.drawn(self.random, self.clock.at, length, reports)
        while self.clock.at < end:
            self._turn(faults=True)
            self._advance(end)
        self._heal()

    def _turn(self, *, faults: bool) -> None:
        self._faults = faults
        while faults and self._troubles and self._troubles[0].at <= self.clock.at:
            troubles.begin(self, self._troubles.pop(0))
        self._let_pass()
        self.world.arrive()
        for name, deed in self.people.due(self.clock.at):
            self._try(name, deed)
        if self.stopped_until is None:
            self._work()
            self.watch.look()

    def _let_pass(self) -> None:
        """What lasted until now is over."""
        for address in self.world.addresses.values():
            if address.until and address.until <= self.clock.at:
                address.fault, address.until = "ok", None
        if self.stopped_until and self.stopped_until <= self.clock.at:
            self.stopped_until = None
            self.watch.forgive()
        self.watch.mend()

    def _work(self) -> None:
        """Let every process step in drawn order until none finds work."""
        awake = [worker for worker in self.workers if not worker.is_paused()]
        for _ in range(MOST_STEPS):
            self.random.shuffle(awake)
            found = [self._step(worker) for worker in awake]  # each of them, whoever found work
            if not any(found):
                return
        self.say_wrong("the workers find work without end")

    def _step(self, worker: Any) -> bool:
        return bool(self._try(type(worker).__name__.lower(), worker.step, worker))

    def _try(self, flow: str, step: Callable[[], Any], worker: Any = None) -> Any:
        self._flow, self._stepping = flow, worker
        if self._faults:
            is_worker = worker is not None
            self.store.fault = troubles.store_fault(self.random, is_worker=is_worker)
            self.store.passing = self.random.choice([0, 0, 1, 2])
        try:
            return step()
        except Died:
            if worker:
                worker.die()
            return True
        except (StoreUnavailable, Refused):
            return False
        finally:
            self.store.fault = None

    def _advance(self, end: datetime) -> None:
        """To the next instant at which anything is due, a little late."""
        late = timedelta(seconds=self.random.uniform(0.1, 1.0))
        coming = [self.people.next_at(), self.watch.next_at(), *self._own_times()]
        if self.stopped_until is None:
            coming += [self._from_wall(at) for at in self.watch.due()]
            coming += [worker.next_at() for worker in self.workers]
        soon = self.clock.at + timedelta(seconds=self.random.choice([0.2, 1, 5]))
        at = max(soon, min((at for at in coming if at), default=end))
        self.clock.at = min(end, at + late)

    def _own_times(self) -> Iterable[datetime | None]:
        yield self._troubles[0].at if self._troubles else None
        yield self.stopped_until
        yield from (address.until for address in self.world.addresses.values())
        yield from (worker.paused_until for worker in self.workers if worker.is_paused())
        yield from (each[0] for each in self.world.under_way)

    def _from_wall(self, at: datetime | None) -> datetime | None:
        return at - self.clock.stepped if at else None

    def _heal(self) -> None:
        """Everything answers; whatever was held is let go; all that is owed must now go out."""
        self.world.heal()
        self.stopped_until = None
        self.watch.forgive()
        for worker in self.workers:
            worker.paused_until = None
        self.watch.mend(everything=True)
        for _ in range(HEALS_WITHIN):
            self.clock.at += timedelta(seconds=35)
            self._turn(faults=False)
            if self.watch.is_calm():
                return

    # what troubles do

    def stop_workers(self, lasts: timedelta) -> None:
        """All are killed, and none is started for so long."""
        for worker in self.workers:
            worker.die()
        self.stopped_until = self.clock.at + lasts
        self.watch.away.append((self.clock.at, self.stopped_until))

    def step_clock(self, step: timedelta) -> None:
        """The wall clock steps; a year ahead is noticed within the hour, and put right."""
        self.fired[f"clock: {step.total_seconds():+.0f} s"] += 1
        self.watch.clock_stepped(step)

    def poison(self, lasts: timedelta) -> None:
        self.watch.poison(lasts)

    def seal(self) -> None:
        self._try("seal", lambda: seal_attempts(self.service))

    def addresses(self, name: str) -> list[Address]:
        """One of a force, or every person's mailbox: the mail server is away."""
        if name != "people":
            return [self.world.address(name)]
        return [a for key, a in self.world.addresses.items() if key.endswith("@harrow.example")]

    # what the parts say

    def say_wrong(self, sentence: str) -> None:
        self.wrong.append(sentence)
        if self.stops_at_first:
            raise Found(sentence)

    def plan_case(self, case: Case, *, is_new: bool) -> None:
        if is_new:
            Doing(self, case).plan()

    def perhaps_stops(self, worker: Worker, point: str) -> None:
        """There it may be killed, or stopped past its lease and let go on."""
        drawn = self.random.random() if self._faults else 1
        if drawn < troubles.DEATH_EACH:
            self.fired[f"died: {point}"] += 1
            raise Died
        if drawn < troubles.DEATH_EACH + troubles.PAUSE_EACH:
            self.fired[f"stopped: {point}"] += 1
            worker.paused_until = self.clock.at + timedelta(seconds=self.random.uniform(5, 300))

    def claim_fault(self, channel: str, fault: Exception) -> None:
        """One destination that cannot be claimed is said, and stops no other."""
        if isinstance(fault, Died | StoreUnavailable):
            raise fault
        self.fired["a claim failed"] += 1
        self.watch.heard(f"{channel}: {fault!r}")

    def stream_fault(self, stream: UUID, fault: Exception) -> None:
        self.watch.heard(f"{stream}: {fault!r}")

    def _reached(self, fault: Fault) -> None:
        self.fired[f"{self._flow}: {fault[0]}, {fault[1]}"] += 1
        self.fired[f"store: {fault[0]}, {fault[1]}"] += 1

    def _between(self) -> None:
        """Before a transaction begins another process may take a step."""
        is_quiet = not self._faults or self._is_between or self.stopped_until is not None
        if is_quiet or self.random.random() > 0.05:
            return
        before = self.store.fault, self.store.passing, self._flow, self._stepping
        others = [w for w in self.workers if w is not self._stepping and not w.is_paused()]
        self._is_between = True
        try:
            self._step(self.random.choice(others))
        finally:
            self._is_between = False
            self.store.fault, self.store.passing, self._flow, self._stepping = before

    def digest(self) -> str:
        """A hash over every stored event: two runs of one seed must agree."""
        hashed = hashlib.sha256()
        for leaf in self.watch.leaves():
            hashed.update(leaf)
        return hashed.hexdigest()

    def close(self) -> None:
        self.watch.close()
        self.store.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


def _memory() -> str | None:
    """Histories live in memory where the system offers it: no disk is waited for."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def make_template(path: Path) -> None:
    """A database at the newest schema with the directory of the simulation, made once a batch."""
    upgrade(f"sqlite:///{path}")
    books = Books(POLICY, CALENDAR, "https://missing.example")
    clock = TrueClock(min(STARTS))
    store = StepStore(make_engine(f"sqlite:///{path}"), KeyRing({1: b"k" * 32}), books, clock)
    store.reached = lambda _: None
    store.wrong = lambda _: None
    store.between = lambda: None
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
