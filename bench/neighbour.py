"""P5: whether one dead neighbour with a long backlog delays the alerts of a force that is well."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path

from bench import peer
from bench.accepting import Effort, Measured
from bench.draining import pile_up, waiting_life
from bench.figures import Figure, Goal, at
from bench.inside import inside
from bench.joined import SECRET, found_database
from bench.load import Job
from bench.mould import Rows, pruned
from bench.places import Postgres
from bench.running import (
    COMMAND,
    OWN,
    Heard,
    free_port,
    heard_by,
    loaded,
    running,
    serving,
    told,
    wait_to_run,
)
from missing_service.domain.delivery import DeliveryState

RATE, WARM_UP = 20.0, 2.0
MANY, FEW = 50_000, 300
PATIENCE = 20.0  # seconds: what has not come by then is counted as having taken so long
LONG = timedelta(hours=1)
NEIGHBOUR = """
[[council]]
code = "E07000008"
name = "Cambridge"
short = "CMB"
edt_phone = "01632 960200"

[[force]]
code = "dead"
name = "A force that answers nobody"
covers = ["E07000008"]
phone = "101"

[[force.channel]]
name = "cad"
kind = "webhook"
url = "http://127.0.0.1:{port}/alerts"
secret = "{secret}"
"""


@contextmanager
def nobody() -> Iterator[int]:
    """A port that takes connections, and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        yield listener.getsockname()[1]


def measured(_: Path, server: Postgres, effort: Effort) -> Measured:
    """In turn without and with the neighbour; ours, then the peer's."""
    count, police = effort.of(MANY, FEW), free_port()
    ours: dict[str, list[list[float]]] = {"without": [], "with": []}
    with nobody() as dead:
        urls = {"without": _ours(server, "alone", police, 0, dead)}
        urls["with"] = _ours(server, "beside_dead", police, count, dead)
        for _ in range(effort.rounds):
            for name, found in ours.items():
                found.append(_alerted(urls[name], police, effort))
        theirs = [_jobs(server, name, n, dead, effort) for name, n in (("j0", 0), ("j1", count))]
    return _said(count, ours, theirs)


def _said(count: int, ours: dict[str, list[list[float]]], theirs: list[list[float]]) -> Measured:
    alone, beside = (list(chain(*ours[name])) for name in ("without", "with"))
    p99 = [at(b, 0.99) / at(a, 0.99) for a, b in zip(ours["without"], ours["with"], strict=True)]
    what = f"p99 with a dead neighbour ({count:,} waiting) ÷ without"
    return Measured(
        [Goal("P5", what, p99, most=1.5)],
        [
            Figure("P5", "report → police, no neighbour, p50", at(alone, 0.5), "ms"),
            Figure("P5", "report → police, no neighbour, p99", at(alone, 0.99), "ms"),
            Figure("P5", "report → police, beside the dead one, p50", at(beside, 0.5), "ms"),
            Figure("P5", "report → police, beside the dead one, p99", at(beside, 0.99), "ms"),
            Figure("P5", "procrastinate, no neighbour, p99", at(theirs[0], 0.99), "ms"),
            Figure(
                "P5", "procrastinate, beside it, p99 (20 s: never came)", at(theirs[1], 0.99), "ms"
            ),
        ],
    )


def _ours(server: Postgres, name: str, police: int, count: int, dead: int) -> str:
    """A database whose neighbour has failed for an hour, with all of its backlog tried before."""
    url = server.make(name)
    more = NEIGHBOUR.format(port=dead, secret=SECRET)
    found_database(url, f"http://127.0.0.1:{police}/alerts", more)
    if count:
        with inside(url) as here:
            life = waiting_life(here, last_seen={"council": "E07000008"})
            pile_up(here, _long_failing(life), count)
    return url


def _long_failing(life: Rows) -> Rows:
    """What waits for the neighbour alone: tried an hour long, and due again."""
    lane = next(row for row in life["lane"] if row["recipient"] == "dead")
    since = lane["next_attempt"] - LONG
    lane |= {"failures": 12, "failing_since": since}
    for row in life["delivery"]:
        row["state"] = DeliveryState.FAILING
    bodies = {row["body"] for row in life["delivery"] if row["recipient"] != "dead"}
    return pruned(
        life,
        lambda table, row: (
            row["id"] not in bodies
            if table == "private_text"
            else row["recipient"] == "dead"
            if table in ("delivery", "lane")
            else True
        ),
    )


def _alerted(url: str, police: int, effort: Effort) -> list[float]:
    port = free_port()
    with (
        running(OWN, "receiver", str(police), str(PATIENCE), port=police) as receiver,
        serving(url, port),
        running(COMMAND, "work", database=url) as worker,
    ):
        wait_to_run(worker)
        loaded(Job(port, WARM_UP, rate=RATE))
        begun = loaded(Job(port, effort.seconds, rate=RATE)).begun
        return _taken(heard_by(receiver, list(begun)), begun)


def _jobs(server: Postgres, name: str, count: int, dead: int, effort: Effort) -> list[float]:
    url, police = server.make(f"neighbour_{name}"), free_port()
    address = f"http://127.0.0.1:{police}/alerts"
    peer.make_schema(url)
    peer.pile_up(url, f"http://127.0.0.1:{dead}/", [f"dead {n}" for n in range(count)])
    with (
        running(OWN, "receiver", str(police), str(PATIENCE), port=police) as receiver,
        running(OWN, "peer", "work", url, address),
    ):
        ask = ["peer", "ask", url, address]
        told(ask, {"rate": RATE, "seconds": WARM_UP})
        begun = told(ask, {"rate": RATE, "seconds": effort.seconds})["begun"]
        return _taken(heard_by(receiver, list(begun)), begun)


def _taken(heard: Heard, begun: dict[str, float]) -> list[float]:
    return [heard.arrived.get(mark, since + PATIENCE) - since for mark, since in begun.items()]
