"""What the service asks of the outside world, in its own words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from missing_service.domain.calendar import Calendar
from missing_service.domain.delivery import Answer, Message
from missing_service.domain.directory import Directory
from missing_service.domain.episode import ChildCopy
from missing_service.domain.policy import Policy
from missing_service.domain.replay import Fault


class Clock(Protocol):
    """Where the time comes from; everything else is handed it."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC, in microseconds."""

    def monotonic(self) -> float:
        """Seconds that never step back, for waiting and for leases of this process."""


class Draw(Protocol):
    """Ids and salts for one act: drawn before it, so that the act can be run again unchanged."""

    def id(self) -> UUID:
        """A new UUIDv7."""

    def salt(self) -> bytes:
        """32 bytes nobody can guess."""

    def restart(self) -> None:
        """Begin the same sequence again: the act is run once more."""

    def code(self, length: int) -> str:
        """`length` letters and digits that cannot be confused when read out."""


class Wake(Protocol):
    """A hint that there is new work; it may be lost without harm."""

    def set(self) -> None:
        """Say that there is work."""

    def nudge(self) -> None:
        """Say so within this process alone."""

    def wait(self, timeout: float) -> bool:
        """Wait until somebody says so, or `timeout` seconds; clears the hint."""


class Messenger(Protocol):
    """Carries one message to one address, and says what came back; it never raises."""

    def send(self, message: Message, now: datetime) -> Answer:
        """One attempt, within 10 s in all."""


class Sender(Protocol):
    """Finds the messenger for a destination."""

    def messenger(self, destination: str, address: str, secrets: Sequence[str]) -> Messenger:
        """`destination` is "webhook" or "mail"; `address` a URL or a mailbox."""


class StoreBusy(Exception):
    """Another caller holds what this one needs; nothing was saved."""


class UnreadableText(Exception):
    """A private text was altered, moved from another place, or its key is gone."""


class StoreUnavailable(Exception):
    """The database cannot take it now; nothing was saved."""


T = TypeVar("T")


