"""One honest history that touches every table: what verify must find sound, and see altered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select

from adapters.database.engine import make_engine
from adapters.database.models import ActTable
from missing_service.access.looks import Looks
from missing_service.bootstrap import Application, begin, make_application
from missing_service.domain.delivery import Answer, Message, Outcome
from missing_service.domain.events import SERVICE, Actor
from missing_service.domain.obligation import StepTold
from missing_service.policy.demo_directory import TOKENS, demo_directory
from missing_service.usecases.answer_obligation import acknowledge, record_call
from missing_service.usecases.decide_obligation import decide, take
from missing_service.usecases.deliver_next import Paces, deliver_due
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.hold_interview import (
    allocate_interview,
    end_interview,
    save_draft,
    sign_off,
)
from missing_service.usecases.keep_profile import keep_profile
from missing_service.usecases.load_directory import load_directory
from missing_service.usecases.read_episode import read_chronology, read_episode
from missing_service.usecases.read_with_look import Looker
from missing_service.usecases.record_return import record_located, record_returned
from missing_service.usecases.report_missing import report_missing
from missing_service.usecases.seal_attempts import seal_attempts
from missing_service.usecases.undo_act import undo_act
from missing_service.usecases.update_episode import change_category, update_episode
from tests.api.conftest import MovedClock, NoWake, settings
from tests.conftest import migrate
from tests.databases import Run, copy_sqlite, fresh

HARROW = "E09000015"
EDT = Actor("key:edt", HARROW, "edt", "Asha Patel", "duty worker")
POLICE = Actor("key:met", "met", "police", "PC Smith")
MANAGER = Actor("key:manager", HARROW, "manager", "Siobhan Kelly")
HOOKS, SECRET = "http://127.0.0.1:9/hooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TAKEN = Answer(Outcome.TAKEN, 12, 200, body_sha256="0" * 64)
REFUSED = Answer(Outcome.REFUSED, 9, 410, "status 410", "1" * 64)
SILENT = Answer(Outcome.UNREACHABLE, 10_000, None, "timeout")
RECORD = {
    "why_left": "x",
    "what_happened": "y",
    "trafficking_screen": {"answer": "NO", "note": ""},
    "helpline_given": True,
    "view_on_sharing": "ok",
    "told_about_sharing": "t",
    "could_not_wait": {"answer": "NO", "note": ""},
    "seen_alone": "YES",
    "analysis": "a",
    "withheld": [],
}


@dataclass
class Scripted:
    """A sender whose webhooks answer what it is told; mail is always taken."""

    webhooks: Answer = TAKEN
    sent: list[Message] = field(default_factory=list)

    def messenger(self, destination: str, address: str, secrets: Any) -> "Line":
        return Line(self, self.webhooks if destination == "webhook" else TAKEN)


@dataclass
class Line:
    sender: Scripted
    answer: Answer

    def send(self, message: Message, now: Any) -> Answer:
        self.sender.sent.append(message)
        return self.answer


@dataclass
class Night:
    """The service with a clock moved by hand and a sender that answers as told."""

    application: Application
    clock: MovedClock
    sender: Scripted
    paces: Paces = field(default_factory=Paces)

    @property
    def service(self) -> Any:
        return self.application.service

    def pass_time(self, **passed: float) -> None:
        """Time goes by while nobody works."""
        self.clock.advance(**passed)
        store: Any = self.application.store
        if store.is_postgres:
            store.offset += self.clock.now() - store.now()

    def work(self) -> None:
        """All that is due is decided and sent."""
        while escalate_due(self.service):
            pass
        for _ in range(20):
            if not deliver_due(self.service, self.sender, self.paces, lambda: 0.5):
                return

    def go_on(self, turns: int, **passed: float) -> None:
        for _ in range(turns):
            self.pass_time(**passed)
            self.work()

    def report(self, name: str = "Sam Okoro", **other: Any) -> dict[str, Any]:
        said = {
            "council": HARROW,
            "category": "MISSING",
            "child": {"name": name, "date_of_birth": "2012-05-01", "case_id": f"c-{name}"},
            "concern": "Not back.",
            "reporter": {"name": "Jo Grant"},
            "immediate_danger": "NO",
        }
        body: dict[str, Any] = report_missing(said | other, actor=EDT, service=self.service).body
        return body

    def look(self, read: Callable[..., Any], reference: str, session: str) -> None:
        looker = Looker(EDT, session, "episode", Looks())
        read(reference, looker=looker, service=self.service)


def a_night(url: str) -> Night:
    """The demonstration's directory and policy, on a migrated database."""
    clock, sender = MovedClock(), Scripted()
    chosen = replace(settings(url), environment="demo")
    application = make_application(chosen, clock=clock, sender=sender, wake=NoWake())
    night = Night(application, clock, sender)
    night.pass_time()
    begin(application)
    hashes = {name: sha256(name.encode()).hexdigest() for name in TOKENS}
    file = demo_directory(HOOKS, SECRET, hashes)
    secrets = dict(file.secrets)
    load_directory(night.service, file.entries, secrets, actor=SERVICE)
    council = ("council", HARROW)
    changed = {council: {**file.entries[council], "edt_phone": "020 7946 0999"}}
    load_directory(night.service, changed, {}, actor=SERVICE)
    return night


def owed(body: dict[str, Any], kind: str) -> UUID:
    found = [o for o in body["obligations"] if o["kind"] == kind and o["state"] == "OPEN"]
    return UUID(found[0]["id"])


@dataclass
class Kept:
    """A database with an honest history, and the first episode's reference."""

    engine: Engine
    reference: str


