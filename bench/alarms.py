"""The peer of P6 and P10: APScheduler, a job for each deadline, in a store that is on disk."""

import json
import logging
import os
import pickle
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from apscheduler.events import EVENT_ALL, JobExecutionEvent
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import insert

from adapters.database.engine import make_engine

STORE = {"misfire_grace_time": None, "coalesce": True}
FIRED = "CREATE TABLE fired (job text NOT NULL, process int NOT NULL)"
PATIENCE = 30.0


class Count:
    """How many jobs ran in this process."""

    wanted, ran = 0, 0
    lock, done = threading.Lock(), threading.Event()


def ring(_: int) -> None:
    """What a deadline's job does: nothing but be counted."""
    with Count.lock:
        Count.ran += 1
        if Count.ran == Count.wanted:
            Count.done.set()


def note(job: int, url: str) -> None:
    """What a deadline's job does where two schedulers run: it says so in a table."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO fired VALUES (%s, %s)", (str(job), os.getpid()))


def plan(url: str, count: int, at: datetime, *words: Any, function: Any = ring) -> None:
    """A store with a job for each deadline, written at one stroke."""
    engine = make_engine(url)
    scheduler, store = BackgroundScheduler(timezone=UTC), SQLAlchemyJobStore(engine=engine)
    scheduler.start(paused=True)
    job = scheduler.add_job(function, "date", run_date=at, args=(0, *words), **STORE)
    state = {**job.__getstate__(), "next_run_time": at}
    scheduler.shutdown()
    store.start(scheduler, "default")
    rows = []
    for n in range(count):
        own = {**state, "id": f"job {n}", "args": (n, *words)}
        content = pickle.dumps(own, pickle.HIGHEST_PROTOCOL)
        rows.append({"id": own["id"], "next_run_time": at.timestamp(), "job_state": content})
    with engine.begin() as connection:
        connection.execute(insert(store.jobs_t), rows)
    engine.dispose()


def scheduler_on(url: str) -> BackgroundScheduler:
    store = SQLAlchemyJobStore(engine=make_engine(url))
    return BackgroundScheduler(jobstores={"default": store}, timezone=UTC, job_defaults=STORE)


def swept(url: str, count: int) -> float:
    """Seconds until all of so many overdue jobs have run, each taken from the store."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    plan(url, count, datetime.now(UTC) - timedelta(hours=1))
    Count.wanted, Count.ran = count, 0
    Count.done.clear()
    scheduler = scheduler_on(url)
    began = time.monotonic()
    scheduler.start()
    Count.done.wait()
    while scheduler.get_jobs():
        time.sleep(0.01)
    taken = time.monotonic() - began
    scheduler.shutdown()
    return taken


def main(url: str) -> None:
    """One scheduler of several on a store: it says that it runs, what it fired, and how it
    fared."""
    faults: list[str] = []
    logging.getLogger("apscheduler").addHandler(Keeps(faults))
    scheduler = scheduler_on(url)
    scheduler.add_listener(lambda event: _keep(event, faults), EVENT_ALL)
    scheduler.start()
    print("It runs.", flush=True)
    sys.stdin.readline()
    is_alive = scheduler._thread.is_alive()
    json.dump({"alive": is_alive, "faults": faults[:3]}, sys.stdout)
    sys.stdout.flush()


class Keeps(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        self._faults.append(record.getMessage())


def _keep(event: Any, faults: list[str]) -> None:
    if isinstance(event, JobExecutionEvent) and event.exception:
        faults.append(repr(event.exception))
