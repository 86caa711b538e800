"""What people answer to something owed: police with a reference, a call, *I have it*, a
decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.access.scope import held
from missing_service.domain.casefile import read_story
from missing_service.domain.codes import EpisodeState, PoliceState
from missing_service.domain.episode import Act, Episode, Party
from missing_service.domain.errors import Conflict, Invalid, NotAllowed, WrongRecord
from missing_service.domain.events import (
    Actor,
    Event,
    PoliceAnswered,
    PoliceRung,
)
from missing_service.domain.interview import CHECK_CODE
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.return_duty import IN_ERROR
from missing_service.domain.undoing import REPLACED
from missing_service.journal import Unit, record
from missing_service.usecases.hold_drill import end_drill
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import answered, not_later

NOT_OWED = (IN_ERROR, REPLACED)
POLICE_OWE = (Kind.police_acknowledgement, Kind.record_with_police)
NO_REFERENCE = {"", "-", "--", "n/a", "na", "none", "nil", "unknown", "not known", "tbc", "?"}
WITHOUT_REFERENCE = ("WRONG_FORCE", "DECLINED")
WITH_REASON = ("DECLINED", "RECORDED_OTHER")
SAID = ("force", "duplicate_of", "risk")


@dataclass(frozen=True, slots=True)
class Asked:
    """An obligation with its episode, locked."""

    unit: Unit
    episode: Episode
    obligation: Obligation  # the one that stands
    at: datetime
    instead_of: UUID | None = None  # the one that was named, where it was opened in error

    def head(self, actor: Actor) -> dict[str, Any]:
        return {
            "id": self.unit.draw.id(),
            "stream": self.episode.stream,
            "at": self.at,
            "by": actor,
            "obligation": self.obligation.id,
        }


def act_on(
    obligation: UUID,
    make: Callable[[Asked], Event | None],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None,
    beside: str | None = None,
) -> Done:
    def once(unit: Unit, at: datetime) -> Done:
        if beside:
            _hold_both(unit, obligation, beside)
        episode = held(unit, actor, "obligation", obligation)
        asked = Asked(unit, episode, unit.state.get(Obligation, obligation), at)
        event = make(asked)
        if event:
            record(unit, event)
            end_drill(unit, episode.stream, at)
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def _hold_both(unit: Unit, obligation: UUID, reference: str) -> None:
    """A duplicate is judged by another episode: both are held before either is read."""
    found = (unit.find("obligation", obligation), unit.find("reference", reference))
    unit.lock(*(stream for stream in found if stream))


def acknowledge(
    obligation: UUID,
    said: Mapping[str, Any],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """A named person's answer with a reference ends it; the same again changes nothing."""

    def make(named: Asked) -> Event | None:
        asked = _in_its_place(named)
        _may_answer(asked, actor, said)
        _check_answer(asked, said)
        return None if _is_same(asked, said) else _answer_event(asked, said, actor)

    beside = said.get("duplicate_of")
    return act_on(obligation, make, actor=actor, service=service, key=key, beside=beside)


def _in_its_place(named: Asked) -> Asked:
    """What was opened in error, or is replaced, is answered by answering the duty that stands."""
    row = named.obligation
    if row.discharged_as not in NOT_OWED:
        return named
    same = [
        o
        for o in named.unit.state.all(Obligation, row.stream)
        if o.kind is row.kind and o.interview == row.interview and o.discharged_as not in NOT_OWED
    ]
    found = max(same, key=lambda o: (o.is_open, o.opened_at, o.id), default=None)
    return replace(named, obligation=found, instead_of=row.id) if found else named


def _may_answer(asked: Asked, actor: Actor, said: Mapping[str, Any]) -> None:
    if asked.obligation.kind not in POLICE_OWE:
        raise Conflict("This is not police's to acknowledge: it is met by another act.")
    if asked.obligation.kind is Kind.record_with_police and asked.obligation.discharged_as:
        raise Conflict(
            "This was opened in error: what the interview stood upon was undone, and no answer is "
            "owed. Rely on nothing of what was sent."
        )
    if actor.role == "police":
        party = asked.unit.state.find(Party, asked.episode.stream, actor.organisation)
        if party is None or actor.organisation != asked.obligation.force:
            raise NotAllowed(
                "Another force owes this answer: yours was told, and has nothing to acknowledge."
            )
    elif not said.get("by_phone"):
        raise Invalid({"by_phone": "Say true: you record what police said by telephone."})


def _check_answer(asked: Asked, said: Mapping[str, Any]) -> None:
    outcome = said["outcome"]
    if not ((said.get("acknowledged_by") or {}).get("name") or "").strip():
        raise Invalid({"acknowledged_by.name": "Name the officer: a machine's answer is nobody's."})
    reference = (said.get("reference") or {}).get("value", "")
    is_real = reference.strip().lower() not in NO_REFERENCE
    if not is_real and (outcome not in WITHOUT_REFERENCE or said.get("reference")):
        raise Invalid(
            {"reference.value": "Give the police reference: without one it is not acknowledged."}
        )
    if outcome in WITH_REASON and not (said.get("reason") or "").strip():
        raise Invalid({"reason": "Say why police do not record it as missing."})
    if asked.obligation.kind is Kind.record_with_police and outcome != "RECORDED_MISSING":
        raise Invalid(
            {"outcome": "A record is received or not: leave the outcome out, or ring the council."}
        )
    if outcome == "WRONG_FORCE" and not asked.obligation.is_open:
        raise Conflict(
            "This was acknowledged: undo that first, then name the force that it belongs to."
        )
    force = said.get("force")
    if force and force not in asked.unit.book.directory.forces:
        raise Invalid(
            {"force": "No such force is known here: leave it out, and say which in `reason`."}
        )
    not_later(_said_at(asked, said), asked.at, "acknowledged_at")
    if asked.obligation.kind is Kind.record_with_police:
        _check_record(asked.obligation, said)


