"""Web, dispatcher and escalator processes: each steps when the history says so, and may die
anywhere."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from adapters.database.store import Store
from adapters.database.unit import SqlUnit
from missing_service.domain.delivery import Answer
from missing_service.ports import Draw, StoreUnavailable
from missing_service.usecases.deliver_next import (
    Errand,
    Paces,
    claim_errands,
    note_answers,
    send,
)
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.service import Service
from tests.simulation.forces import World

T = TypeVar("T")


class Died(Exception):
    """The process was killed here; what was committed stays, the rest is gone."""


class StepStore(Store):
    """The real store, in the stepping thread, with faults put in by the history."""

    fault: str | None = None
    lost: str | None = None  # what a COMMIT whose answer is lost really did

    def write(self, function: Callable[[SqlUnit], T], draw: Draw, *, look: bool = False) -> T:
        fault, self.fault = self.fault, None
        if fault in ("database busy", "database full"):
            raise StoreUnavailable(fault)
        if fault == "died before commit":
            return self._die_before(function, draw)
        self.lost = fault if fault in ("commit done, unknown", "commit undone, unknown") else None
        result = self._until_known(function, draw)
        if fault == "died after commit":
            raise Died
        return result

    def _die_before(self, function: Callable[[SqlUnit], T], draw: Draw) -> T:
        def dies(unit: SqlUnit) -> T:
            function(unit)
            unit.send()
            raise Died

        return self._run(dies, draw)

    def _until_known(self, function: Callable[[SqlUnit], T], draw: Draw) -> T:
        """After an unknown commit that had not happened, the whole function runs again."""
        try:
            return self._run(function, draw)
        except OperationalError:
            return self._run(function, draw)

    def _commit(self, transaction: Any) -> None:
        lost, self.lost = self.lost, None
        if lost is None:
            transaction.commit()
            return
        word = "COMMIT" if lost == "commit done, unknown" else "ROLLBACK"
        transaction.connection.exec_driver_sql(word)
        raise OperationalError(word, {}, Exception("the connection was cut"))


@dataclass
class Dispatcher:
    """One process that sends: its claims, what it has in flight, what it has yet to note."""

    name: str
    service: Service
    world: World
    jitter: Callable[[], float]
    paces: Paces = field(default_factory=Paces)
    flying: list[Errand] = field(default_factory=list)
    answered: list[tuple[Errand, Answer]] = field(default_factory=list)

    def step(self) -> bool:
        """One of its three moves; says whether there was anything to do."""
        if self.flying:
            return self._send()
        if self.answered:
            return self._note()
        errands = claim_errands(self.service, self.paces)
        for errand in errands:
            self.paces.started(errand.channel)
        self.flying = errands
        return bool(errands)

    def _send(self) -> bool:
        errand = self.flying.pop(0)
        answer = send(errand, self.world, self.service)
        self.paces.ended(errand.channel, answer.outcome, self.service.clock.now())
        self.answered.append((errand, answer))
        return True

    def _note(self) -> bool:
        answered, self.answered = self.answered, []
        try:
            note_answers(self.service, answered, self.jitter)
        except StoreUnavailable:
            self.answered = answered
            raise
        return True

    def die(self) -> None:
        """All that it knew is gone; its leases run out."""
        self.paces, self.flying, self.answered = Paces(), [], []


@dataclass
class Escalator:
    name: str
    service: Service

    def step(self) -> bool:
        return escalate_due(self.service)

    def die(self) -> None:
        """It knows nothing that could be lost."""


def seen_by(service: Service, clock: Any) -> Service:
    """The same service as another host sees it, by its own clock."""
    return replace(service, clock=clock)
