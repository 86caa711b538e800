"""What people do in a history: they report until they are answered, acknowledge, find, correct."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from missing_service.domain.errors import Refused
from missing_service.domain.events import Actor
from missing_service.ports import StoreUnavailable
from missing_service.usecases import answer_obligation as answer
from missing_service.usecases import record_return as back
from missing_service.usecases.report_missing import report_missing
from missing_service.usecases.service import Done, RequestKey
from missing_service.usecases.update_episode import change_category, update_episode
from tests.domain.directories import HARROW
from tests.simulation.places import FAR, NEAR, SILENT
from tests.simulation.processes import Died

if TYPE_CHECKING:
    from tests.simulation.history import History

EDT = Actor("key:edt", HARROW, "edt", "edt_worker@harrow.example")
MANAGER = Actor("key:manager", HARROW, "manager", "edt_manager@harrow.example")
OUTCOMES = ["RECORDED_MISSING"] * 6 + ["RECORDED_OTHER", "DECLINED", "WRONG_FORCE"]
Act = Callable[[], Any]


class People:
    """A plan of acts by time; an act that met a fault is tried again, as people do."""

    def __init__(self, history: "History") -> None:
        self._history = history
        self._random = history.random
        self._plan: list[tuple[datetime, int, Act]] = []
        self._count = count()
        self.accepted: dict[str, UUID] = {}  # the report's key -> its episode

    def plan(self, reports: int, within: timedelta) -> None:
        for n in range(reports):
            at = self._history.clock.at + within * self._random.random() * 0.9
            self._at(at, self._reporting(f"report-{n}", self._a_report(n)))

    def due(self, now: datetime) -> list[Act]:
        """What people do by now; an act stays planned until it got its answer."""
        found = []
        while self._plan and self._plan[0][0] <= now:
            found.append(heapq.heappop(self._plan)[2])
        return found

    def next_at(self) -> datetime | None:
        return self._plan[0][0] if self._plan else None

    def _at(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._plan, (at, next(self._count), act))

    def _later(self, act: Act, low: float, high: float) -> None:
        """Do it some minutes from now."""
        passed = timedelta(minutes=self._random.uniform(low, high))
        self._at(self._history.clock.at + passed, act)

    def _again(self, act: Act) -> Act:
        """The act, and the same act again ten seconds later if nobody answered it."""

        def once() -> Any:
            try:
                return act()
            except (StoreUnavailable, Died):
                self._at(self._history.clock.at + timedelta(seconds=10), once)
                raise

        return once

    def _a_report(self, n: int) -> dict[str, Any]:
        return {
            "council": HARROW,
            "category": self._random.choice(["MISSING", "MISSING", "UNSURE", "AWAY_UNAUTHORISED"]),
            "child": {"name": f"Child {n}", "date_of_birth": "2011-06-01"},
            "concern": "not home",
            "immediate_danger": self._random.choice(["NO", "NO", "NOT_KNOWN", "YES"]),
            "last_seen": {"council": self._random.choice([None, None, NEAR, FAR, SILENT])},
            "reporter": {"name": "A carer"},
            "reported_at": self._reported_at().isoformat(),
        }

    def _reported_at(self) -> datetime:
        late = self._random.choice([0, 0, 0, 3, 30])
        return self._history.clock.at - timedelta(hours=late)

    def _reporting(self, key: str, report: dict[str, Any]) -> Act:
        def act() -> None:
            request = RequestKey("key:edt", key, key.encode())
            done = report_missing(report, actor=EDT, service=self._history.service, key=request)
            self.accepted[key] = done.stream
            self._history.fired["report accepted"] += 1
            self._plan_episode(done)

        return self._again(act)

    def _plan_episode(self, done: Done) -> None:
        reference, draw = done.body["reference"], self._random.random
        duty = UUID(done.body["obligations"][0]["id"])
        acts: list[tuple[float, Act, float, float]] = [
            (0.75, lambda: self._acknowledge(duty, reference), 1, 240),
            (0.3, lambda: self._call(duty), 3, 90),
            (0.5, lambda: self._update(reference), 2, 300),
            (0.2, lambda: self._danger(reference), 1, 60),
            (0.2, lambda: self._category(reference), 5, 200),
            (0.6, lambda: self._return(reference), 10, 600),
            (0.2, lambda: self._undo(reference), 30, 700),
            (0.2, lambda: self._undo(reference), 30, 700),
            (0.3, lambda: self._close(reference), 300, 900),
        ]
        for chance, act, low, high in acts:
            if draw() < chance:
                self._later(self._again(act), low, high)

    def _acknowledge(self, duty: UUID, reference: str) -> None:
        outcome = self._random.choice(OUTCOMES)
        episode = self._look(reference)
        said = {
            "outcome": outcome,
            "reason": "as they said",
            "reference": {"system": "CAD", "value": f"CAD {self._random.randrange(9999)}"},
            "acknowledged_by": {"name": "PC Smith", "role": "", "number": ""},
            "force": self._random.choice(["near", "met", "far", None]),
        }
        if outcome == "WRONG_FORCE" or (outcome == "DECLINED" and self._random.random() < 0.5):
            said["reference"] = None
        police = Actor(f"key:{episode['force']}", episode["force"], "police", "PC Smith")
        answer.acknowledge(duty, said, actor=police, service=self._history.service)
        self._history.fired[f"answer: {outcome}"] += 1
        if outcome == "WRONG_FORCE":
            self._later(self._again(lambda: self._acknowledge(duty, reference)), 1, 100)

    def _look(self, reference: str) -> dict[str, Any]:
        """The episode as its council reads it."""
        from missing_service.domain.episode import Episode
        from missing_service.domain.state import State

        with self._history.store.reading() as reading:
            stream = reading.listing.find("reference", reference)
            episode = State(reading).get(Episode, stream)
            return {"force": episode.force, "category": episode.category, "stream": stream}

    def _call(self, duty: UUID) -> None:
        said = {"result": self._random.choice(["IN_QUEUE", "NO_ANSWER"]), "name": "", "number": ""}
        answer.record_call(duty, said, actor=EDT, service=self._history.service)

    def _update(self, reference: str) -> None:
        said = {"note": "asked again", "by": "PC Smith", "by_phone": True}
        self._do(update_episode, reference, "police_update", said)

    def _danger(self, reference: str) -> None:
        said = {"immediate_danger": self._random.choice(["YES", "NO"])}
        self._do(update_episode, reference, "report", said)

    def _category(self, reference: str) -> None:
        now = self._history.clock.at
        category = self._random.choice(["MISSING", "AWAY_UNAUTHORISED"])
        self._do(change_category, reference, category, now, "as it seems now")

    def _return(self, reference: str) -> None:
        said = {"to": "home", "well_being_confirmed_by": self._random.choice(["carer", None])}
        self._do(back.record_returned, reference, self._history.clock.at, said)

    def _close(self, reference: str) -> None:
        self._do(back.close_episode, reference, "back and well")

    def _undo(self, reference: str) -> None:
        from missing_service.domain.episode import Act as ActRow

        stream = self._look(reference)["stream"]
        with self._history.store.reading() as reading:
            acts = [a.n for a in reading.all(ActRow, stream) if a.undone_by is None]
        if acts:
            self._do(back.undo_act, reference, self._random.choice(sorted(acts)), "mistake")

    def _do(self, act: Callable[..., Any], *arguments: Any) -> None:
        try:
            act(
                *arguments,
                actor=MANAGER if act is change_category else EDT,
                service=self._history.service,
            )
            self._history.fired[f"act: {act.__name__}"] += 1
        except Refused as refused:
            self._history.fired[f"refused: {type(refused).__name__}"] += 1
