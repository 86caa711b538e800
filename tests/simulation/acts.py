"""What is done with a case once it is reported: by police, by the council, by mistake."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from missing_service.access.looks import Looks
from missing_service.domain.casefile import read_story
from missing_service.domain.codes import WithdrawnWhy
from missing_service.domain.delivery import Delivery
from missing_service.domain.episode import Act, Episode, Profile
from missing_service.domain.errors import Refused
from missing_service.domain.events import Actor
from missing_service.domain.interview import Interview
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.state import State
from missing_service.usecases import answer_obligation as answer
from missing_service.usecases import ask_question as questions
from missing_service.usecases import decide_obligation
from missing_service.usecases import hold_interview as talk
from missing_service.usecases import keep_profile as profiles
from missing_service.usecases import record_return as back
from missing_service.usecases.change_owner import change_owner
from missing_service.usecases.keep_photo import keep_photo
from missing_service.usecases.link_episodes import link_episodes, unlink_episodes
from missing_service.usecases.read_episode import read_episode
from missing_service.usecases.read_with_look import Looker
from missing_service.usecases.record_told import record_told
from missing_service.usecases.retry_delivery import retry_delivery
from missing_service.usecases.undo_act import undo_act
from missing_service.usecases.update_episode import change_category, update_episode
from missing_service.usecases.withdraw_episode import withdraw_episode
from tests.builders import a_record
from tests.domain.directories import HARROW
from tests.simulation.people import EDT, Case

if TYPE_CHECKING:
    from tests.simulation.history import History

MANAGER = Actor("key:manager", HARROW, "manager", "edt_manager@harrow.example")
ADMIN = Actor("key:admin", HARROW, "admin", "admin@harrow.example")
OUTCOMES = ["RECORDED_MISSING"] * 8 + ["RECORDED_OTHER", "DECLINED", "WRONG_FORCE", "DUPLICATE_OF"]
Verb = Callable[["Doing"], Any]


@dataclass
class Doing:
    """One case in the hands of those who deal with it."""

    history: "History"
    case: Case

    def plan(self) -> None:
        draw = self.history.random.random
        for name, chance, verb, low, high in PLAN:
            if draw() < chance:
                self._later(name, verb, low, high)

    def _later(self, name: str, verb: Verb, low: float, high: float) -> None:
        self.history.people.later(name, lambda: verb(self), low, high)

    def rows(self, kind: type) -> list[Any]:
        with self.history.store.reading() as reading:
            return list(State(reading).all(kind, self.case.stream))

    def episode(self) -> Episode:
        found: Episode = self.rows(Episode)[0]
        return found

    def do(self, act: Callable[..., Any], *arguments: Any, actor: Actor = EDT) -> Any:
        return act(*arguments, actor=actor, service=self.history.service)

    def police(self, force: str) -> Actor:
        return Actor(f"key:{force}", force, "police", "PC Smith")

    # police

    def duty(self) -> Obligation | None:
        """The first duty to tell police; that it is gone is the worst there can be."""
        found = [o for o in self.rows(Obligation) if o.id == self.case.duty]
        if not found:
            self.history.say_wrong(f"I1: {self.case.reference} was accepted, and is gone")
        return found[0] if found else None

    def acknowledge(self) -> None:
        duty = self.duty()
        if duty is None:
            return
        force = duty.force or "met"
        if self._nobody_reads(force):
            self._later("acknowledge", Doing.acknowledge, 5, 60)
            return
        said = self._answer()
        self.do(answer.acknowledge, duty.id, said, actor=self.police(force))
        self.history.fired[f"answer: {said['outcome']}"] += 1
        if said["outcome"] in ("WRONG_FORCE", "DUPLICATE_OF", "DECLINED"):
            self._later("acknowledge", Doing.acknowledge, 1, 100)

    def _nobody_reads(self, force: str) -> bool:
        """Their machine takes everything, and no person looks at it."""
        address = self.history.world.address(f"https://{force}.example/")
        return address.fault == "nobody reads"

    def _answer(self) -> dict[str, Any]:
        draw = self.history.random
        outcome = draw.choice(OUTCOMES)
        bare = outcome == "WRONG_FORCE" or (outcome == "DECLINED" and draw.random() < 0.5)
        value = f"CAD {draw.randrange(9999)}"
        return {
            "outcome": outcome,
            "reason": "as they said",
            "reference": None if bare else {"system": "CAD", "value": value},
            "acknowledged_by": {"name": "PC Smith", "role": "", "number": ""},
            "force": draw.choice(["near", "met", "east", "far", None]),
            "duplicate_of": self._another() if outcome == "DUPLICATE_OF" else None,
        }

    def _another(self) -> str:
        cases = list(self.history.people.accepted.values())
        return self.history.random.choice(cases).reference

    def by_another_force(self) -> None:
        """What another force says of it ends nothing."""
        duty = self.duty()
        if duty is None:
            return
        others = [f for f in ("met", "near", "east") if f != duty.force]
        other = self.history.random.choice(others)
        said = {**self._answer(), "outcome": "RECORDED_MISSING"}
        said["reference"] = {"system": "CAD", "value": "CAD 1"}
        self._must_be_refused(duty, said, self.police(other), f"force {other}")

    def by_a_machine(self) -> None:
        """An answer that names nobody ends nothing."""
        duty = self.duty()
        if duty is None:
            return
        said = {**self._answer(), "outcome": "RECORDED_MISSING"}
        said["reference"] = {"system": "CAD", "value": "CAD 2"}
        said["acknowledged_by"] = {"name": " ", "role": "gateway", "number": ""}
        self._must_be_refused(duty, said, self.police(duty.force or "met"), "a machine")

    def _must_be_refused(self, duty: Any, said: dict[str, Any], actor: Actor, who: str) -> None:
        try:
            self.do(answer.acknowledge, duty.id, said, actor=actor)
        except Refused:
            self.history.fired[f"refused: an answer by {who.partition(' ')[0]}"] += 1
            return
        self.history.say_wrong(f"I4: {who} acknowledged {self.case.reference}")

    def acknowledge_record(self) -> None:
        kind = Kind.record_with_police
        for duty in [o for o in self.rows(Obligation) if o.kind is kind and o.is_open]:
            said = {**self._answer(), "outcome": "RECORDED_MISSING", "duplicate_of": None}
            said |= {"force": None, "record_hash": duty.record_hash}
            said["reference"] = {"system": "CAD", "value": "CAD 3"}
            self.do(answer.acknowledge, duty.id, said, actor=self.police(duty.force or "met"))

    # the council

    def hand_over(self) -> None:
        whom = self.history.random.choice(["edt_manager@harrow.example", "Asha Patel"])
        self.do(change_owner, self.case.reference, whom, "goes off duty")

    def ask(self) -> None:
        by_phone = self.history.random.random() < 0.5
        actor = EDT if by_phone else self.police(self.episode().force)
        said = {"text": "Which exit?", "by": "PC Smith", "by_phone": by_phone}
        self.do(questions.ask_question, self.case.reference, said, actor=actor)

    def reply(self) -> None:
        kind = Kind.question_answered
        for duty in [o for o in self.rows(Obligation) if o.kind is kind][:1]:
            said = {"text": "By the station.", "by": "Asha Patel"}
            self.do(questions.answer_question, self.case.reference, duty.opened_by, said)

    def call(self) -> None:
        result = self.history.random.choice(["IN_QUEUE", "NO_ANSWER"])
        said = {"result": result, "name": "", "number": ""}
        self.do(answer.record_call, self.case.duty, said)

    def take(self) -> None:
        for step in self.rows(StepTold):
            if step.people:
                person = self.history.random.choice(list(step.people))
                actor = Actor("key:edt", HARROW, "edt", person)
                self.do(decide_obligation.take, step.obligation, actor=actor)
                return

    def tell(self) -> None:
        said = self.history.random.choice([{"method": "phone"}, {"why_not": "no number"}])
        self.do(record_told, self.case.reference, None, {"who": "the mother", **said})

    def decide(self) -> None:
        for duty in self.rows(Obligation):
            words = decide_obligation.DECISIONS.get(duty.kind)
            if words and duty.is_open:
                word = self.history.random.choice(words)
                said = {"decision": word, "reason": "as it seems now"}
                self.do(decide_obligation.decide, duty.id, said, actor=MANAGER)
                self.history.fired[f"decided: {duty.kind}"] += 1
                return

    def update(self) -> None:
        said = {"note": "asked again", "by": "PC Smith", "by_phone": True}
        self.do(update_episode, self.case.reference, "police_update", said)

    def photo(self) -> None:
        said = bytes([self.history.random.randrange(3)]) * 40
        day = self.history.random.choice(["2020-05-01", "2026-11-01", None])
        keep_photo(self.case.reference, said, day, actor=EDT, service=self.history.service)

    def danger(self) -> None:
        said = {"immediate_danger": self.history.random.choice(["YES", "NO"])}
        self.do(update_episode, self.case.reference, "report", said)

    def name_child(self) -> None:
        said = {"child": {"name": "Robin Grey", "case_id": f"c-{self.case.child[-4:]}"}}
        self.do(update_episode, self.case.reference, "details", said)

    def keep_profile(self) -> None:
        """What two people keep at once is kept by one of them."""
        child, said = UUID(self.case.child), {"what_works": "ring the grandmother"}
        with self.history.store.reading() as reading:
            row = State(reading).find(Profile, child)
        tag = str(row.version) if row else "0"
        service = self.history.service
        profiles.keep_profile(child, said, if_match=tag, actor=MANAGER, service=service)

    def category(self) -> None:
        word = self.history.random.choice(["MISSING", "AWAY_UNAUTHORISED"])
        now = self.history.service.clock.now()
        where = (self.case.reference, word, now, "as it seems now")
        self.do(change_category, *where, actor=MANAGER)

    def locate(self) -> None:
        now = self.history.service.clock.now()
        self.do(back.record_located, self.case.reference, now, {"how": "SELF"})

    def bring_back(self) -> None:
        draw = self.history.random
        at = self.history.service.clock.now() - timedelta(minutes=draw.choice([0, 0, 20, 300]))
        said = {"to": "home", "well_being_confirmed_by": draw.choice(["carer", "carer", None])}
        self.do(back.record_returned, self.case.reference, at, said)

    def close(self) -> None:
        self.do(back.close_episode, self.case.reference, "back and well")

    def withdraw(self) -> None:
        said = {"note": "as it turns out", "authorised_by": "the carer"}
        why = self.history.random.choice(list(WithdrawnWhy))
        self.do(withdraw_episode, self.case.reference, why, said)

    def link(self) -> None:
        """With another report, or no longer with the one that it is linked with."""
        with self.history.store.reading() as reading:
            story = State(reading).story(self.case.stream)
        linked = sorted(read_story(story).linked.values())
        act = unlink_episodes if linked else link_episodes
        other = linked[0] if linked else self._another()
        self.do(act, self.case.reference, other, "as it turns out")

    def undo(self) -> None:
        acts = [a.n for a in self.rows(Act) if a.undone_by is None]
        if acts:
            number = self.history.random.choice(sorted(acts))
            self.do(undo_act, self.case.reference, number, "mistake")

    # the interview

    def interview(self) -> None:
        """Allocated, held, written and signed, each as far as the last left it."""
        for row in self.rows(Interview):
            if not row.void:
                self._go_on(row)
                self._later("interview", Doing.interview, 10, 300)
                return

    def _go_on(self, row: Interview) -> None:
        if row.interviewer is None:
            said = {"interviewer": "Tomasz Zielinski", "role": "adviser"}
            self.do(talk.allocate_interview, row.id, said, actor=MANAGER)
        elif row.outcome_at is None:
            self.do(talk.end_interview, row.id, {"status": "HELD"}, actor=MANAGER)
        elif row.version < 2:
            self._write(row.id)

    def _write(self, interview: UUID) -> None:
        service = self.history.service
        with self.history.store.reading() as reading:
            draft = reading.find_draft(interview)
            row = State(reading).get(Interview, interview)
        tag = "0" if draft is None and row.version == 0 else None
        tag = tag or f"{row.version}-{draft.version if draft else 0}"
        talk.save_draft(interview, a_record(), if_match=tag, actor=MANAGER, service=service)
        talk.sign_off(interview, actor=MANAGER, service=service)

    # looking, and mending

    def read(self) -> None:
        """What is shown stands in the access log first."""
        history = self.history
        number = history.people.looks = history.people.looks + 1
        looker = Looker(MANAGER, f"session {number}", "episode", Looks())
        read_episode(self.case.reference, looker=looker, service=history.service)
        history.people.shown.add(number)

    def retry(self) -> None:
        waiting = [d for d in self.rows(Delivery) if d.state.value in ("QUEUED", "FAILING")]
        for delivery in waiting[:1]:
            self.do(retry_delivery, delivery.id, actor=ADMIN)


# what may become of a case: its name, how likely, and between which minutes
PLAN: tuple[tuple[str, float, Verb, float, float], ...] = (
    ("acknowledge", 0.75, Doing.acknowledge, 1, 60),
    ("acknowledge", 0.6, Doing.acknowledge, 60, 400),
    ("by another force", 0.15, Doing.by_another_force, 1, 60),
    ("by a machine", 0.15, Doing.by_a_machine, 1, 60),
    ("hand over", 0.2, Doing.hand_over, 5, 300),
    ("ask", 0.3, Doing.ask, 3, 200),
    ("answer", 0.3, Doing.reply, 20, 400),
    ("call", 0.3, Doing.call, 3, 90),
    ("take", 0.3, Doing.take, 10, 200),
    ("tell", 0.2, Doing.tell, 10, 200),
    ("decide", 0.3, Doing.decide, 60, 500),
    ("update", 0.5, Doing.update, 2, 300),
    ("photo", 0.15, Doing.photo, 5, 300),
    ("danger", 0.2, Doing.danger, 1, 60),
    ("category", 0.2, Doing.category, 5, 200),
    ("name the child", 0.15, Doing.name_child, 2, 300),
    ("keep a profile", 0.15, Doing.keep_profile, 2, 900),
    ("locate", 0.2, Doing.locate, 10, 400),
    ("return", 0.7, Doing.bring_back, 10, 400),
    ("return", 0.2, Doing.bring_back, 200, 900),
    ("undo", 0.2, Doing.undo, 30, 700),
    ("undo", 0.2, Doing.undo, 30, 900),
    ("close", 0.3, Doing.close, 300, 900),
    ("link", 0.2, Doing.link, 5, 300),
    ("link", 0.1, Doing.link, 100, 500),
    ("withdraw", 0.2, Doing.withdraw, 5, 900),
    ("interview", 0.4, Doing.interview, 200, 900),
    ("acknowledge the record", 0.4, Doing.acknowledge_record, 500, 1400),
    ("read", 0.3, Doing.read, 1, 600),
    ("retry", 0.4, Doing.retry, 1, 60),
)