def _check_record(obligation: Obligation, said: Mapping[str, Any]) -> None:
    given = (said.get("record_hash") or "").strip().lower()
    if not given:
        raise Invalid(
            {"record_hash": "Give the record's hash, or the check code printed on its page."}
        )
    owed = obligation.record_hash or ""
    if given not in (owed, owed[:CHECK_CODE]):
        raise WrongRecord(
            "That is the hash of another version: acknowledge the version that was sent last."
        )


def _said_at(asked: Asked, said: Mapping[str, Any]) -> datetime:
    found: datetime = said.get("acknowledged_at") or asked.at
    return found


def _is_same(asked: Asked, said: Mapping[str, Any]) -> bool:
    """The same answer with the same reference by the same person, given before and standing; a
    force that owes the answer and names another is always heard."""
    if said["outcome"] == "WRONG_FORCE" and said.get("force") not in (None, asked.obligation.force):
        return False
    return any(
        a.obligation == asked.obligation.id
        and a.outcome == said["outcome"]
        and a.ends == _ends(asked, said)
        and a.content.get("reference") == said.get("reference")
        and a.content.get("acknowledged_by") == said["acknowledged_by"]
        and (a.content.get("reason") or None) == (said.get("reason") or None)
        and [getattr(a, name) for name in SAID] == [said.get(name) for name in SAID]
        for a in _since_re_routed(asked)
    )


def _since_re_routed(asked: Asked) -> list[PoliceAnswered]:
    """The answers that stand, from the last that named another force: what was said before it is
    said anew."""
    stream = asked.episode.stream
    standing = {act.id for act in asked.unit.state.all(Act, stream) if act.stands}
    told = read_story(asked.unit.state.story(stream)).answers
    found = [answer for answer in told if answer.id in standing]
    routed = [
        n for n, answer in enumerate(found) if answer.outcome == "WRONG_FORCE" and answer.force
    ]
    return found[max(routed, default=0) :]


def _answer_event(asked: Asked, said: Mapping[str, Any], actor: Actor) -> Event:
    content = {name: said.get(name) for name in ("reference", "acknowledged_by", "reason")}
    return PoliceAnswered(
        **asked.head(actor),
        outcome=said["outcome"],
        acknowledged_at=_said_at(asked, said),
        by_phone=bool(said.get("by_phone")),
        ends=_ends(asked, said),
        force=said.get("force"),
        duplicate_of=said.get("duplicate_of"),
        risk=said.get("risk"),
        record_hash=said.get("record_hash"),
        instead_of=asked.instead_of,
        content=content,
    )


def _ends(asked: Asked, said: Mapping[str, Any]) -> bool:
    """Whether this answer can end what is owed (rule 1)."""
    match said["outcome"]:
        case "WRONG_FORCE":
            return False
        case "DECLINED":
            return bool(said.get("reference"))
        case "DUPLICATE_OF":
            return _is_duplicate(asked, said.get("duplicate_of"))
        case _:
            return True


def _is_duplicate(asked: Asked, reference: str | None) -> bool:
    """Only of an open, acknowledged episode of the same child: yesterday's entry is not tonight's
    search."""
    stream = asked.unit.find("reference", reference) if reference else None
    other = asked.unit.state.find(Episode, stream) if stream else None
    return (
        other is not None
        and other.id != asked.episode.id
        and _is_same_child(asked, other)
        and other.state in (EpisodeState.MISSING, EpisodeState.LOCATED)
        and other.police is PoliceState.ACKNOWLEDGED
        and _is_recorded(asked.unit, other)
    )


def _is_same_child(asked: Asked, other: Episode) -> bool:
    """By the child's record, or because the council linked the two reports as the same."""
    linked = read_story(asked.unit.state.story(asked.episode.stream)).linked
    return other.child == asked.episode.child or other.id in linked


def _is_recorded(unit: Unit, episode: Episode) -> bool:
    """Police have it as missing by an answer that stands, not as a duplicate in its turn."""
    kind, rows = Kind.police_acknowledgement, unit.state.all(Obligation, episode.stream)
    duties = {row.id for row in rows if row.kind is kind}
    acts = (a for a in unit.state.all(Act, episode.stream) if a.obligation in duties)
    return any(a.stands and a.ends and a.outcome == "RECORDED_MISSING" for a in acts)


def record_call(
    obligation: UUID,
    said: Mapping[str, Any],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """A call to police: it ends and delays nothing, and every later message says it."""

    def make(named: Asked) -> Event:
        content = {"name": said.get("name"), "number": said.get("number")}
        return PoliceRung(
            **_in_its_place(named).head(actor), result=said["result"], content=content
        )

    return act_on(obligation, make, actor=actor, service=service, key=key)
