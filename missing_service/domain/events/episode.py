"""An episode from its report to its close, and the child it is about."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from missing_service.domain.events.base import JSON, Event, typed


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
    lists: JSON = field(default_factory=dict)  # questionnaire, code lists: the version of each
    unlisted: tuple[str, ...] = ()  # dotted names of fields with a word that no list holds
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
    lists: JSON = field(default_factory=dict)
    unlisted: tuple[str, ...] = ()
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
class EpisodeWithdrawn(Event):
    """The child never was missing, or nothing should have been logged; police must answer that."""

    KIND: ClassVar[str] = "episode.withdrawn"
    why: str  # NEVER_MISSING, LOGGED_IN_ERROR, PRACTICE
    content: JSON = typed()  # note, authorised_by


@dataclass(frozen=True, slots=True, kw_only=True)
class ActUndone(Event):
    """An act entered by mistake no longer counts; both stay on record."""

    KIND: ClassVar[str] = "act.undone"
    act: UUID
    act_kind: str
    n: int
    reason: str = typed()


@dataclass(frozen=True, slots=True)
class KeptText:
    """A private text beside an event's own words, for which the event vouches."""

    id: UUID
    commit: str  # of its salt and bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoKept(Event):
    """A photo of the child, rewritten as a plain JPEG; the last one counts."""

    KIND: ClassVar[str] = "episode.photo_kept"
    image: KeptText
    size: int  # bytes
    taken_on: str | None = typed(default=None)
    old_from: str | None = typed(default=None)  # from which day on the child may look different
    sha256: str = typed()
    sent_sha256: str = typed()  # of the bytes as they came
