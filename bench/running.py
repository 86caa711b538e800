"""Processes of the bench, started and stopped; what is asked of them goes by standard input."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from bench.joined import environment
from bench.load import Job, Result

Process = subprocess.Popen[bytes]
PATIENCE = 30.0
TO_BEGIN = 1.5  # seconds: gunicorn listens before its processes have begun
OWN = (sys.executable, "-m", "bench.process")
COMMAND = (str(Path(sys.executable).with_name("missing-service")),)
GUNICORN = (sys.executable, "-m", "gunicorn", "--no-control-socket", "-k", "gthread")


class DidNotStart(RuntimeError):
    """A process of the bench ended, or never listened."""


def started(
    program: Sequence[str], *words: str, database: str = "", log: IO[bytes] | None = None
) -> Process:
    """A process that nobody stops but the caller; what it logs goes to a file, or nowhere."""
    return subprocess.Popen(
        [*program, *words],
        env={**os.environ, **environment(database)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log or subprocess.DEVNULL,
    )


@contextmanager
def running(
    program: Sequence[str], *words: str, database: str = "", port: int = 0
) -> Iterator[Process]:
    """A process, from when it listens until the block ends."""
    process = started(program, *words, database=database)
    try:
        if port:
            _wait_for(process, port)
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def serving(database: str, port: int, processes: int = 1) -> Iterator[Process]:
    """The service's own web processes, as `serve` runs them."""
    words = ("serve", "--port", str(port), "--workers", str(processes))
    with running(COMMAND, *words, database=database, port=port) as process:
        time.sleep(TO_BEGIN)
        yield process


@contextmanager
def idling(port: int) -> Iterator[Process]:
    """The same server around an app that does nothing."""
    words = ("--threads", "8", "-b", f"127.0.0.1:{port}", "bench.idle:make_app()")
    with running(GUNICORN, *words, port=port) as process:
        time.sleep(TO_BEGIN)
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
    """What a process of our own answers to its standard input."""
    done = subprocess.run(
        [*OWN, *words],
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


@dataclass(frozen=True, slots=True)
class Heard:
    """When each message first came to the receiver, and how often each id did."""

    arrived: dict[str, float]
    times: dict[str, int]


def heard_by(receiver: Process, wanted: Sequence[str], patience: float = PATIENCE) -> Heard:
    """What the receiver says, once all that is wanted has come or its patience is at an end."""
    said, _ = receiver.communicate(json.dumps(list(wanted)).encode(), timeout=patience)
    return Heard(**json.loads(said))


def wait_to_run(process: Process) -> None:
    """It says a word when it runs."""
    if process.stdout and not process.stdout.readline():
        raise DidNotStart(f"{process.args!r} ended")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
