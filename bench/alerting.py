"""P3: from a report's first byte to the alert at police, beside a job queue's shortest way."""

from itertools import chain

from bench import peer
from bench.accepting import Effort, Measured
from bench.figures import Figure, Goal, at
from bench.joined import found_database
from bench.load import Job
from bench.places import Postgres
from bench.running import (
    COMMAND,
    OWN,
    Process,
    free_port,
    heard_by,
    loaded,
    running,
    serving,
    told,
    wait_to_run,
)

RATE = 20.0
WARM_UP = 1.0


def on_postgres(server: Postgres, effort: Effort) -> Measured:
    """`serve` and `work` on one side, procrastinate's worker on the other, one PostgreSQL."""
    ours, theirs = [], []
    for number in range(effort.rounds):
        ours.append(_ours(server, f"alerts_{number}", effort))
        theirs.append(_theirs(server, f"jobs_{number}", effort))
    p99 = [at(o, 0.99) / at(t, 0.99) for o, t in zip(ours, theirs, strict=True)]
    every, other = list(chain(*ours)), list(chain(*theirs))
    return Measured(
        [Goal("P3", "report in → police POST out, p99 ÷ procrastinate's", p99, most=1.0)],
        [
            Figure("P3", "report in → police POST out, p50", at(every, 0.5), "ms"),
            Figure("P3", "report in → police POST out, p99", at(every, 0.99), "ms"),
            Figure("P3", "procrastinate: enqueue → POST, p50", at(other, 0.5), "ms"),
            Figure("P3", "procrastinate: enqueue → POST, p99", at(other, 0.99), "ms"),
        ],
    )


def _ours(server: Postgres, name: str, effort: Effort) -> list[float]:
    url, port, police = server.make(name), free_port(), free_port()
    found_database(url, f"http://127.0.0.1:{police}/alerts")
    with (
        running(OWN, "receiver", str(police), port=police) as receiver,
        serving(url, port),
        running(COMMAND, "work", database=url) as worker,
    ):
        wait_to_run(worker)
        loaded(Job(port, WARM_UP, rate=RATE))
        begun = loaded(Job(port, effort.seconds, rate=RATE)).begun
        return _taken(receiver, begun)


def _theirs(server: Postgres, name: str, effort: Effort) -> list[float]:
    url, police = server.make(name), free_port()
    peer.make_schema(url)
    address = f"http://127.0.0.1:{police}/alerts"
    with (
        running(OWN, "receiver", str(police), port=police) as receiver,
        running(OWN, "peer", "work", url, address),
    ):
        ask = ["peer", "ask", url, address]
        told(ask, {"rate": RATE, "seconds": WARM_UP})
        begun = told(ask, {"rate": RATE, "seconds": effort.seconds})["begun"]
        return _taken(receiver, begun)


def _taken(receiver: Process, begun: dict[str, float]) -> list[float]:
    """Seconds until each arrived; the receiver says so once the last is there."""
    arrived = heard_by(receiver, list(begun)).arrived
    lost = [mark for mark in begun if mark not in arrived]
    if lost:
        raise RuntimeError(f"{len(lost)} of {len(begun)} never arrived")
    return [arrived[mark] - since for mark, since in begun.items()]
