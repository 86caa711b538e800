"""P6: what an escalation tick costs with many obligations open, and a sweep after an outage."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from bench import alarms
from bench.accepting import Effort, Measured
from bench.figures import Figure, Goal
from bench.inside import Inside, founded, inside, open_life
from bench.mould import Mould, fill
from bench.places import Postgres
from missing_service.usecases.escalate_due import escalate_due

APART = timedelta(milliseconds=10)  # a hundred fall due in a second
TICKS, LOOKS = 5, 50
TICK = timedelta(seconds=1)
FIRST_STEP = timedelta(minutes=5, seconds=1)
OUTAGE = timedelta(minutes=75)  # every first review has lapsed, and no second
MANY, FEW = (1_000_000, 100_000), (4_000, 2_000)


@dataclass(slots=True)
class Ladders:
    """A database with many obligations open."""

    here: Inside
    began: datetime
    passed: timedelta = FIRST_STEP
    tick: list[float] = field(default_factory=list)
    look: list[float] = field(default_factory=list)

    def round(self) -> None:
        self.tick.append(median(self._tick() for _ in range(TICKS)))
        self.look.append(median(self._look() for _ in range(LOOKS)))

    def _tick(self) -> float:
        """Milliseconds to decide what lapses in a second, each lapse."""
        due = self.here.application.pulse.next_step() or self.began
        self.passed = max(self.passed, self._stands_at() - self.began, due - self.began) + TICK
        before, seconds = self._told(), self.sweep(self.passed)
        return seconds * 1000 / (self._told() - before)

    def _stands_at(self) -> datetime:
        """PostgreSQL's clock went on meanwhile."""
        return self.here.application.store.now() if self.here.clock.at else self.began

    def sweep(self, passed: timedelta) -> float:
        """Seconds to decide all that is due so long after the first report."""
        self.here.stand_at(self.began + passed)
        began = time.perf_counter()
        while escalate_due(self.here.application.service):
            pass
        return time.perf_counter() - began

    def _look(self) -> float:
        """Milliseconds to see that nothing is due."""
        began = time.perf_counter()
        self.here.application.pulse.next_step()
        return (time.perf_counter() - began) * 1000

    def _told(self) -> int:
        with self.here.application.store.engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM step_told").scalar_one())


def filled(url: str, count: int, shift: timedelta = timedelta()) -> datetime:
    """A new database with `count` obligations open, two an episode; when the first began."""
    with founded(url) as here:
        began, life = here.clock.now(), open_life(here)
        store = here.application.store
        dialect = store.engine.dialect.name
        mould = Mould(life, store.keys, dialect, apart=APART, shift=shift)
        fill(here.application, mould, range(1, count // mould.counts["obligation"]))
    return began


def on_sqlite(folder: Path, _: Postgres, effort: Effort) -> Measured:
    """Beside it a job for each deadline, on SQLite too."""
    return _on("SQLite", lambda name: f"sqlite:///{folder / name}.db", effort)


def on_postgres(_: Path, server: Postgres, effort: Effort) -> Measured:
    """The same on PostgreSQL."""
    return _on("PostgreSQL", server.make, effort)


def _on(kind: str, make: Callable[[str], str], effort: Effort) -> Measured:
    counts = effort.of(MANY, FEW)
    urls = [make(f"open_{count}") for count in counts]
    began = [filled(url, count) for url, count in zip(urls, counts, strict=True)]
    with ExitStack() as stack:
        each = [
            Ladders(stack.enter_context(inside(u)), b) for u, b in zip(urls, began, strict=True)
        ]
        for _ in range(effort.rounds):
            for ladders in each:
                ladders.round()
        ours = each[1].sweep(OUTAGE)
    theirs = alarms.swept(make("alarms"), counts[1])
    return _ticks(kind, counts, *each) + _sweeps(kind, counts[1], ours, theirs)


def _ticks(kind: str, counts: Sequence[int], many: Ladders, few: Ladders) -> Measured:
    said = f"{counts[0]:,} open ÷ {counts[1]:,}, {kind}"
    ticks = [a / b for a, b in zip(many.tick, few.tick, strict=True)]
    looks = [a / b for a, b in zip(many.look, few.look, strict=True)]
    return Measured(
        [
            Goal("P6", f"a tick that decides, {said}", ticks, most=1.3),
            Goal("P6", f"a tick that finds none, {said}", looks, most=1.3),
        ],
        [
            Figure(
                "P6", f"one lapse of a tick, {counts[0]:,} open, {kind}", median(many.tick), "ms"
            ),
            Figure(
                "P6", f"one lapse of a tick, {counts[1]:,} open, {kind}", median(few.tick), "ms"
            ),
            Figure("P6", f"a look, {counts[0]:,} open, {kind}", median(many.look), "ms"),
            Figure("P6", f"a look, {counts[1]:,} open, {kind}", median(few.look), "ms"),
        ],
    )


def _sweeps(kind: str, count: int, ours: float, theirs: float) -> Measured:
    said = f"{count:,} overdue, {kind}"
    return Measured(
        [Goal("P6", f"APScheduler's sweep ÷ ours, {said}", [theirs / ours], least=15)],
        [
            Figure("P6", f"our sweep, {said}", ours, "s"),
            Figure("P6", f"APScheduler, a job for each, {said}", theirs, "s"),
        ],
    )
