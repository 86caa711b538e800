"""One flow's place: a world whose database fails where it is told to, brought back for each
run."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from missing_service.bootstrap import Application, verify
from missing_service.ports import StoreBusy, StoreUnavailable
from missing_service.usecases.deliver_next import Paces
from tests.fakes.clock import FakeClock
from tests.faults import invariants
from tests.faults.drivers import attach
from tests.faults.flows import Flow, Given
from tests.faults.sending import Counting
from tests.faults.shapes import Shape, shape_of
from tests.faults.snapshots import Snapshot, keep
from tests.faults.steps import Kind, Steps
from tests.journeys.world import TICK, World, open_world
from tests.peers.behaviours import ok

TOLD = (StoreUnavailable, StoreBusy)
MOST_REPEATS = 3
SOON = 0.001
LEASED, PACED = 35, 70  # seconds in which every lease has run out, every wait passed


@dataclass(slots=True)
class Place:
    """Where one flow runs again and again from the same beginning."""

    flow: Flow
    world: World
    steps: Steps
    given: Given
    snapshot: Snapshot
    began: Any
    expected: Shape | None = None
    heard: int = 0
    letters: int = 0

    def bring_back(self) -> None:
        """Everything is as it was before the flow."""
        self.steps.heal()
        self.snapshot.bring_back()
        self.world.clock.at = self.began
        self.world.hold_offset()
        self.world.paces = Paces()
        self.world.application.store.books.read_at = 0
        self.world.police.behave(self.flow.police())
        self.heard, self.letters = len(self.world.police.received), len(self.world.mail.messages)

    def run(self, kind: Kind, n: int) -> int:
        """The flow with this fault at step n; how often it happened, all else being right."""
        self.bring_back()
        self.steps.arm(kind, n)
        answer = self._ask()
        fired = self.steps.fired
        self.settle(answer, f"{self.flow.name}: {kind.name} at {n}")
        return fired

    def settle(self, answer: Any, where: str) -> None:
        """Heal; who was told of an error asks again; then all is there, once."""
        self.steps.heal()
        again = self._until_answered() if answer is None or self.flow.repeats else answer
        assert answer is None or not self.flow.keyed or again == answer, f"{where}: answered twice"
        self.world.advance(seconds=LEASED)
        self.world.police.behave(ok())
        self.world.advance(seconds=PACED)
        self._check(where)

    def _ask(self) -> Any:
        """What is answered; None where an error is."""
        try:
            return self.flow.act(self.world.application, self.given)
        except TOLD:
            return None

    def _until_answered(self) -> Any:
        for _ in range(MOST_REPEATS):
            answer = self._ask()
            if answer is not None:
                return answer
        raise AssertionError("it goes on failing though all is healed")

    def _check(self, where: str) -> None:
        with self.world.application.store.reading() as reading:
            found = invariants.broken(reading.connection)
        assert found == [], f"{where}: {found}"
        verdict = verify(self.world.application)
        assert not verdict.faults, f"{where}: {verdict.faults}"
        shape = shape_of(self.world, self.heard, self.letters)
        self.expected = self.expected or shape
        assert shape == self.expected, f"{where}: {_differences(self.expected, shape)}"


def _differences(expected: Shape, found: Shape) -> dict[str, Any]:
    """What is missing and what is too much."""
    return {
        name: (Counter(expected[name]) - found[name], Counter(found[name]) - expected[name])
        for name in expected
        if expected[name] != found[name]
    }


@contextmanager
def open_place(flow: Flow, url: str) -> Iterator[Place]:
    """The flow's place on this database, with its untroubled run as the measure of all others."""
    steps = Steps()

    def prepare(application: Application) -> None:
        attach(application.store.engine, steps)
        application.sender = Counting(application.sender, steps)
        application.store.ask_again = SOON

    with open_world(url, FakeClock(), prepare=prepare) as world:
        given = flow.prepare(world)
        world.move_to(world.clock.now() + TICK)  # past what the database's own clock has written
        snapshot = keep(url)
        place = Place(flow, world, steps, given, snapshot, world.clock.now())
        try:
            place.bring_back()
            place.settle(place._ask(), f"{flow.name}: untroubled")
            yield place
        finally:
            steps.heal()
            snapshot.close()
