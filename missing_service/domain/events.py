"""Everything that can happen, one frozen dataclass each: append-only facts that somebody may have
to answer for.

A field marked `typed()` holds what a person typed: it is kept encrypted, apart from the public
bytes of its event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

JSON = Mapping[str, Any]


def typed(**options: Any) -> Any:
    """A field that holds a person's words, or anything that tells one child from another."""
    return field(metadata={"private": True}, **options)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a key or a person signed in, and the person named for the record, if any."""

    principal: str  # "key:met CAD gateway", "person:asha@harrow.example", "service"
    organisation: str  # a council's GSS code, a force's code, "" for the service itself
    role: str  # edt, interviewer, manager, police, lead, admin, service
    name: str | None = None
    title: str | None = None  # the role in their own free words

    @property
    def is_named(self) -> bool:
        return bool(self.name)


SERVICE = Actor(principal="service", organisation="", role="service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every fact has: its own id, the stream it stands in, when it was recorded, by whom."""

    KIND: ClassVar[str]
    id: UUID
    stream: UUID
    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRecorded(Event):
    KIND: ClassVar[str] = "child.recorded"
    council: str
    name: str | None = typed(default=None)
    description: str | None = typed(default=None)
    date_of_birth: str | None = typed(default=None)
    case_id: str | None = typed(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeReported(Event):
    KIND: ClassVar[str] = "episode.reported"
    child: UUID
    reference: str
    council: str
    category: str
    force: str
    told: tuple[str, ...]  # other forces and councils, told of it without owing an answer
    danger: str
    under_age: bool
    became_aware_at: datetime
    reported_at: datetime
    owner: str
    drill: bool = False  # nobody is missing: the way to police and back is tried
    report: JSON = typed()  # CONTRACT 5.1, as it was said


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeUpdated(Event):
    """A later fact; `topic` is the one key of the update, `content` its value."""

    KIND: ClassVar[str] = "episode.updated"
    topic: str  # report, details, sighting, police_risk, police_update, council_risk
    fields: tuple[str, ...] = ()  # dotted names of what was replaced
    danger: str | None = None  # where the update says it anew
    under_age: bool | None = None
    risk: str | None = None  # a police grade
    by_phone: bool = False
    content: JSON = typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChanged(Event):
    KIND: ClassVar[str] = "episode.category_changed"
    category: str
    was: str = ""  # "": written before this was kept
    from_at: datetime
    reason: str = typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLocated(Event):
    KIND: ClassVar[str] = "episode.located"
    located_at: datetime
    how: str
    content: JSON = typed()  # by, note


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildReturned(Event):
    KIND: ClassVar[str] = "episode.returned"
    returned_at: datetime
    well_being: bool  # somebody who saw the child confirmed it
    safe_there: str
    instead: str | None
    content: JSON = typed()  # to, well_being_confirmed_by, prevention_interview


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeClosed(Event):
    KIND: ClassVar[str] = "episode.closed"
    reason: str = typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActUndone(Event):
    """An act entered by mistake no longer counts; both stay on record."""

    KIND: ClassVar[str] = "act.undone"
    act: UUID
    act_kind: str
    n: int
    reason: str = typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceAnswered(Event):
    """An acknowledgement by a named person; `ends` says whether it can discharge what it
    answers."""

    KIND: ClassVar[str] = "police.answered"
    obligation: UUID
    outcome: str
    acknowledged_at: datetime
    by_phone: bool
    ends: bool
    force: str | None = None  # where it really belongs (WRONG_FORCE)
    duplicate_of: str | None = None
    risk: str | None = None
    record_hash: str | None = None
    instead_of: UUID | None = None  # the duty that was named, where it was opened in error
    content: JSON = typed()  # reference, acknowledged_by, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceRung(Event):
    """Somebody telephoned; it ends and delays nothing, and every later message says it."""

    KIND: ClassVar[str] = "police.rung"
    obligation: UUID
    result: str
    content: JSON = typed()  # name, number: the officer's


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldByPerson(Event):
    """Somebody told a parent, a school, another: or says why not."""

    KIND: ClassVar[str] = "told.by_person"
    told_at: datetime  # where nobody was told: when that was said
    content: JSON = typed()  # who, by, method, note, why_not


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationTaken(Event):
    """*I have it*: stops nothing, and everybody sees it."""

    KIND: ClassVar[str] = "obligation.taken"
    obligation: UUID
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationDecided(Event):
    KIND: ClassVar[str] = "obligation.decided"
    obligation: UUID
    decision: str
    by_phone: bool = False
    content: JSON = typed()  # reason, decided_by


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStep:
    """One step of a ladder, decided: told to these people, or passed over as its condition did
    not hold."""

    step: str  # "1", "2", ... or "repeat"
    due_at: datetime
    until: datetime | None
    count: int
    people: tuple[str, ...]  # e-mail addresses
    say: str
    passed_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderTold(Event):
    """What lapsed of one obligation's ladder by `at`, and who is told of it."""

    KIND: ClassVar[str] = "ladder.told"
    obligation: UUID
    steps: tuple[ToldStep, ...]
    decided: int
    repeated_to: datetime | None
    police: bool  # a reminder goes through the force's own channels
    empty_roles: tuple[str, ...]  # nobody on their rota: others were told instead
    folded: tuple[str, ...] = ()  # people whose one message names several obligations


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderWoundBack(Event):
    """The clock had run ahead and was put right: repeats are owed again from `repeated_to`."""

    KIND: ClassVar[str] = "ladder.wound_back"
    obligation: UUID
    repeated_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBroughtBack(Event):
    """The duty was recorded by a clock that had run ahead: it is counted from `started_at`."""

    KIND: ClassVar[str] = "obligation.clock_brought_back"
    obligation: UUID
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFellDue(Event):
    """The due instant of a still-missing review opens the next, decided or not."""

    KIND: ClassVar[str] = "review.fell_due"
    obligation: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailing(Event):
    KIND: ClassVar[str] = "delivery.failing"
    delivery: UUID
    error: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRefused(Event):
    KIND: ClassVar[str] = "delivery.refused"
    delivery: UUID
    error: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOvertaken(Event):
    """Stuck too long: it leaves its lane's order, so that what is urgent may pass."""

    KIND: ClassVar[str] = "delivery.overtaken"
    delivery: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBroughtIn(Event):
    """The force's next channel carries what its first does not take; the first goes on being
    tried."""

    KIND: ClassVar[str] = "channel.brought_in"
    recipient: str
    failing: str
    deliveries: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAttempts:
    """The hash over a delivery's attempt rows, from the first to the last counted."""

    delivery: UUID
    first: int
    last: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTaken(Event):
    KIND: ClassVar[str] = "delivery.taken"
    delivery: UUID
    status: int | None
    seal: SealedAttempts


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRetried(Event):
    KIND: ClassVar[str] = "delivery.retried"
    delivery: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewAllocated(Event):
    KIND: ClassVar[str] = "interview.allocated"
    interview: UUID
    interviewer: str
    role: str
    organisation: str
    independence: str = typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewEnded(Event):
    """The outcome: held, declined, not possible, or decided not."""

    KIND: ClassVar[str] = "interview.outcome"
    interview: UUID
    status: str
    outcome_at: datetime
    record_hash: str | None = None  # of the outcome that police are sent, unless it was held
    content: JSON = typed()  # reason, authorised_by, parent_offered, covers


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSigned(Event):
    """Version n of the written record, fixed for ever; `record` is exactly what police get."""

    KIND: ClassVar[str] = "interview.record_signed"
    interview: UUID
    version: int
    record_hash: str
    reason: str = typed(default="")
    record: JSON = typed()
    whole: JSON = typed()  # as signed, with what is withheld from police


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillUnanswered(Event):
    """Nobody has answered a drill by the instant at which a report must be answered."""

    KIND: ClassVar[str] = "drill.unanswered"
    obligation: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the way, and how long it took."""

    what: str  # "sent", "taken", "answered"
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillAnswered(Event):
    """A person answered a drill; it is over."""

    KIND: ClassVar[str] = "drill.answered"
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTold(Event):
    """Several steps that one person is told in one message."""

    KIND: ClassVar[str] = "people.told"
    person: str
    obligations: tuple[UUID, ...]
    since: datetime
    lines: tuple[JSON, ...] = typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptsSealed(Event):
    KIND: ClassVar[str] = "attempts.sealed"
    seals: tuple[SealedAttempts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersSilent(Event):
    """No worker beats: nothing is sent, and no ladder is looked at."""

    KIND: ClassVar[str] = "workers.silent"
    since: datetime | None  # the last beat; None: there never was one
    again: int  # 0 is the first telling of this silence
    waiting: tuple[JSON, ...]  # reports that police have not answered: council, reference, since
    more: int  # reports beyond those named


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersBack(Event):
    KIND: ClassVar[str] = "workers.back"
    since: datetime | None  # from when they had been silent


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDoubted(Event):
    """A clock that cannot be right was noticed: administrators are told."""

    KIND: ClassVar[str] = "clock.doubted"
    doubt: str  # clocks.Doubt
    whose: str
    seconds: int  # how far it is ahead; behind, or set back: less than nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySent(Event):
    """A message that means nothing, to see that messages get through."""

    KIND: ClassVar[str] = "canary.sent"
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfChecked(Event):
    """The service looked at its own records; a fault names tables, rows and ids."""

    KIND: ClassVar[str] = "self.checked"
    reached: int  # the duty log's last row at that instant
    all_at: datetime  # when all was last looked at, and not only what had moved
    told_at: datetime | None  # when people were last told how it stands
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryChanged(Event):
    """Entries added and changed by one load; secrets stand in the private part."""

    KIND: ClassVar[str] = "directory.changed"
    changes: tuple[JSON, ...]  # kind, identity, now
    secrets: JSON = typed(default_factory=dict)  # "kind/identity" -> [secret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLoaded(Event):
    KIND: ClassVar[str] = "policy.loaded"
    version: str
    body: str
