"""The service inside the bench's own process, on a clock that it moves; and lives to copy."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from adapters.database.store import PostgresStore
from bench.joined import NoWake, environment, found_database
from bench.mould import Row, Rows, left_by, pruned
from missing_service.bootstrap import Application, make_application
from missing_service.config import read_settings
from missing_service.domain.delivery import Answer, Message, Outcome
from missing_service.domain.events import Actor
from missing_service.domain.obligation import Obligation
from missing_service.usecases.answer_obligation import acknowledge
from missing_service.usecases.deliver_next import Paces, deliver_due
from missing_service.usecases.hold_interview import end_interview
from missing_service.usecases.record_return import close_episode, record_returned
from missing_service.usecases.report_missing import report_missing

HARROW = "E09000015"
EDT = Actor("key:Harrow EDT desk", HARROW, "edt", "Asha Patel", "duty worker")
MANAGER = Actor("key:Harrow managers", HARROW, "manager", "Siobhan Kelly", "head of service")
MET = Actor("key:met CAD gateway", "met", "police", "PC Amira Khan", "control room")
NOWHERE = "http://127.0.0.1:9/"


class Moved:
    """The real time, until it is made to stand."""

    def __init__(self) -> None:
        self.at: datetime | None = None

    def now(self) -> datetime:
        return self.at or datetime.now(UTC)

    def monotonic(self) -> float:
        return self.now().timestamp()


@dataclass(slots=True)
class Inside:
    """One application on one database."""

    application: Application
    clock: Moved

    def stand_at(self, at: datetime) -> None:
        """It is that instant; on PostgreSQL, whose clock goes on, from now on."""
        self.clock.at = at
        store = self.application.store
        if isinstance(store, PostgresStore):
            store.offset = at - datetime.now(UTC)

    def take_all(self) -> None:
        """Police take whatever is due."""
        paces = Paces()
        while deliver_due(self.application.service, Takes(), paces, lambda: 0.5):
            pass


class Takes:
    """A way out that leads nowhere: each message is taken at once."""

    def messenger(self, destination: str, address: str, secrets: Sequence[str]) -> "Takes":  # noqa: ARG002
        return self

    def send(self, message: Message, now: datetime) -> Answer:  # noqa: ARG002
        return Answer(Outcome.TAKEN, ms=1, status=204)


@contextmanager
def inside(url: str) -> Iterator[Inside]:
    """The application on a database that stands."""
    clock = Moved()
    application = make_application(read_settings(environment(url)), clock=clock, wake=NoWake())
    try:
        yield Inside(application, clock)
    finally:
        application.close()


@contextmanager
def founded(url: str, more: str = "") -> Iterator[Inside]:
    """The same on a new database."""
    found_database(url, NOWHERE, more)
    with inside(url) as found:
        yield found


def a_report(**other: Any) -> dict[str, Any]:
    """The report that the load sends, said to the use case itself."""
    return {
        "council": HARROW,
        "category": "MISSING",
        "immediate_danger": "NO",
        "child": {"name": "Child of old", "date_of_birth": "2012-05-01", "case_id": "C0"},
        "concern": "Not back from school, phone off.",
        "reporter": {"name": "Jo Grant", "role": "FOSTER_CARER", "phone": "020 7946 0101"},
        **other,
    }


def open_life(here: Inside) -> Rows:
    """Reported, taken by police's machine, answered by nobody."""

    def live() -> None:
        report_missing(a_report(), actor=EDT, service=here.application.service)
        here.take_all()

    return left_by(here.application, live)


def past_life(here: Inside) -> Rows:
    """Reported, taken, acknowledged; back and well; closed; no interview, which police took too."""
    service = here.application.service

    def live() -> None:
        done = report_missing(a_report(), actor=EDT, service=service)
        reference = done.body["reference"]
        here.take_all()
        _answer(here, done.stream, "police_acknowledgement")
        well = {"to": "home", "well_being_confirmed_by": "the foster carer"}
        record_returned(reference, here.clock.now(), well, actor=EDT, service=service)
        close_episode(reference, "RETURNED", actor=EDT, service=service)
        interview = next(row.interview for row in _open(here, done.stream) if row.interview)
        end_interview(interview, NONE_HELD, actor=MANAGER, service=service)
        here.take_all()
        _answer(here, done.stream, "record_with_police")
        here.take_all()
        if still := [row.kind for row in _open(here, done.stream)]:
            raise RuntimeError(f"not past yet: {still}")

    return left_by(here.application, live)


def in_short(rows: Rows) -> Rows:
    """The same without what no page, list, claim or clock reads again: of its events the report
    alone stands, of its messages the alert."""
    events = {r["id"] for r in rows["event"] if r["kind"] in ("child.recorded", "episode.reported")}
    alert = {r["id"] for r in rows["delivery"] if r["type"] == "episode.reported"}
    texts = {r["body"] for r in rows["delivery"] if r["id"] in alert} | events
    kept: dict[str, tuple[str, set[UUID]]] = {
        "event": ("id", events),
        "duty_log": ("event", events),
        "private_text": ("id", texts),
        "delivery": ("id", alert),
        "attempt": ("delivery", alert),
        "attempt_seal": ("delivery", alert),
    }

    def keep(table: str, row: Row) -> bool:
        column, values = kept.get(table, ("", set()))
        return not column or row[column] in values

    return pruned(rows, keep)


def _open(here: Inside, stream: UUID) -> list[Obligation]:
    rows = here.application.store.read(lambda reading: reading.all(Obligation, stream))
    return [row for row in rows if row.is_open]


def _answer(here: Inside, stream: UUID, kind: str) -> None:
    for row in _open(here, stream):
        if row.kind == kind:
            said = {**ANSWER, "record_hash": row.record_hash}
            acknowledge(row.id, said, actor=MET, service=here.application.service)


ANSWER = {
    "outcome": "RECORDED_MISSING",
    "reference": {"system": "CAD", "value": "CAD 4471"},
    "acknowledged_by": {"name": "PC Amira Khan", "role": "control room", "number": "4471QK"},
}

NONE_HELD = {
    "status": "DECIDED_NOT",
    "reason": "Back within the hour, from a friend's.",
    "authorised_by": "Siobhan Kelly",
}