@contextmanager
def a_kept(kind: str, run: Run, folder: Path) -> Iterator[Kept]:
    """A database of its own, with the history in it."""
    with _url(kind, run, folder) as url:
        reference = history(url)
        engine = make_engine(url)
        yield Kept(engine, reference)
        engine.dispose()


@contextmanager
def _url(kind: str, run: Run, folder: Path) -> Iterator[str]:
    if kind == "postgresql":
        with fresh(run.server(), template=run.postgres_template(migrate)) as url:
            yield url
    else:
        copy_sqlite(run.sqlite_template(migrate), folder / "missing.db")
        yield f"sqlite:///{folder / 'missing.db'}"


def history(url: str) -> str:
    """Two children, one of them back and interviewed; answers the first one's reference."""
    night = a_night(url)
    first = night.report()
    _goes_unanswered(night, first)
    _is_answered(night, first)
    _other_child(night)
    _comes_back(night, first)
    _goes_again(night, first)
    _is_known_better(night, first)
    night.look(read_episode, first["reference"], "one")
    night.look(read_chronology, first["reference"], "two")
    seal_attempts(night.service)
    night.application.close()
    return str(first["reference"])


def _goes_unanswered(night: Night, body: dict[str, Any]) -> None:
    """Police refuse, then say nothing; people are told step by step, then all at once."""
    service, reference = night.service, body["reference"]
    night.sender.webhooks = REFUSED
    night.work()
    night.sender.webhooks = SILENT
    update_episode(reference, "sighting", {"text": "Seen."}, actor=EDT, service=service)
    night.go_on(12, seconds=5)
    seal_attempts(service)
    night.pass_time(minutes=10)
    night.work()
    obligation = owed(body, "police_acknowledgement")
    told = Actor("key:edt", HARROW, "edt", _somebody_told(night, obligation))
    take(obligation, actor=told, service=service)
    call = {"name": "Sgt Low", "number": "101", "result": "NO_ANSWER"}
    record_call(obligation, call, actor=EDT, service=service)
    night.sender.webhooks = TAKEN
    night.go_on(4, seconds=30)


def _somebody_told(night: Night, obligation: UUID) -> str:
    def told(reading: Any) -> str:
        steps = reading.all(StepTold, reading.listing.find("obligation", obligation))
        found: str = next(p for s in steps if s.obligation == obligation for p in s.people)
        return found

    return night.application.store.read(told)


def _is_answered(night: Night, body: dict[str, Any]) -> None:
    """Answered by mistake, undone, answered; a review decided."""
    service, reference = night.service, body["reference"]
    said = {
        "outcome": "RECORDED_MISSING",
        "reference": {"system": "CAD", "value": "CAD 1/2"},
        "acknowledged_by": {"name": "PC Smith"},
        "risk": "MEDIUM",
    }
    obligation = owed(body, "police_acknowledgement")
    acknowledge(obligation, said, actor=POLICE, service=service)
    undo_act(reference, _last(night), "wrong child", actor=EDT, service=service)
    other = said | {"reference": {"system": "CAD", "value": "CAD 1/3"}}
    done = acknowledge(obligation, other, actor=POLICE, service=service)
    review = {"decision": "CONTINUE", "reason": "still out"}
    decide(owed(done.body, "still_missing_review"), review, actor=MANAGER, service=service)
    night.go_on(2, seconds=5)


def _last(night: Night) -> int:
    """The number of the last act that can be undone."""
    with night.application.store.engine.connect() as connection:
        return int(connection.execute(select(func.max(ActTable.n))).scalar_one())


def _other_child(night: Night) -> None:
    """Away without leave, then missing, then found."""
    other = night.report("Kim Low", category="AWAY_UNAUTHORISED")
    at, reference = night.clock.now(), other["reference"]
    change_category(reference, "MISSING", at, "not back", actor=EDT, service=night.service)
    night.go_on(2, seconds=5)
    record_located(reference, at, {"how": "OTHER"}, actor=EDT, service=night.service)
    night.go_on(2, seconds=5)


def _comes_back(night: Night, body: dict[str, Any]) -> None:
    """Returned, interviewed, the record signed twice."""
    service = night.service
    content = {"to": "home", "well_being_confirmed_by": "carer"}
    done = record_returned(
        body["reference"], night.clock.now(), content, actor=EDT, service=service
    )
    interview = UUID(done.body["interview"]["id"])
    named = {"interviewer": "Ola Finch", "role": "worker", "organisation": "Charity"}
    allocate_interview(interview, named, actor=MANAGER, service=service)
    ended = {"status": "HELD", "at": night.clock.now()}
    end_interview(interview, ended, actor=MANAGER, service=service)
    for version, text in (('"0"', "a"), ('"1-0"', "b")):
        draft = {**RECORD, "analysis": text}
        save_draft(interview, draft, if_match=version, actor=MANAGER, service=service)
        sign_off(interview, actor=MANAGER, service=service)
    night.go_on(3, seconds=5)


def _is_known_better(night: Night, body: dict[str, Any]) -> None:
    """A name put right, and two versions of what is kept beforehand."""
    said = {"child": {"name": "Samuel Okoro"}}
    update_episode(body["reference"], "details", said, actor=EDT, service=night.service)
    child = UUID(body["child"]["id"])
    for etag in ("0", "1"):
        profile = {"what_works": f"Ring Nan {etag}."}
        keep_profile(child, profile, if_match=etag, actor=MANAGER, service=night.service)


def _goes_again(night: Night, body: dict[str, Any]) -> None:
    """The third report in a month prompts a question, the fourth joins it."""
    for _ in range(3):
        night.go_on(1, minutes=1)
        night.report(child={"id": body["child"]["id"], "name": "Sam Okoro"})
