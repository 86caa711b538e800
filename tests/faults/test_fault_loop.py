"""Each durable step of each flow fails once, then for ever: nothing is lost, halved or doubled."""

from itertools import count

import pytest

from tests.faults.flows import FLOWS, Flow
from tests.faults.kinds import POSTGRES, SQLITE
from tests.faults.place import Place, open_place
from tests.faults.steps import SEND, SENT, STATEMENT, Kind
from tests.faults.tables import TABLE

pytestmark = pytest.mark.slow
MOST_POINTS = 400  # more: the loop would never end
# On every commit; the others by `make faults` and by night. Whatever is at a commit or a send
# happens on every commit of ours.
OFTEN = ("disk full once", "busy until healed")
MAIN_ONLY = ("backend terminated",)


def is_often(kind: Kind, flow: Flow) -> bool:
    if kind.name in MAIN_ONLY:
        return flow.all_commits
    return kind.at != (STATEMENT,) or kind.name in OFTEN


def put_in_at_every_point(place: Place, kind: Kind) -> tuple[int, int]:
    """Points and faults; it ends at the first point that nothing reaches, and not before."""
    faults = 0
    for n in count(1):
        fired = place.run(kind, n)
        if not fired:
            return n - 1, faults
        faults += fired
        assert n < MOST_POINTS
    raise AssertionError("unreachable")


def can_happen(kind: Kind, flow: Flow) -> bool:
    return flow.sends or not set(kind.at) <= {SEND, SENT}


def loop(flow: Flow, url: str, kinds: tuple[Kind, ...], *, everything: bool) -> None:
    database = url.partition(":")[0]
    with open_place(flow, url) as place:
        for kind in kinds:
            if not can_happen(kind, flow) or not (everything or is_often(kind, flow)):
                continue
            points, faults = put_in_at_every_point(place, kind)
            assert points > 0, f"{kind.name} never happened in {flow.name}"
            TABLE.rows.append((flow.name, database, kind.name, points, faults))


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_step_on_sqlite_fails_and_nothing_is_lost_halved_or_doubled(
    flow: Flow, sqlite_in_memory: str, everything: bool
):
    loop(flow, sqlite_in_memory, SQLITE, everything=everything)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_step_on_postgresql_fails_and_nothing_is_lost_halved_or_doubled(
    flow: Flow, postgres_of_flow: str, everything: bool
):
    loop(flow, postgres_of_flow, POSTGRES, everything=everything)
