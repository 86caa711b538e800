"""P9: what is lost, stuck or doubled where workers are killed at random, a hundred times."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bench import peer
from bench.accepting import Effort, Measured
from bench.figures import Figure, Goal
from bench.joined import found_database
from bench.load import Job
from bench.places import Postgres
from bench.running import (
    COMMAND,
    OWN,
    Heard,
    Process,
    free_port,
    heard_by,
    loaded,
    running,
    serving,
    started,
    told,
    wait_to_run,
)

KILLS, FEW_KILLS = 100, 3
CREW = 2
RATE, STRETCH = 20.0, 4.0
SLOW = 0.1  # seconds that the receiver takes to answer: a kill finds two sends under way
GAP = (0.3, 2.5)  # seconds between kills
PATIENCE = 75.0  # after the last: the lease of 30 s, and a back-off of at most 30 s
SEED = 41

CUT_OFF = """SELECT delivery::text, count(*) FILTER (WHERE n % 2 = 1)
    - count(*) FILTER (WHERE n % 2 = 0) FROM attempt GROUP BY delivery"""
NOT_TAKEN = "SELECT count(*) FROM delivery WHERE state <> 'TAKEN' AND channel <> 'mail'"
DOING = "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'"
Begin = Callable[[], Process]


@dataclass(slots=True)
class Ended:
    """What became of all that was accepted."""

    asked: int
    lost: int
    stuck: int
    doubled: int
    beyond: int  # of the doubled: with no send under way at a kill
    kills: int


@dataclass(slots=True)
class Crew:
    """Workers that are killed and begun anew."""

    begin: Begin
    drawn: random.Random = field(default_factory=lambda: random.Random(SEED))
    workers: list[Process] = field(default_factory=list)

    def kill(self, times: int) -> None:
        for _ in range(times):
            time.sleep(self.drawn.uniform(*GAP))
            place = self.drawn.randrange(CREW)
            _end(self.workers[place])
            self.workers[place] = self.begin()


def _end(worker: Process) -> None:
    worker.kill()
    with suppress(BrokenPipeError):
        worker.communicate()


@contextmanager
def crew(begin: Begin) -> Iterator[Crew]:
    found = Crew(begin)
    try:
        found.workers = [begin() for _ in range(CREW)]
        yield found
    finally:
        for worker in found.workers:
            _end(worker)


class Asks(threading.Thread):
    """Goes on asking, a stretch at a time, until it is told to stop."""

    def __init__(self, ask: Callable[[], dict[str, float]]) -> None:
        super().__init__()
        self._ask, self._enough = ask, threading.Event()
        self.begun: dict[str, float] = {}
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            while not self._enough.is_set():
                self.begun |= self._ask()
        except Exception as fault:
            self.fault = fault

    def finish(self) -> list[str]:
        self._enough.set()
        self.join()
        if self.fault:
            raise self.fault
        return list(self.begun)


def measured(_: Path, server: Postgres, effort: Effort) -> Measured:
    """Ours, then the peer, each under the same load and the same kills."""
    kills = effort.of(KILLS, FEW_KILLS)
    ours, theirs = _ours(server, kills), _theirs(server, kills)
    said = f"{kills} kills of a worker"
    return Measured(
        [
            Goal("P9", f"lost, {said}", [ours.lost], most=0),
            Goal("P9", f"stuck past the lease, {said}", [ours.stuck], most=0),
            Goal("P9", f"doubled beyond what was under way, {said}", [ours.beyond], most=0),
        ],
        [*_figures("ours", ours), *_figures("procrastinate", theirs)],
    )


def _figures(whose: str, found: Ended) -> list[Figure]:
    return [
        Figure("P9", f"{whose}: asked for", found.asked, ""),
        Figure("P9", f"{whose}: lost", found.lost, ""),
        Figure("P9", f"{whose}: stuck", found.stuck, ""),
        Figure("P9", f"{whose}: came more than once", found.doubled, ""),
    ]


def _ours(server: Postgres, kills: int) -> Ended:
    url, port, police = server.make("dying"), free_port(), free_port()
    found_database(url, f"http://127.0.0.1:{police}/alerts")

    def begin() -> Process:
        return started(COMMAND, "work", database=url)

    def ask() -> dict[str, float]:
        return loaded(Job(port, STRETCH, rate=RATE)).begun

    with (
        running(OWN, "receiver", str(police), "5", str(SLOW), port=police) as receiver,
        serving(url, port),
        crew(begin) as workers,
    ):
        marks = _load_and_kill(workers, ask, kills)
        _wait_until_none(url, NOT_TAKEN)
        heard = heard_by(receiver, marks, PATIENCE * 2)
        return _ended(url, marks, heard, kills)


def _load_and_kill(workers: Crew, ask: Callable[[], dict[str, float]], kills: int) -> list[str]:
    for worker in workers.workers:
        wait_to_run(worker)
    asks = Asks(ask)
    asks.start()
    workers.kill(kills)
    return asks.finish()


def _wait_until_none(url: str, query: str) -> int:
    """How many are left when patience is at an end."""
    until = time.monotonic() + PATIENCE
    while (left := _rows(url, query)[0][0]) and time.monotonic() < until:
        time.sleep(0.5)
    return int(left)


def _rows(url: str, query: str) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def _ended(url: str, marks: list[str], heard: Heard, kills: int) -> Ended:
    cut_off = dict(_rows(url, CUT_OFF))
    beyond = [n - 1 - cut_off.get(sent, 0) for sent, n in heard.times.items()]
    return Ended(
        asked=len(marks),
        lost=len(set(marks) - heard.arrived.keys()),
        stuck=_rows(url, NOT_TAKEN)[0][0],
        doubled=sum(n - 1 for n in heard.times.values()),
        beyond=sum(max(n, 0) for n in beyond),
        kills=kills,
    )


def _theirs(server: Postgres, kills: int) -> Ended:
    url, police = server.make("dying_jobs"), free_port()
    address = f"http://127.0.0.1:{police}/alerts"
    peer.make_schema(url)

    def begin() -> Process:
        return started((*OWN, "peer", "work"), url, address)

    def ask() -> dict[str, float]:
        begun: dict[str, float] = told(
            ["peer", "ask", url, address], {"rate": RATE, "seconds": STRETCH}
        )["begun"]
        return begun

    with (
        running(OWN, "receiver", str(police), "5", str(SLOW), port=police) as receiver,
        crew(begin) as workers,
    ):
        asks = Asks(ask)
        asks.start()
        workers.kill(kills)
        marks = asks.finish()
        stuck = _wait_until_none(url, DOING)
        heard = heard_by(receiver, marks, PATIENCE * 2)
    doubled = sum(n - 1 for n in heard.times.values())
    lost = len(set(marks) - heard.arrived.keys())
    return Ended(len(marks), lost, stuck, doubled, doubled, kills)
