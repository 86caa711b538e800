"""The peer of P3, P4, P5 and P9: procrastinate, from a job's enqueueing to the POST that it
makes."""

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import requests
from procrastinate import App, PsycopgConnector, RetryStrategy, SyncPsycopgConnector

PARALLEL = 8
AGAIN_AFTER = 1  # seconds, after a failure
CHUNK = 1000


def _app(connector: Any, receiver: str) -> App:
    app, session = App(connector=connector), requests.Session()
    session.trust_env = False

    @app.task(name="post", retry=RetryStrategy(wait=AGAIN_AFTER))
    def post(mark: str, to: str = receiver) -> None:
        session.post(to, json={"mark": mark}, timeout=10)

    return app


def make_schema(url: str) -> None:
    """Its tables, as its own command makes them."""
    with App(connector=SyncPsycopgConnector(conninfo=url)).open() as app:
        app.schema_manager.apply_schema()


def work(url: str, receiver: str) -> None:
    """Its worker, woken by NOTIFY."""
    app = _app(PsycopgConnector(conninfo=url), receiver)
    app.run_worker(concurrency=PARALLEL, fetch_job_polling_interval=1.0)


def pile_up(url: str, receiver: str, marks: Sequence[str]) -> None:
    """Enqueue a job for each mark, many at a time."""
    with _app(SyncPsycopgConnector(conninfo=url), receiver).open() as app:
        for first in range(0, len(marks), CHUNK):
            some = marks[first : first + CHUNK]
            app.tasks["post"].batch_defer(*[{"mark": mark, "to": receiver} for mark in some])


def ask(url: str, receiver: str) -> None:
    """Enqueue jobs at the rate on standard input; say when each was begun."""
    job = json.load(sys.stdin)
    with _app(SyncPsycopgConnector(conninfo=url), receiver).open() as app:
        begun = _enqueue(app.tasks["post"], job["rate"], job["seconds"])
    json.dump({"begun": begun}, sys.stdout)


def _enqueue(task: Any, rate: float, seconds: float) -> dict[str, float]:
    begun, began = {}, time.monotonic()
    for n in range(int(rate * seconds)):
        due = began + n / rate
        time.sleep(max(due - time.monotonic(), 0.0))
        mark = f"job {n} {began}"
        begun[mark] = due
        task.defer(mark=mark)
    return begun


def main(part: str, url: str, receiver: str) -> None:
    {"work": work, "ask": ask}[part](url, receiver)
