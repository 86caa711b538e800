"""Processes of the bench, started and stopped; what is asked of them goes by standard input."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from bench.joined import DATABASE
from bench.load import Job, Result

Process = subprocess.Popen[bytes]
PATIENCE = 30.0
PART = (sys.executable, "-m", "bench.process")


class DidNotStart(RuntimeError):
    """A process of the bench ended, or never listened."""


@contextmanager
def running(
    *words: str, database: str = "", port: int = 0, program: Sequence[str] = PART
) -> Iterator[Process]:
    """A part of the bench as a process of its own, from when it listens until the block ends."""
    environment = {**os.environ, DATABASE: database}
    process = subprocess.Popen(
        [*program, *words], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        if port:
            _wait_for(process, port)
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def gunicorn(database: str, port: int, processes: int, threads: int) -> Iterator[Process]:
    """The service as it is served on PostgreSQL."""
    words = ["--no-control-socket", "--log-level", "error", "-k", "gthread"]
    words += ["-w", str(processes), "--threads", str(threads), "-b", f"127.0.0.1:{port}"]
    words += ["--keep-alive", "60", "bench.joined:make_app()"]
    program = (sys.executable, "-m", "gunicorn")
    with running(*words, database=database, port=port, program=program) as process:
        time.sleep(2.0)  # the master listens before its processes have begun
        yield process


def _wait_for(process: Process, port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise DidNotStart(f"{process.args!r} does not listen on {port}")


def told(words: Sequence[str], question: Mapping[str, Any]) -> dict[str, Any]:
    """What a process answers to its standard input."""
    done = subprocess.run(
        [*PART, *words],
        input=json.dumps(question).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=PATIENCE * 4,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def loaded(job: Job) -> Result:
    """The job's result; a refused request ends the bench, for it would time the wrong thing."""
    result = Result(**told(["load"], asdict(job)))
    if result.refused or not result.latencies:
        raise RuntimeError(f"not answered with 201: {result.refused[:1]}")
    return result


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
