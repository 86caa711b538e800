"""Who does what in a history, and when: an act that met a fault is tried again, as people do."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from missing_service.domain.errors import Refused
from missing_service.domain.events import Actor
from missing_service.ports import StoreUnavailable
from missing_service.usecases.report_missing import report_missing
from missing_service.usecases.service import RequestKey
from tests.domain.directories import HARROW
from tests.simulation.places import EAST, FAR, NEAR, SILENT
from tests.simulation.store import Died

if TYPE_CHECKING:
    from tests.simulation.history import History

EDT = Actor("key:edt", HARROW, "edt", "edt_worker@harrow.example")
Deed = Callable[[], Any]
AGAIN_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Case:
    """One accepted report, as the person who logged it knows it."""

    reference: str
    stream: UUID
    duty: UUID
    child: str


@dataclass
class People:
    """A plan of deeds by time; one stays planned until it got an answer."""

    history: "History"
    accepted: dict[str, Case] = field(default_factory=dict)  # the report's key -> what it became
    planned: set[str] = field(default_factory=set)  # the keys of all reports that were begun
    looks: int = 0  # how many pages were asked for
    shown: set[int] = field(default_factory=set)  # and which were shown

    def __post_init__(self) -> None:
        self.random = self.history.random
        self._plan: list[tuple[datetime, int, str, Deed]] = []
        self._count = count()

    def plan(self, reports: int, within: timedelta) -> None:
        for n in range(reports):
            at = self.history.clock.at + within * self.random.random() * 0.9
            self._at(at, "report", self._again("report", self._reporting(f"report-{n}", n)))

    def due(self, now: datetime) -> list[tuple[str, Deed]]:
        found = []
        while self._plan and self._plan[0][0] <= now:
            _, _, name, deed = heapq.heappop(self._plan)
            found.append((name, deed))
        return found

    def planned_at(self) -> list[datetime]:
        """When something is planned, the soonest first."""
        return sorted(at for at, *_ in self._plan)

    def next_at(self) -> datetime | None:
        return self._plan[0][0] if self._plan else None

    def later(self, name: str, deed: Deed, low: float, high: float) -> None:
        """Do it some minutes from now."""
        passed = timedelta(minutes=self.random.uniform(low, high))
        self._at(self.history.clock.at + passed, name, self._again(name, deed))

    def _at(self, at: datetime, name: str, deed: Deed) -> None:
        heapq.heappush(self._plan, (at, next(self._count), name, deed))

    def _again(self, name: str, deed: Deed) -> Deed:
        """The deed, and the same again ten seconds later if nobody answered it."""

        def once() -> Any:
            try:
                answer = deed()
            except (StoreUnavailable, Died):
                self._at(self.history.clock.at + AGAIN_AFTER, name, once)
                raise
            except Refused as refused:
                self.history.fired[f"refused: {name}, {type(refused).__name__}"] += 1
                return None
            self.history.fired[f"done: {name}"] += 1
            return answer

        return once

    def _reporting(self, key: str, n: int) -> Deed:
        said: dict[str, Any] = {}

        def deed() -> None:
            self.planned.add(key)
            report = said.setdefault("report", None) or self._a_report(n)
            said["report"] = report  # told again in the same words
            self._report(key, report)

        return deed

    def _report(self, key: str, report: dict[str, Any]) -> None:
        request = RequestKey("key:edt", key, key.encode())
        done = report_missing(report, actor=EDT, service=self.history.service, key=request)
        if done.status != 201:
            self.history.say_wrong(f"I1: report {key} was answered {done.status}")
        duty = UUID(done.body["obligations"][0]["id"])
        case = Case(done.body["reference"], done.stream, duty, done.body["child"]["id"])
        before = self.accepted.setdefault(key, case)
        if before != case:
            self.history.say_wrong(f"I1: {key} became {before.reference} and {case.reference}")
        elif self.random.random() < 0.1:  # the answer was lost on the way: the same once more
            self.later("report again", lambda: self._report(key, report), 0, 1)
        self.history.plan_case(case, is_new=not done.replayed)

    def _a_report(self, n: int) -> dict[str, Any]:
        draw = self.random.choice
        return {
            "council": HARROW,
            "category": draw(["MISSING", "MISSING", "UNSURE", "AWAY_UNAUTHORISED"]),
            "child": self._a_child(n),
            "concern": "not home",
            "immediate_danger": draw(["NO", "NO", "NOT_KNOWN", "YES"]),
            "last_seen": {"council": draw([None, None, None, NEAR, EAST, EAST, FAR, SILENT])},
            "reporter": {"name": "A carer"},
            "reported_at": self._reported_at().isoformat(),
        }

    def _a_child(self, n: int) -> dict[str, Any]:
        """One in three was reported before."""
        known = list(self.accepted.values())
        if known and self.random.random() < 0.33:
            return {"id": self.random.choice(known).child, "name": "the same again"}
        born = self.random.choice(["2011-06-01", "2012-02-29"])
        return {"name": f"Child {n}", "date_of_birth": born}

    def _reported_at(self) -> datetime:
        return self.history.clock.now() - timedelta(hours=self.random.choice([0, 0, 0, 3, 30]))
