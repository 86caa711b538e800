"""The loop is no better than what it notices: mistakes are planted, and it must find each."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from missing_service.domain.delivery import Answer, Outcome
from tests.faults.flows import FLOWS, Flow
from tests.faults.kinds import SQLITE
from tests.faults.place import Place, open_place

pytestmark = pytest.mark.slow
BY_NAME = {flow.name: flow for flow in FLOWS}
KINDS = {kind.name: kind for kind in SQLITE}
MOST = 60
Plant = Callable[[Place], Any]


def believes_every_commit(place: Place) -> None:
    """After a commit whose answer was lost: surely it was saved."""
    store: Any = place.world.application.store
    store._is_committed = lambda _: True


def says_taken_unsent(place: Place) -> None:
    """Noted as taken though nothing was sent."""

    class Liar:
        def send(self, *_: Any) -> Answer:
            return Answer(Outcome.TAKEN, ms=1, status=200)

    sender: Any = place.world.application.sender
    honest, steps = sender.messenger, place.steps
    sender.messenger = lambda *said: Liar() if steps.fired else honest(*said)


def commits_the_log_apart(place: Place) -> None:
    """The log's leaves in a transaction of their own, after the act's."""
    store: Any = place.world.application.store
    finish = store._finish

    def apart(unit: Any) -> None:
        unit.send()
        unit.connection.exec_driver_sql("COMMIT")
        unit.connection.exec_driver_sql("BEGIN IMMEDIATE")
        unit.send = lambda: None
        finish(unit)

    store._finish = apart


def forgets_keys(place: Place) -> None:
    """The key and the answer are not kept."""
    service: Any = place.world.application.service
    acted = service.act
    forgetful = SimpleNamespace(
        store=service.store,
        clock=service.clock,
        new_draw=service.new_draw,
        act=lambda function, *, key=None: acted(function, key=key and None),
    )
    place.world.application.service = forgetful  # type: ignore[assignment]


PLANTED: list[tuple[str, str, Plant]] = [
    ("acknowledge", "commit undone, answer lost", believes_every_commit),
    ("report", "disk full once", forgets_keys),
    ("deliver, taken", "disk full once", says_taken_unsent),
    ("load the directory", "disk full once", commits_the_log_apart),
]


def find(flow: Flow, url: str, kind: str, plant: Plant) -> None:
    with open_place(flow, url) as place:
        plant(place)
        for n in range(1, MOST):
            if not place.run(KINDS[kind], n):
                return


@pytest.mark.parametrize(
    ("flow", "kind", "plant"), PLANTED, ids=[plant.__name__ for _, _, plant in PLANTED]
)
def test_a_planted_mistake_is_found(flow: str, kind: str, plant: Plant, sqlite_in_memory: str):
    with pytest.raises(AssertionError):
        find(BY_NAME[flow], sqlite_in_memory, kind, plant)
