"""P4: how soon a backlog is with police once their receiver is back, beside a job queue."""

import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench import peer
from bench.accepting import Effort, Measured
from bench.figures import Figure, Goal
from bench.inside import EDT, Inside, a_report, inside
from bench.joined import found_database
from bench.mould import Mould, Rows, fill, left_by
from bench.places import Postgres
from bench.running import COMMAND, OWN, free_port, heard_by, running, wait_to_run
from missing_service.usecases.report_missing import report_missing

MANY, FEW = 3000, 40
OUTAGE, SHORT = 20.0, 2.0  # seconds for which the workers meet nobody
PATIENCE = 180
LONG_AGO = timedelta(minutes=1)


def measured(_: Path, server: Postgres, effort: Effort) -> Measured:
    """Each round a new database for each: a backlog, workers, an outage, and its end."""
    count = effort.of(MANY, FEW)
    ours, theirs = [], []
    for number in range(effort.rounds):
        ours.append(_ours(server.make(f"drain_{number}"), count, effort))
        theirs.append(_theirs(server.make(f"drain_jobs_{number}"), count, effort))
    ratios = [peers / mine for mine, peers in zip(ours, theirs, strict=True)]
    return Measured(
        [Goal("P4", f"procrastinate's drain of {count:,} ÷ ours, in seconds", ratios, least=2.3)],
        [
            Figure("P4", "our drain, from the receiver's return", median(ours), "s"),
            Figure("P4", "procrastinate's, the same", median(theirs), "s"),
        ],
    )


def waiting_life(here: Inside, **other: object) -> Rows:
    """Reported; nothing was sent yet."""
    service = here.application.service
    return left_by(
        here.application, lambda: report_missing(a_report(**other), actor=EDT, service=service)
    )


def pile_up(here: Inside, life: Rows, count: int) -> list[str]:
    """So many copies of it; the references of all."""
    store = here.application.store
    apart = LONG_AGO / count
    mould = Mould(life, store.keys, store.engine.dialect.name, apart=apart, shift=-LONG_AGO)
    fill(here.application, mould, range(1, count))
    with store.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT reference FROM episode").scalars())


def _ours(url: str, count: int, effort: Effort) -> float:
    police = free_port()
    found_database(url, f"http://127.0.0.1:{police}/alerts")
    with inside(url) as here:
        marks = pile_up(here, waiting_life(here), count)
    with running(COMMAND, "work", database=url) as worker:
        wait_to_run(worker)
        return _until_taken(police, marks, effort)


def _theirs(url: str, count: int, effort: Effort) -> float:
    police, marks = free_port(), [f"job {n}" for n in range(count)]
    address = f"http://127.0.0.1:{police}/alerts"
    peer.make_schema(url)
    peer.pile_up(url, address, marks)
    with running(OWN, "peer", "work", url, address):
        return _until_taken(police, marks, effort)


def _until_taken(police: int, marks: list[str], effort: Effort) -> float:
    """Seconds from when the receiver listens to when it has all."""
    time.sleep(effort.of(OUTAGE, SHORT))
    with running(OWN, "receiver", str(police), str(PATIENCE), port=police) as receiver:
        since = time.monotonic()
        arrived = heard_by(receiver, marks, PATIENCE * 2).arrived
    if lost := len(set(marks) - arrived.keys()):
        raise RuntimeError(f"{lost} of {len(marks)} did not arrive in {PATIENCE} s")
    return max(arrived.values()) - since
