"""The deeds of a life, done through the use cases, by those who would do them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bench.year.hours import MINUTE
from bench.year.places import COUNTIES, endpoint, on_call
from missing_service.domain.episode import Act, Episode
from missing_service.domain.events import Actor
from missing_service.domain.interview import Interview
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.usecases import answer_obligation as answer
from missing_service.usecases import decide_obligation
from missing_service.usecases import hold_interview as talk
from missing_service.usecases import record_return as back
from missing_service.usecases.report_missing import report_missing
from missing_service.usecases.service import RequestKey
from missing_service.usecases.undo_act import undo_act
from missing_service.usecases.update_episode import change_category, update_episode

if TYPE_CHECKING:
    from bench.year.running import Half

OFFICER = {"name": "PC Amira Khan", "role": "control room", "number": "4471QK"}
WELL = {"to": "home", "well_being_confirmed_by": "the foster carer"}
RECORD = {
    "why_left": "I wanted to see my brother.",
    "what_happened": "He walked, and slept at his brother's.",
    "trafficking_screen": {"answer": "NO", "note": ""},
    "helpline_given": True,
    "view_on_sharing": "Fine by him.",
    "told_about_sharing": "That police and his social worker read it.",
    "could_not_wait": {"answer": "NO", "note": ""},
    "seen_alone": "YES",
    "analysis": "Contact was promised and did not happen.",
    "withheld": [],
}
NOWHERE = UUID(int=0)  # until it is reported
ENDS: Mapping[str, Mapping[str, Any]] = {
    "HELD": {},
    "DECLINED": {"reason": "I have nothing to say.", "parent_offered": True},
    "DECIDED_NOT": {"reason": "Back within the hour.", "authorised_by": "the head of service"},
}


@dataclass
class Life:
    """One episode, as those know it who deal with it."""

    half: "Half"
    council: str
    reference: str = ""
    stream: UUID = NOWHERE
    returned: Any = None
    asked: int = 0  # how often police's answer was looked for

    def by(self, role: str, person: str) -> Actor:
        return Actor(f"key:{role} {self.council}", self.council, role, person)

    @property
    def edt(self) -> Actor:
        return self.by("edt", on_call("edt_worker", self.council))

    @property
    def manager(self) -> Actor:
        return self.by("manager", on_call("edt_manager", self.council))

    def do(self, act: Callable[..., Any], *said: Any, by: Actor | None = None) -> Any:
        return act(*said, actor=by or self.edt, service=self.half.service)

    def rows(self, kind: type) -> list[Any]:
        stream = self.stream
        return list(self.half.store.read(lambda reading: reading.all(kind, stream)))

    def open(self, *kinds: Kind) -> list[Obligation]:
        return [o for o in self.rows(Obligation) if o.is_open and o.kind in kinds]

    def later(self, minutes: float, name: str, said: Any = None) -> None:
        self.half.plan(self.half.clock.at + MINUTE * minutes, self, name, said)


def report(life: Life, said: Any) -> None:
    """With a key, as each desk's system sends it."""
    key = RequestKey(f"key:edt {life.council}", said["child"]["case_id"], b"as sent")
    done = report_missing(said, actor=life.edt, service=life.half.service, key=key)
    life.reference, life.stream = done.body["reference"], done.stream
    life.half.accept(life, done)


def acknowledge(life: Life, outcome: str) -> None:
    """A force answers what it was sent; what never came is rung up, and answered by telephone."""
    for duty in life.open(Kind.police_acknowledgement):
        force = duty.force or "met"
        if _is_out_of_reach(life, force) and life.asked < 4:
            life.asked += 1
            life.later(life.half.random.uniform(10, 40), "acknowledge", outcome)
            return
        by_phone = _is_out_of_reach(life, force)
        actor = life.edt if by_phone else Actor(f"key:{force}", force, "police", OFFICER["name"])
        life.do(answer.acknowledge, duty.id, _answer(life, outcome, by_phone=by_phone), by=actor)
        if outcome == "WRONG_FORCE":
            life.later(life.half.random.uniform(5, 50), "acknowledge", "RECORDED_MISSING")


def _is_out_of_reach(life: Life, force: str) -> bool:
    has_mailbox = force == "met"  # its desk reads what the gateway does not take
    return not has_mailbox and life.half.outside.is_away(endpoint(force))


def _answer(life: Life, outcome: str, *, by_phone: bool) -> dict[str, Any]:
    wrong = outcome == "WRONG_FORCE"
    number = life.half.random.randrange(10_000)
    return {
        "outcome": outcome,
        "reason": "as they said",
        "reference": None if wrong else {"system": "CAD", "value": f"CAD {number}"},
        "acknowledged_by": OFFICER,
        "force": life.half.random.choice(["met", *COUNTIES.values()]) if wrong else None,
        "by_phone": by_phone,
    }


def update_by_police(life: Life, _: Any) -> None:
    said = {"note": "patrols told", "by": OFFICER["name"], "by_phone": True}
    life.do(update_episode, life.reference, "police_update", said)


