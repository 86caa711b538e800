"""The rules on rows in memory: what happens, told one event at a time, with no store."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from missing_service.domain import events as e
from missing_service.domain.calendar import Calendar
from missing_service.domain.consequences import consequences
from missing_service.domain.delivery import Delivery
from missing_service.domain.effects import Effect, Queued, apply
from missing_service.domain.episode import Episode
from missing_service.domain.evolve import evolve
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import Policy
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import NoRows, State
from missing_service.policy.load import load_policy
from tests.builders import EDT, HARROW, MET, a_report, an_answer
from tests.domain import directories as d
from tests.fakes.clock import NIGHT

R = TypeVar("R")
STREAM, CHILD = UUID(int=1), UUID(int=2)
PEOPLE = ("worker", "manager", "supervisor", "head", "director", "admin")
ROLES = ("edt_worker", "edt_manager", "police_mash_supervisor", "head_of_service")


@cache
def default_policy() -> Policy:
    return load_policy(())


class Numbers:
    """Ids one after the other."""

    def __init__(self) -> None:
        self.last = 100

    def id(self) -> UUID:
        self.last += 1
        return UUID(int=self.last)


def people_and_forces() -> list:
    made = [d.council(), d.force(), d.channel(), d.force("gmp", covers=(d.BARNET,))]
    made.append(d.channel("met", "mailbox", kind="email", url=None, address="m@met.example"))
    made += [d.person(f"{name}@harrow.example") for name in PEOPLE]
    made += [d.slot(f"{n}@harrow.example", on=r) for n, r in zip(PEOPLE, ROLES, strict=False)]
    made += [d.slot("director@harrow.example", on="director_on_call")]
    return [*made, d.role("admin@harrow.example", "admin")]


@dataclass
class Story:
    """An episode's stream, from its report on."""

    directory: Any = field(default_factory=lambda: d.directory(*people_and_forces()))
    state: State = field(default_factory=lambda: State(NoRows()))
    at: datetime = NIGHT
    n: int = 0
    effects: list[Effect] = field(default_factory=list)

    def __post_init__(self) -> None:
        policy, self._draw = default_policy(), Numbers()
        self.book = Rulebook(
            policy=policy,
            policy_of=lambda _: policy,
            directory=self.directory,
            calendar=Calendar(frozenset()),
            draw=self._draw,
            public_url="https://x.example",
        )
        self.state.born(STREAM)

    def happens(self, kind: type[e.Event], by: e.Actor = EDT, **values: Any) -> list[Effect]:
        """What follows from it, applied."""
        head = {"id": self._draw.id(), "stream": STREAM, "at": self.at, "by": by}
        event: Any = kind(**{**head, **values})
        self.n += 1
        self.state.tell(event.stream, self.n, event)
        evolve(self.state, event, self.n)
        self.effects = []
        for effect in consequences(event, self.state, self.book):
            apply(self.state, effect)
            self.effects.append(effect)
        return self.effects

    def passes(self, **time: float) -> None:
        self.at += timedelta(**time)

    def reported(self, **other: Any) -> list[Effect]:
        said: dict[str, Any] = {
            "child": CHILD,
            "reference": "HRW-AAAAA",
            "council": HARROW,
            "category": "MISSING",
            "force": "met",
            "told": (),
            "danger": "NO",
            "under_age": False,
            "became_aware_at": self.at,
            "reported_at": self.at,
            "owner": "worker@harrow.example",
            "report": a_report(),
        }
        return self.happens(e.EpisodeReported, **said | other)

    def answered(self, outcome: str = "RECORDED_MISSING", **other: Any) -> list[Effect]:
        said: dict[str, Any] = {
            "obligation": self.owed("police_acknowledgement").id,
            "outcome": outcome,
            "acknowledged_at": self.at,
            "by_phone": False,
            "ends": True,
            "content": an_answer(),
        }
        return self.happens(e.PoliceAnswered, MET, **said | other)

    @property
    def episode(self) -> Episode:
        return self.state.get(Episode, STREAM)

    def all(self, kind: type[R]) -> list[R]:
        return self.state.all(kind, STREAM)

    def owed(self, kind: str) -> Obligation:
        return [o for o in self.all(Obligation) if o.kind == kind][-1]

    def open_kinds(self) -> list[str]:
        return sorted(o.kind.value for o in self.all(Obligation) if o.is_open)

    def queued(self) -> list[tuple[str, str]]:
        """What the last event sends: its type, and to whom."""
        return [(q.row.type, q.row.recipient) for q in self.effects if isinstance(q, Queued)]

    def bodies(self) -> list[tuple[Delivery, bytes]]:
        return [(q.row, q.body) for q in self.effects if isinstance(q, Queued)]
