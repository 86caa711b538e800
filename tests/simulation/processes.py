"""Web, dispatcher and escalator processes: each steps when the history says so, and may die
anywhere."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.database.pulse import Due, Pulse
from missing_service.domain.delivery import Answer
from missing_service.ports import StoreUnavailable
from missing_service.usecases import deliver_next as deliver
from missing_service.usecases import escalate_due as escalate
from missing_service.usecases.deliver_next import Errand, Paces
from missing_service.usecases.service import Service
from missing_service.usecases.wind_back import wind_back
from tests.simulation.clocks import NOTHING
from tests.simulation.forces import World
from tests.simulation.store import StepStore
from workers.clock_watch import ClockWatch

if TYPE_CHECKING:
    from tests.simulation.history import History


class KeptPulse(Pulse):
    """What is due changes with a commit or the time alone: between them it is asked once."""

    def __init__(self, store: StepStore, new_draw: Any) -> None:
        super().__init__(store, new_draw)
        self._step_store = store
        self._kept: dict[str, tuple[Any, Any]] = {}

    def due(self) -> list[Due]:
        found: list[Due] = self._keep("due", super().due)
        return found

    def next_step(self) -> datetime | None:
        found: datetime | None = self._keep("next step", super().next_step)
        return found

    def _keep(self, what: str, ask: Callable[[], Any]) -> Any:
        moment = (self._step_store.now(), self._step_store.commits)
        if what not in self._kept or self._kept[what][0] != moment:
            self._kept[what] = moment, ask()
        return self._kept[what][1]


@dataclass
class Holding:
    """Who holds which delivery, as the leases have it; two holders at once are a fault."""

    until: dict[UUID, tuple[str, datetime]] = field(default_factory=dict)

    def hold(self, delivery: UUID, who: str, now: datetime, until: datetime) -> str | None:
        other, ends = self.until.get(delivery, ("", now))
        self.until[delivery] = (who, until)
        if other and ends > now:
            return f"I11: {who} claimed {delivery}, which {other} held until {ends}"
        return None

    def let_go(self, delivery: UUID, who: str) -> None:
        if self.until.get(delivery, ("",))[0] == who:
            del self.until[delivery]


@dataclass
class Flying:
    """One attempt under way: when its answer is here, and what it says."""

    back_at: datetime
    errand: Errand
    answer: Answer


@dataclass
class Worker:
    """What every worker of a history has."""

    name: str
    service: Service
    history: "History"
    paused_until: datetime | None = None

    def is_paused(self) -> bool:
        """Stopped in the middle of what it does, and knows nothing of it."""
        until = self.paused_until
        return until is not None and self.history.clock.at < until


@dataclass
class Dispatcher(Worker):
    """One process that sends: its claims, what it has in flight, what it has yet to note."""

    paces: Paces = field(default_factory=Paces)
    to_send: list[Errand] = field(default_factory=list)
    flying: list[Flying] = field(default_factory=list)
    answered: list[tuple[Errand, Answer]] = field(default_factory=list)

    def step(self) -> bool:
        """One of its moves; says whether there was anything to do."""
        if self.to_send:
            return self._send()
        self._land()
        if self.answered:
            return self._note()
        return self._claim()

    def next_at(self) -> datetime | None:
        return min((each.back_at for each in self.flying), default=None)

    def die(self) -> None:
        """All that it knew is gone; its leases run out."""
        self.paces, self.to_send, self.flying, self.answered = Paces(), [], [], []

    def _claim(self) -> bool:
        now = self.service.clock.now()
        due = self.history.pulse.due()
        rooms = {each: self.paces.room(each.destination, now) for each in due}
        among = [d.destination for d, (room, fresh) in rooms.items() if room or (fresh and d.fresh)]
        if not among:
            return False
        errands = deliver.claim_errands(
            self.service, self.paces, among=among, on_fault=self.history.claim_fault
        )
        for errand in errands:
            self.paces.started(errand.channel)
            self._hold(errand)
        self.to_send = errands
        return bool(errands)

    def _hold(self, errand: Errand) -> None:
        now = self.service.store.now()
        until = now + self.history.lease
        fault = self.history.holding.hold(errand.claim.delivery, self.name, now, until)
        if fault:
            self.history.say_wrong(fault)

    def _send(self) -> bool:
        history, errand = self.history, self.to_send.pop(0)
        history.perhaps_stops(self, "send: before it")
        world: World = history.world
        answer = deliver.send(errand, world, self.service)
        takes = world.flight.takes if world.flight else NOTHING
        self.flying.append(Flying(history.clock.at + takes, errand, answer))
        history.perhaps_stops(self, "send: before its answer")
        return True

    def _land(self) -> None:
        now = self.history.clock.at
        for each in [f for f in self.flying if f.back_at <= now]:
            answer, now_there = each.answer, self.service.clock.now()
            self.paces.ended(each.errand.channel, answer.outcome, now_there, answer.ms)
            self.answered.append((each.errand, each.answer))
        self.flying = [f for f in self.flying if f.back_at > now]

    def _note(self) -> bool:
        answered, self.answered = self.answered, []
        try:
            deliver.note_answers(self.service, answered, self.history.random.random)
        except StoreUnavailable:
            self.answered = answered
            raise
        finally:  # some may stand already where not all could be written
            for errand, _ in answered:
                self.history.holding.let_go(errand.claim.delivery, self.name)
        return True


@dataclass
class Escalator(Worker):
    clock_watch: ClockWatch = field(default_factory=ClockWatch)

    def step(self) -> bool:
        now = self.service.store.now()
        monotonic = self.service.clock.monotonic()
        done = self.clock_watch.look(now, monotonic, lambda: wind_back(self.service))
        self.history.fired["wound back"] += done or 0
        next_step = self.history.pulse.next_step()
        if next_step is None or next_step > self.service.store.now():
            return False
        return escalate.escalate_due(self.service, self.history.stream_fault)

    def next_at(self) -> None:
        """It waits for rows alone."""

    def die(self) -> None:
        """It knows nothing that could be lost; the next one looks at the clock anew."""
        self.clock_watch = ClockWatch()


def seen_by(service: Service, clock: Any) -> Service:
    """The same service as another host sees it, by its own clock."""
    return replace(service, clock=clock)