def update(life: Life, _: Any) -> None:
    life.do(update_episode, life.reference, "sighting", {"note": "seen at the station"})


def danger(life: Life, word: str) -> None:
    life.do(update_episode, life.reference, "report", {"immediate_danger": word})


def category(life: Life, word: str) -> None:
    to = "MISSING" if word == "MISSING" else "AWAY_UNAUTHORISED"
    where = (life.reference, to, life.half.clock.now(), "as it seems now")
    life.do(change_category, *where, by=life.manager)


def ring(life: Life, _: Any) -> None:
    for duty in life.open(Kind.police_acknowledgement):
        life.do(answer.record_call, duty.id, {"result": "IN_QUEUE", "name": "", "number": ""})


def take(life: Life, _: Any) -> None:
    for step in life.rows(StepTold)[:1]:
        if step.people:
            life.do(decide_obligation.take, step.obligation, by=life.by("edt", step.people[0]))


def decide(life: Life, _: Any) -> None:
    for duty in life.rows(Obligation):
        if duty.is_open and (words := decide_obligation.DECISIONS.get(duty.kind)):
            said = {"decision": words[0], "reason": "as it seems now"}
            life.do(decide_obligation.decide, duty.id, said, by=life.manager)


def locate(life: Life, _: Any) -> None:
    life.do(back.record_located, life.reference, life.half.clock.now(), {"how": "SELF"})


def bring_back(life: Life, well: bool) -> None:
    life.returned = life.half.clock.now() - MINUTE * life.half.random.choice([0, 5, 20, 90])
    said = WELL if well else {"to": "home"}
    life.do(back.record_returned, life.reference, life.returned, said)


def confirm(life: Life, _: Any) -> None:
    """Where nobody had said yet that the child is well, somebody does now."""
    if not life.rows(Episode)[0].well_being:
        at = life.returned or life.half.clock.now()
        life.do(back.record_returned, life.reference, at, WELL)


def close(life: Life, _: Any) -> None:
    if life.rows(Episode)[0].state != "CLOSED":
        life.do(back.close_episode, life.reference, "back and well")


def undo(life: Life, kind: str, again: Callable[[], None]) -> None:
    """The last act of its kind was typed on the wrong episode; then it is done as it should be."""
    acts = [a for a in life.rows(Act) if a.kind == kind and a.stands]
    if acts:
        life.do(undo_act, life.reference, max(a.n for a in acts), "mistake", by=life.edt)
        again()


def undo_answer(life: Life, _: Any) -> None:
    minutes = life.half.random.uniform(2, 60)
    again = lambda: life.later(minutes, "acknowledge", "RECORDED_MISSING")  # noqa: E731
    undo(life, "police.answered", again)


def undo_return(life: Life, _: Any) -> None:
    minutes = life.half.random.uniform(30, 600)
    undo(life, "episode.returned", lambda: life.later(minutes, "return", True))


def interview_of(life: Life) -> Interview | None:
    return next((row for row in life.rows(Interview) if not row.void), None)


def allocate(life: Life, _: Any) -> None:
    row = interview_of(life)
    if row and row.outcome_at is None:
        said = {"interviewer": "Tomasz Zielinski", "role": "adviser"}
        life.do(talk.allocate_interview, row.id, said, by=life.manager)


def end_interview(life: Life, status: str) -> None:
    row = interview_of(life)
    if row and row.outcome_at is None:
        life.do(talk.end_interview, row.id, {"status": status, **ENDS[status]}, by=life.manager)
    elif row is None:
        life.later(60 * 24, "interview", status)


def sign(life: Life, _: Any) -> None:
    row = interview_of(life)
    if row is None or row.status == "NOT_OFFERED":
        life.later(60 * 24, "sign")
    elif row.status == "HELD" and row.version == 0:
        life.do(lambda **who: talk.save_draft(row.id, RECORD, if_match="0", **who), by=life.manager)
        life.do(talk.sign_off, row.id, by=life.manager)


def receive_record(life: Life, _: Any) -> None:
    for duty in life.open(Kind.record_with_police):
        force = duty.force or "met"
        if life.half.outside.is_away(endpoint(force)):
            life.later(300, "receive record")
            return
        said = _answer(life, "RECORDED_MISSING", by_phone=False)
        actor = Actor(f"key:{force}", force, "police", OFFICER["name"])
        said["record_hash"] = duty.record_hash
        life.do(answer.acknowledge, duty.id, said, by=actor)


VERBS: Mapping[str, Callable[[Life, Any], None]] = {
    "report": report,
    "acknowledge": acknowledge,
    "police update": update_by_police,
    "undo an answer": undo_answer,
    "update": update,
    "danger": danger,
    "category": category,
    "ring police": ring,
    "take": take,
    "decide": decide,
    "locate": locate,
    "return": bring_back,
    "undo a return": undo_return,
    "confirm": confirm,
    "close": close,
    "allocate": allocate,
    "interview": end_interview,
    "sign": sign,
    "receive record": receive_record,
}
