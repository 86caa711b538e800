"""One child, one time missing: what stands of it, and which moves are refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from missing_service.domain.codes import EpisodeState, PoliceState

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    KEY: ClassVar[Key] = ("id",)
    id: UUID
    stream: UUID
    council: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildCopy:
    """The searchable copy of who a child is: the one place where it stands in the clear."""

    KEY: ClassVar[Key] = ("id",)
    id: UUID
    stream: UUID
    name: str | None
    description: str | None
    date_of_birth: str | None
    case_id: str | None
    former_names: tuple[str, ...] = ()  # what was said before the name was put right


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildKey:
    """One thing that a child is found by: part of a name, a date of birth, a case id."""

    KEY: ClassVar[Key] = ("stream", "key")
    stream: UUID  # the child's
    key: str
    council: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is kept beforehand of a child; the words stand in the event of its version."""

    KEY: ClassVar[Key] = ("id",)
    id: UUID  # the child's
    stream: UUID
    version: int
    event: UUID
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    KEY: ClassVar[Key] = ("id",)
    id: UUID  # also its stream's
    stream: UUID
    reference: str
    child: UUID
    council: str
    category: str
    state: EpisodeState
    force: str
    danger: str
    under_age: bool
    risk: str
    police: PoliceState
    owner: str
    well_being: bool  # confirmed by somebody who saw the child
    became_aware_at: datetime
    reported_at: datetime
    recorded_at: datetime
    located_at: datetime | None = None
    returned_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 0  # acts of people
    drill: bool = False

    @property
    def is_searched_for(self) -> bool:
        """Nobody who saw the child has said that they are well, nor that there was no cause."""
        return not self.well_being and self.state is not EpisodeState.WITHDRAWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act of a person that can be undone: it stands, or it was undone by another."""

    KEY: ClassVar[Key] = ("id",)
    id: UUID  # the event's
    stream: UUID
    n: int
    kind: str
    at: datetime
    happened_at: datetime
    obligation: UUID | None = None
    outcome: str | None = None
    ends: bool = False  # an acknowledgement that can discharge what it answers
    well_being: bool = False
    by_police: bool = False
    risk: str | None = None  # the grade that it gave
    undone_by: UUID | None = None

    @property
    def stands(self) -> bool:
        return self.undone_by is None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerMet:
    """A pattern of going missing that this episode completed, and the question that it joined."""

    KEY: ClassVar[Key] = ("stream", "rule")
    stream: UUID
    rule: str  # a trigger's name in the policy
    at: datetime
    question: UUID  # the strategy discussion's obligation, of this episode or an earlier one


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who is told of an episode, each with its own state; one of them owes the answer."""

    KEY: ClassVar[Key] = ("stream", "who")
    stream: UUID
    who: str  # a force's, council's or school's code
    kind: str  # "force", "council"
    owes: bool
    depth: int  # how many of its channels carry what it is told
    last_number: int
    failing: tuple[str, ...] = ()  # channels of which people know that they do not take
    frozen_at: datetime | None = None  # re-routed: it reads what it was sent, and no more


def coming_back(acts: Iterable[Act]) -> dict[str, object]:
    """Where an episode stands, from the acts about its coming back, or its withdrawal, that were
    not undone."""
    standing = [act for act in acts if act.stands]
    latest = {act.kind: act for act in standing}  # the later of two replaces the earlier
    returned, closed = latest.get("episode.returned"), latest.get("episode.closed")
    well = [act.n for act in standing if act.kind == "episode.returned" and act.well_being]
    if closed and not any(n < closed.n for n in well):
        closed = None  # what it was closed upon was undone
    located = latest.get("episode.located") or returned
    state = EpisodeState.MISSING
    withdrawn = latest.get("episode.withdrawn")
    for act, word in (
        (located, "LOCATED"),
        (returned, "RETURNED"),
        (closed, "CLOSED"),
        (withdrawn, "WITHDRAWN"),
    ):
        state = EpisodeState[word] if act else state
    return {
        "state": state,
        "located_at": located and located.happened_at,
        "returned_at": returned and returned.happened_at,
        "closed_at": closed and closed.happened_at,
        "well_being": bool(well),
    }
