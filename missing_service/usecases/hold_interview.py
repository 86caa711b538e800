"""The return home interview: who holds it, what came of it, and its written record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import rfc8785

from missing_service.access.scope import held
from missing_service.domain.episode import Episode
from missing_service.domain.errors import (
    AlreadyOver,
    Conflict,
    Invalid,
)
from missing_service.domain.events import (
    Actor,
    Event,
    InterviewAllocated,
    InterviewEnded,
    RecordSigned,
)
from missing_service.domain.interview import Interview
from missing_service.domain.return_duty import sent_outcome
from missing_service.domain.view import interview_view
from missing_service.domain.written_record import missing_parts, sent_to_police
from missing_service.journal import Unit, record
from missing_service.usecases.edits import check_version
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import not_later

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """An interview with its episode, locked."""

    unit: Unit
    episode: Episode
    interview: Interview
    at: datetime

    def head(self, actor: Actor) -> dict[str, Any]:
        return {
            "id": self.unit.draw.id(),
            "stream": self.episode.stream,
            "at": self.at,
            "by": actor,
            "interview": self.interview.id,
        }


def _act(
    interview: UUID,
    make: Callable[[Held], Event | None],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None,
    status: int = 200,
) -> Done:
    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "interview", interview)
        row = unit.state.get(Interview, interview)
        if row.void:
            raise Conflict(
                "The return that opened this interview was undone: nothing is owed here."
            )
        event = make(Held(unit, episode, row, at))
        if event:
            record(unit, event)
        return _answered(unit, episode, interview, at, status)

    return service.act(once, key=key)


def _answered(unit: Unit, episode: Episode, interview: UUID, at: datetime, status: int) -> Done:
    row = unit.state.get(Interview, interview)
    draft = unit.find_draft(interview) is not None
    body = interview_view(unit.state, row, unit.book.directory, draft=draft, now=at)
    return Done(episode.stream, body, status)


def allocate_interview(
    interview: UUID,
    said: Said,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Name who holds it, and why they are independent of the child's care."""

    def make(found: Held) -> Event:
        person = _person(found, said["interviewer"])
        return InterviewAllocated(
            **found.head(actor),
            interviewer=person,
            role=said.get("role") or "",
            organisation=said.get("organisation") or "",
            independence=said.get("independence") or "",
        )

    return _act(interview, make, actor=actor, service=service, key=key, status=201)


def _person(found: Held, said: str) -> str:
    """Somebody of the directory by e-mail, or a name; an e-mail that nobody has is a mistake."""
    if "@" in said and found.unit.book.directory.person(said) is None:
        raise Invalid(
            {"interviewer": "Nobody in the directory has this e-mail address: give a name instead."}
        )
    return said


def end_interview(
    interview: UUID,
    said: Said,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Held, declined, not possible or decided not, with what each requires."""

    def make(found: Held) -> Event:
        ended_at = said.get("at") or found.at
        _check_outcome(found, said, ended_at)
        content = {n: said.get(n) for n in ("reason", "authorised_by", "parent_offered", "covers")}
        return InterviewEnded(
            **found.head(actor),
            status=said["status"],
            outcome_at=ended_at,
            record_hash=_outcome_hash(said["status"], ended_at, content),
            content=content,
        )

    return _act(interview, make, actor=actor, service=service, key=key, status=201)


def _outcome_hash(status: str, at: datetime, content: Said) -> str | None:
    """Of the bytes that police are sent where there is no record to send."""
    if status == "HELD":
        return None
    return hash_of(sent_outcome({"status": status, "at": at, **content}))


def _check_outcome(found: Held, said: Said, ended_at: datetime) -> None:
    if found.interview.outcome_at:
        raise AlreadyOver("The outcome of this interview is recorded already.")
    not_later(ended_at, found.at, "at")
    returned = found.episode.returned_at
    if returned and ended_at < returned:
        raise Invalid({"at": "This lies before the child came back: check the time."})
    errors = {n: text for n, text in _needed(said) if said.get(n) in (None, "")}
    if errors:
        raise Invalid(errors)


def _needed(said: Said) -> list[tuple[str, str]]:
    """What each outcome requires (rules 9 and 10)."""
    reason = ("reason", "Give the reason, in the child's own words where you can.")
    parent = ("parent_offered", "Say whether parents or carers were offered their say.")
    authorised = ("authorised_by", "Name who decided that no interview is held.")
    return {
        "HELD": [],
        "DECLINED": [reason, parent],
        "NOT_POSSIBLE": [reason],
        "DECIDED_NOT": [reason, authorised],
    }[said["status"]]


def save_draft(
    interview: UUID, draft: Said, *, if_match: str | None, actor: Actor, service: Service
) -> Done:
    """Keep the draft; two people cannot overwrite each other."""

    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "interview", interview)
        before = unit.find_draft(interview)
        version = draft_version(unit, interview, before)
        check_version(if_match, version)
        number = (before.version if before else 0) + 1
        who = actor.name or actor.principal
        unit.save_draft(interview, episode.stream, number, who, orjson.dumps(draft))
        row = unit.state.get(Interview, interview)
        body = interview_view(unit.state, row, unit.book.directory, draft=True, now=at)
        return Done(episode.stream, {**body, "etag": f"{row.version}-{number}"})

    return service.act(once)


def draft_version(unit: Unit, interview: UUID, draft: Any) -> str:
    """The ETag of what is there now: "0" where nothing was written."""
    row = unit.state.get(Interview, interview)
    if draft is None and row.version == 0:
        return "0"
    return f"{row.version}-{draft.version if draft else 0}"


def sign_off(
    interview: UUID, *, actor: Actor, service: Service, key: RequestKey | None = None
) -> Done:
    """Fix the draft as the next version for ever, and send it to police."""

    def make(found: Held) -> Event:
        draft = found.unit.find_draft(interview)
        if draft is None:
            raise Conflict("There is no draft to sign: write the record first.")
        if found.interview.status != "HELD":
            raise Conflict("Record that the interview was held first: nothing else has a record.")
        whole = orjson.loads(draft.content)
        errors = missing_parts(whole)
        if errors:
            raise Invalid(errors)
        sent = sent_to_police(whole)
        found.unit.drop_draft(interview)
        return RecordSigned(
            **found.head(actor),
            version=found.interview.version + 1,
            record_hash=hash_of(sent),
            record=sent,
            whole=whole,
        )

    return _act(interview, make, actor=actor, service=service, key=key, status=201)


def hash_of(value: Said) -> str:
    """The hex SHA-256 over the RFC 8785 bytes: anybody can compute it anew."""
    return sha256(rfc8785.dumps(dict(value))).hexdigest()
