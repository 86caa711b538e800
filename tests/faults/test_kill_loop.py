"""Real processes killed with -9 at each durable step of a flow: nothing is lost, halved or
doubled."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.faults.flows import FLOWS, Flow
from tests.faults.kinds import KILL
from tests.faults.nursery import WHOLE
from tests.faults.place import Place, open_place
from tests.faults.tables import TABLE

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
MOST_POINTS = 400
COMMAND = [sys.executable, "-m", "tests.faults.nursery"]
KILLED = [flow for flow in FLOWS if flow.own_process]


class Nursery:
    """Where children are born, each to die at its step."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def is_killed(self, place: Place, n: int) -> bool:
        """Whether a child that ran the flow was killed at step n; else it came to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {
            "flow": place.flow.name,
            "url": place.world.application.settings.database_url,
            "smtp": place.world.mail.url,
            "now": place.world.clock.now().isoformat(),
            "given": place.given,
            "n": n,
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        end = int(self._process.stdout.readline())
        assert end in (0, -signal.SIGKILL), f"{place.flow.name}: the child ended with {end} at {n}"
        return end != 0


@contextmanager
def nursery() -> Iterator[Nursery]:
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) as process:
        try:
            yield Nursery(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


@pytest.fixture(scope="module")
def children() -> Iterator[Nursery]:
    with nursery() as found:
        yield found


def kill_at_every_step(place: Place, children: Nursery) -> int:
    """It ends with the first child that nothing killed, and not before."""
    for n in count(1):
        place.bring_back()
        is_killed = children.is_killed(place, n)
        place.settle(None, f"{place.flow.name}: {KILL.name} at {n}")
        if not is_killed:
            return n - 1
        assert n < MOST_POINTS
    raise AssertionError("unreachable")


def loop(flow: Flow, url: str, children: Nursery) -> None:
    with open_place(flow, url) as place:
        assert not children.is_killed(place, WHOLE)
        points = kill_at_every_step(place, children)
    assert points > 0
    TABLE.rows.append((flow.name, url.partition(":")[0], KILL.name, points, points))


@pytest.mark.parametrize("flow", KILLED, ids=lambda flow: flow.name)
def test_a_process_on_sqlite_is_killed_at_each_step(
    flow: Flow, sqlite_in_memory: str, children: Nursery, everything: bool
):
    if everything or flow.all_commits:
        loop(flow, sqlite_in_memory, children)


@pytest.mark.parametrize("flow", KILLED, ids=lambda flow: flow.name)
def test_a_process_on_postgresql_is_killed_at_each_step(
    flow: Flow, postgres_of_flow: str, children: Nursery, everything: bool
):
    if everything or flow.all_commits:
        loop(flow, postgres_of_flow, children)
