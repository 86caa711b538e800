"""P1, P1b and P2: how fast, and how soon, a report is accepted durably."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.figures import Figure, Goal, at
from bench.joined import found_database
from bench.load import Job, Result
from bench.places import SIX_ROWS, Postgres
from bench.raw import Change, Replay, changes_of
from bench.running import free_port, idling, loaded, serving

NOBODY = "http://127.0.0.1:9/"  # nothing is sent while accepting is measured
MOST_COMMITS = 5000  # a second
WAL_REPORTS = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effort:
    """How long each measurement takes, and how many rounds there are."""

    seconds: float
    rounds: int
    is_quick: bool = False  # does it run? The figures say nothing

    def of(self, whole: T, quick: T) -> T:
        """How much of something there is to be."""
        return quick if self.is_quick else whole


@dataclass(frozen=True, slots=True)
class Measured:
    goals: list[Goal]
    figures: list[Figure]

    def __add__(self, more: "Measured") -> "Measured":
        return Measured([*self.goals, *more.goals], [*self.figures, *more.figures])


def _rate(result: Result) -> float:
    return len(result.latencies) / result.seconds


def on_sqlite(folder: Path, effort: Effort) -> Measured:
    """P1 and P2, in turn on one file, served by one process."""
    path, port = folder / "reports.db", free_port()
    found_database(f"sqlite:///{path}", NOBODY)
    with serving(f"sqlite:///{path}", port):
        changes = changes_of(path, lambda: _ask(port, 1))
        first, second = _beside_raw(path, port, changes, effort), _latencies(port, effort)
    return Measured([*first.goals, *second.goals], [*first.figures, *second.figures])


def _ask(port: int, count: int) -> None:
    loaded(Job(port, count / 50, rate=50))


def _beside_raw(path: Path, port: int, changes: list[Change], effort: Effort) -> Measured:
    copy = path.with_name("raw.db")
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    raw, ours = [], []
    with closing(Replay(copy, changes)) as replay:
        for _ in range(effort.rounds):
            raw.append(replay.rate(effort.seconds, int(MOST_COMMITS * effort.seconds)))
            ours.append(_rate(loaded(Job(port, effort.seconds, clients=8))))
    ratios = [mine / limit for mine, limit in zip(ours, raw, strict=True)]
    return Measured(
        [Goal("P1", "reports a second ÷ raw commits of the same rows, SQLite", ratios, least=0.25)],
        [
            Figure("P1", "rows of one report, the log's head among them", len(changes), "rows"),
            Figure("P1", "raw commits of them", sorted(raw)[len(raw) // 2], "/s"),
            Figure("P1", "reports accepted, 8 clients", sorted(ours)[len(ours) // 2], "/s"),
            Figure("P1", "written ahead for a report", _wal_bytes(path, port), "bytes"),
        ],
    )


def _wal_bytes(path: Path, port: int) -> float:
    """A reader that stands still keeps the log from being started anew, so its growth is seen."""
    wal = path.with_name(f"{path.name}-wal")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM log_head").fetchone()
        before = wal.stat().st_size
        _ask(port, WAL_REPORTS)
        return (wal.stat().st_size - before) / WAL_REPORTS


def _latencies(port: int, effort: Effort) -> Measured:
    """At two rates, and without a pause beside an app that does nothing."""
    idle_port = free_port()
    paced: dict[int, list[Result]] = {20: [], 100: []}
    ours: list[Result] = []
    nothing: list[Result] = []
    with idling(idle_port):
        for _ in range(effort.rounds):
            for rate, found in paced.items():
                found.append(loaded(Job(port, effort.seconds, rate=rate)))
            nothing.append(loaded(Job(idle_port, effort.seconds, clients=16)))
            ours.append(loaded(Job(port, effort.seconds, clients=16)))
    saturated = _saturated(ours, nothing)
    goals = [goal for rate, found in paced.items() for goal in _paced(rate, found)]
    typical = [_typical(rate, found) for rate, found in paced.items()]
    return Measured([*goals, *saturated.goals], [*typical, *saturated.figures])


def _typical(rate: int, found: list[Result]) -> Figure:
    p50 = sorted(at(result.latencies, 0.5) for result in found)
    return Figure("P2", f"accept latency at {rate}/s, p50", p50[len(p50) // 2], "ms")


def _paced(rate: int, found: list[Result]) -> list[Goal]:
    said = f"accept latency at {rate}/s"
    p99, longest = ([at(r.latencies, share) for r in found] for share in (0.99, 1.0))
    return [
        Goal("P2", f"{said}, p99", p99, most=30, unit=" ms"),
        Goal("P2", f"{said}, longest", longest, most=250, unit=" ms"),
    ]


def _saturated(ours: list[Result], nothing: list[Result]) -> Measured:
    mine = [at(result.latencies, 0.99) for result in ours]
    least = [at(result.latencies, 0.99) for result in nothing]
    ratios = [a / b for a, b in zip(mine, least, strict=True)]
    middle = len(ours) // 2
    return Measured(
        [Goal("P2", "p99 of 16 clients without a pause ÷ a no-op POST", ratios, most=3)],
        [
            Figure("P2", "p99 of 16 clients without a pause", sorted(mine)[middle], "ms"),
            Figure("P2", "p99 of a no-op POST, the same", sorted(least)[middle], "ms"),
            Figure("P2", "no-op POSTs answered", sorted(map(_rate, nothing))[middle], "/s"),
        ],
    )


def on_postgres(server: Postgres, effort: Effort) -> Measured:
    """P1b: two web processes, 8 clients, beside pgbench with as many."""
    reports, six, port = server.make("reports"), server.make("six", SIX_ROWS), free_port()
    found_database(reports, NOBODY)
    theirs, ours, wal = [], [], []
    with serving(reports, port, processes=2):
        _ask(port, 50)
        for _ in range(effort.rounds):
            theirs.append(server.pgbench(six, 8, effort.seconds))
            before = server.wal_bytes()
            result = loaded(Job(port, effort.seconds, clients=8))
            ours.append(_rate(result))
            wal.append((server.wal_bytes() - before) / len(result.latencies))
    ratios = [mine / peer for mine, peer in zip(ours, theirs, strict=True)]
    middle = len(ours) // 2
    return Measured(
        [Goal("P1b", "reports a second ÷ pgbench of six rows, 8 clients each", ratios, least=0.08)],
        [
            Figure("P1b", "pgbench of six rows, 8 clients", sorted(theirs)[middle], "/s"),
            Figure("P1b", "reports accepted, 8 clients", sorted(ours)[middle], "/s"),
            Figure("P1b", "written ahead for a report", sorted(wal)[middle], "bytes"),
        ],
    )
