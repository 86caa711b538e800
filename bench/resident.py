"""P8: the memory of everything in one process, with nothing open and with a million open."""

import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench.accepting import Effort, Measured
from bench.figures import Figure, Goal
from bench.joined import found_database
from bench.load import Job
from bench.places import Postgres
from bench.running import GUNICORN, OWN, Process, free_port, loaded, running
from bench.ticking import filled

PEER = 140.0  # MB: gunicorn, Flask, the ORM and a celery worker, as measured once elsewhere
MANY, FEW = 1_000_000, 2_000
RATE, LOAD, QUICK_LOAD = 20.0, 10.0, 1.0  # reports a second; seconds
FAR = timedelta(days=1)  # nothing falls due while it is measured
TO_BEGIN = 3.0
# Without what the tests alone install, and other packages take up where they find it.
INSTALLED = "import sys; sys.modules |= {'rich': None, 'pygments': None}"
UP = (sys.executable, "-c", f"{INSTALLED}; from missing_service.cli import main; sys.exit(main())")


def measured(folder: Path, _: Postgres, effort: Effort) -> Measured:
    """Resident memory after some 200 reports were accepted, sent and noted, on SQLite."""
    full, count = f"sqlite:///{folder}/many_open.db", effort.of(MANY, FEW)
    filled(full, count, FAR)
    empty, many = [], []
    for number in range(effort.rounds):
        url = f"sqlite:///{folder}/empty_{number}.db"
        found_database(url, "http://127.0.0.1:9/")
        empty.append(_resident_of_up(url, effort))
        many.append(_resident_of_up(full, effort))
    ratios = [a / b for a, b in zip(many, empty, strict=True)]
    return Measured(
        [
            Goal("P8", f"`up`, in MB ÷ {PEER:.0f} MB", [mb / PEER for mb in empty], most=0.7),
            Goal("P8", f"`up` with {count:,} open ÷ none", ratios, most=1.1),
        ],
        [
            Figure("P8", "`up` after its first reports", median(empty), "MB"),
            Figure("P8", f"`up` with {count:,} open, the same", median(many), "MB"),
            Figure("P8", "gunicorn and a bare Flask app, two processes", _bare(), "MB"),
        ],
    )


def _resident_of_up(url: str, effort: Effort) -> float:
    port, police = free_port(), free_port()
    words = ("up", "--port", str(port))
    with (
        running(OWN, "receiver", str(police), port=police),
        running(UP, *words, database=url, port=port) as process,
    ):
        time.sleep(TO_BEGIN)
        loaded(Job(port, effort.of(LOAD, QUICK_LOAD), rate=RATE))
        return _resident(process.pid)


def _bare() -> float:
    """A part of the peer: no ORM and no celery worker are in it."""
    port = free_port()
    words = ("--threads", "8", "-b", f"127.0.0.1:{port}", "bench.idle:make_app()")
    with running(GUNICORN, *words, port=port) as process:
        time.sleep(TO_BEGIN)
        loaded(Job(port, 1.0, rate=RATE))
        return sum(map(_resident, [process.pid, *_children(process)]))


def _children(process: Process) -> Sequence[int]:
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(word) for word in found.split()]


def _resident(process: int) -> float:
    """Megabytes in memory, shared pages counted in each."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
