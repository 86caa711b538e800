"""P10: two schedulers on one database, three hundred deadlines at one instant."""

import json
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from bench import alarms
from bench.accepting import Effort, Measured
from bench.figures import Figure, Goal
from bench.inside import founded, open_life
from bench.mould import Mould, fill
from bench.places import Postgres
from bench.running import COMMAND, OWN, PATIENCE, Process, running, started, wait_to_run

DEADLINES = 300
SOON = timedelta(seconds=8)  # time for both to begin
LONGEST = 20.0  # seconds after the instant

TOLD = """SELECT s.obligation::text, count(*), max(extract(epoch FROM s.told_at - s.due_at))
    FROM step_told s JOIN obligation o ON o.id = s.obligation
    WHERE o.kind = 'police_acknowledgement' GROUP BY 1"""
EVENTS = """SELECT stream, count(*) FROM event WHERE kind = 'ladder.told' GROUP BY 1"""
LETTERS = (
    """SELECT stream, recipient, count(*) FROM delivery WHERE channel = 'mail' GROUP BY 1, 2"""
)


@dataclass(slots=True)
class Fired:
    """How it went with two."""

    missed: int
    doubled: int
    dead: int
    seconds: float = 0.0  # until the last was decided


def measured(folder: Path, server: Postgres, effort: Effort) -> Measured:
    """Each round on new databases: two `work` processes, then two of APScheduler's."""
    ours, theirs = [], []
    for number in range(effort.rounds):
        ours.append(_ours(server.make(f"pair_{number}"), folder / f"pair_{number}.log"))
        theirs.append(_theirs(server.make(f"pair_alarms_{number}")))
    return Measured(
        [
            Goal(
                "P10", f"double fires of {DEADLINES}, two `work`", [f.doubled for f in ours], most=0
            ),
            Goal("P10", "missed of them", [f.missed for f in ours], most=0),
            Goal("P10", "dead schedulers", [f.dead for f in ours], most=0),
        ],
        [
            Figure("P10", "the last decided after", median(f.seconds for f in ours), "s"),
            Figure("P10", "APScheduler: double fires, all rounds", _all(theirs, "doubled"), ""),
            Figure("P10", "APScheduler: missed, all rounds", _all(theirs, "missed"), ""),
            Figure("P10", "APScheduler: dead schedulers, all rounds", _all(theirs, "dead"), ""),
        ],
    )


def _all(found: list[Fired], name: str) -> int:
    return sum(getattr(each, name) for each in found)


def _ours(url: str, log: Path) -> Fired:
    at = _fill(url)
    with log.open("wb") as file:
        pair = [started(COMMAND, "work", database=url, log=file) for _ in range(2)]
        try:
            for process in pair:
                wait_to_run(process)
            _wait_until(at)
            _until_quiet(url)
            dead = sum(process.poll() is not None for process in pair)
        finally:
            for process in pair:
                process.terminate()
                process.communicate(timeout=PATIENCE)
    return _judged(url, dead + log.read_text().count('"worker_fault"'))


def _fill(url: str) -> datetime:
    """Three hundred children whose police have not answered, and the instant at which people are
    to be told of each."""
    with founded(url) as here:
        life = open_life(here)
        rows = [o for o in life["obligation"] if o["kind"] == "police_acknowledgement"]
        at = datetime.now(UTC) + SOON
        store = here.application.store
        shift = at - rows[0]["next_step_at"]
        mould = Mould(life, store.keys, "postgresql", apart=timedelta(), shift=shift)
        fill(here.application, mould, range(1, DEADLINES + 1))
    return at


def _wait_until(at: datetime) -> None:
    time.sleep(max((at - datetime.now(UTC)).total_seconds(), 0.0))


def _until_quiet(url: str) -> None:
    """All are told, and a while has passed in which any might be told again."""
    until = time.monotonic() + LONGEST
    while len(_rows(url, TOLD)) < DEADLINES and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(3.0)


def _judged(url: str, dead: int) -> Fired:
    told, events, letters = (_rows(url, query) for query in (TOLD, EVENTS, LETTERS))
    again = [row[-1] - 1 for row in (*events, *letters)] + [row[1] - 1 for row in told]
    last = max((float(row[2]) for row in told), default=0.0)
    return Fired(DEADLINES - len(told), sum(again), dead, last)


def _rows(url: str, query: str) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def _theirs(url: str) -> Fired:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(alarms.FIRED.encode())
    at = datetime.now(UTC) + SOON
    alarms.plan(url, DEADLINES, at, url, function=alarms.note)
    with ExitStack() as stack:
        pair = [stack.enter_context(running(OWN, "alarms", url)) for _ in range(2)]
        for process in pair:
            wait_to_run(process)
        _wait_until(at)
        time.sleep(LONGEST / 2)
        said = [_asked(process) for process in pair]
    fired = Counter(job for (job,) in _rows(url, "SELECT job FROM fired"))
    doubled = sum(n - 1 for n in fired.values())
    return Fired(DEADLINES - len(fired), doubled, sum(not each["alive"] for each in said))


def _asked(process: Process) -> dict[str, Any]:
    said, _ = process.communicate(b"\n", timeout=PATIENCE)
    found: dict[str, Any] = json.loads(said)
    return found