class Store(Protocol):
    """Where everything is kept."""

    def write(self, function: Callable[[Any], T], draw: Draw, *, look: bool = False) -> T:
        """Run the function whole, in one durable transaction; run it again when the database says
        so."""

    def read(self, function: Callable[[Any], T]) -> T:
        """Run a function that only reads."""

    def now(self) -> datetime:
        """The clock by which leases and due instants are judged."""

    def directory(self) -> Directory:
        """The directory as it stands."""

    @property
    def policy(self) -> Policy:
        """The policy in force."""

    @property
    def calendar(self) -> Calendar:
        """Working days and school mornings."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list: what comes after `after`, at most `limit` rows."""

    limit: int
    after: tuple[datetime, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose list it is: a council's, or a force's."""

    organisation: str
    is_police: bool


@dataclass(frozen=True, slots=True)
class EpisodesWanted:
    state: str | None = None
    council: str | None = None
    child: UUID | None = None
    since: datetime | None = None
    is_unacknowledged: bool = False
    overdue_at: datetime | None = None  # something was due before this instant


@dataclass(frozen=True, slots=True)
class ObligationsWanted:
    state: str
    kind: str | None = None
    drills: bool = False  # those alone, or none: a drill stands in no list of children
    overdue_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One row of a list: its id, its stream and how far that has come, the instant it is ordered
    by."""

    id: UUID
    stream: UUID
    last_n: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one destination has not taken yet."""

    destination: str
    depth: int
    failing: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A report that police have not answered."""

    council: str
    reference: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the records reached, and every fault that it found."""

    reached: int  # the duty log's last row
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a delivery; without an end it is under way, or was cut off."""

    delivery: UUID
    at: datetime
    status: int | None
    error: str | None
    ms: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """A child whom a council knows, and how far their stream has come."""

    child: ChildCopy
    last_n: int


class Listing(Protocol):
    """What pages and lists ask of the rows; no call counts or reads a table whole."""

    def find(self, what: str, value: Any) -> UUID | None:
        """The stream in which an episode's reference, or a row's id, stands."""

    def last_n(self, stream: UUID) -> int:
        """How many events the stream has."""

    def episodes(self, viewer: Viewer, wanted: EpisodesWanted, page: Page) -> Sequence[Found]:
        """Episodes, the last recorded first; one more than the limit where there are more."""

    def obligations(self, viewer: Viewer, wanted: ObligationsWanted, page: Page) -> Sequence[Found]:
        """Obligations, the first due first; one more than the limit where there are more."""

    def interviews(
        self, viewer: Viewer, overdue_at: datetime | None, page: Page
    ) -> Sequence[Found]:
        """Interviews, the first due first; one more than the limit where there are more."""

    def other_episodes(self, child: UUID, stream: UUID, viewer: Viewer) -> Sequence[str]:
        """References of the child's other episodes that this viewer may see, oldest first."""

    def children(self, council: str, keys: Mapping[str, int], most: int) -> Sequence[Known]:
        """The council's children of whom some of these keys are kept, those first whose keys weigh
        most."""

    def unfinished(self, council: str) -> Sequence[UUID]:
        """The council's episodes that are open, or in which something is owed, the first recorded
        first."""

    def failing_channels(self, council: str) -> Sequence[str]:
        """The channels that do not take what is sent of the council's episodes."""

    def owned_by(self, council: str, owners: Sequence[str]) -> Sequence[UUID]:
        """The council's open episodes that one of these owns, the first recorded first."""

    def attempts(self, stream: UUID) -> Sequence[Attempt]:
        """Each attempt of the stream's deliveries, in order."""

    def queue(self) -> Sequence[Waiting]:
        """What waits, for each destination."""

    def oldest_undelivered(self) -> datetime | None:
        """Since when the longest waiting message to a police force has waited."""

    def oldest_unacknowledged(self) -> datetime | None:
        """Since when the longest unanswered report has been owed an answer."""

    def untold_since(self, instant: datetime) -> int:
        """How many ladders had a step before this instant that nobody decided; at most 1,000 are
        counted."""

    def last_recorded_at(self) -> datetime | None:
        """When the newest event of the duty log says that it was recorded."""

    def beats(self) -> Mapping[str, datetime]:
        """When each worker last beat."""

    def latest_without(self, job: str, other: str) -> datetime | None:
        """The latest instant for which the job `job` was begun, and `other` was not."""

    def unanswered(self, limit: int) -> Sequence[Unanswered]:
        """The reports that police have not answered, the longest waiting first."""

    def count_unanswered(self) -> int:
        """How many they are; at most 1,000 are counted."""

    def last_taken(self, streams: Sequence[UUID]) -> datetime | None:
        """When something of these streams was last taken."""

    def waiting_channels(self, streams: Sequence[UUID]) -> Sequence[str]:
        """The channels that have not taken something of these streams."""

    def is_newest_schema(self) -> bool:
        """Whether the database is at the schema that this program knows."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this worker holds until its lease ends."""

    delivery: UUID
    stream: UUID
    token: UUID
    failures: int
    failing_since: datetime | None
    straggler: bool


@dataclass(frozen=True, slots=True)
class Session:
    """One browser's session: its token's hash alone, and who is signed in, if anybody."""

    token_hash: bytes
    person: str | None
    created_at: datetime
    seen_at: datetime
    content: str


class Sessions(Protocol):
    """The sessions of the pages; a store's transaction has them as `sessions`."""

    def find(self, token_hash: bytes) -> Session | None:
        """The session of that token."""

    def begin(self, session: Session) -> None:
        """Keep a new one."""

    def save(self, session: Session) -> None:
        """Keep what it holds now, and when it was last used."""

    def end(self, token_hash: bytes) -> None:
        """Forget it: its token opens nothing any more."""

    def end_begun_before(self, instant: datetime) -> None:
        """Forget all that are older than they may be."""


class Photos(Protocol):
    """Where pictures from outside are read, at no risk to the service."""

    def rewrite(self, image: bytes) -> bytes:
        """The first picture as a plain, upright JPEG without what the camera wrote into it;
        `PhotoRefused` where it is none, too large, or damaged."""
