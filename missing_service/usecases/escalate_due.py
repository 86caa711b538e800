"""Tell people what has lapsed: each due step is decided once, in the transaction that queues its
messages."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from missing_service.domain.directory import Person, Told
from missing_service.domain.episode import Episode
from missing_service.domain.events import (
    SERVICE,
    DrillUnanswered,
    LadderTold,
    PeopleTold,
    ReviewFellDue,
    ToldStep,
)
from missing_service.domain.interview import Interview
from missing_service.domain.ladder import REPEAT, Decision, DueStep, decide, matches
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.owing import ladder_facts
from missing_service.domain.people_message import called, lapsed, nobody_as, standing
from missing_service.domain.telling import SERVICE_STREAM
from missing_service.domain.urgency import Urgency, urgency
from missing_service.journal import record
from missing_service.ports import StoreBusy, StoreUnavailable
from missing_service.usecases.service import Service

MANY, ALL = 100, 5000
MOST_LEFT_OUT = 20  # streams at fault; beyond them each is decided by itself
STORE_FAULTS = (StoreBusy, StoreUnavailable)
OnFault = Callable[[UUID, Exception], object]
LATE = timedelta(
    minutes=1
)  # lapsed for longer: nobody could be told, so each person gets one message
LONGEST_CHAIN = 200  # reviews of a report that was entered years late


@dataclass(slots=True)
class Lapse:
    """One line for one person: what lapsed, of which obligation."""

    obligation: Obligation
    line: dict[str, str]
    urgency: Urgency


@dataclass(slots=True)
class Round:
    """One transaction's lapses, gathered by person where many lapsed together."""

    unit: Any
    at: datetime
    fold: bool
    stream: UUID | None = None  # the one that is being decided
    lines: dict[str, list[Lapse]] = field(default_factory=dict)

    def run(self, streams: Sequence[UUID]) -> None:
        for stream in streams:
            self.stream = stream
            self._run_one(stream)
        self.stream = None
        for person, lapses in self.lines.items():
            self._tell(person, lapses)

    def _run_one(self, stream: UUID) -> None:
        for _ in range(LONGEST_CHAIN):
            due = [o for o in self.unit.state.all(Obligation, stream) if self._is_due(o)]
            if not due:
                break
            for obligation in due:
                self._decide(obligation)

    def _is_due(self, obligation: Obligation) -> bool:
        return obligation.next_step_at is not None and obligation.next_step_at <= self.unit.now

    def _decide(self, obligation: Obligation) -> None:
        episode = self.unit.state.get(Episode, obligation.stream)
        head: dict[str, Any] = {"stream": obligation.stream, "at": self.at, "by": SERVICE}
        if episode.drill:
            unanswered = DrillUnanswered(id=self.unit.draw.id(), obligation=obligation.id, **head)
            record(self.unit, unanswered)
            return
        if obligation.is_open:
            self._tell_ladder(obligation, episode, head)
        row = self.unit.state.get(Obligation, obligation.id)
        if row.successor and row.due_at <= self.unit.now:
            self.unit.lock(episode.child)
            event = ReviewFellDue(id=self.unit.draw.id(), obligation=row.id, **head)
            record(self.unit, event)

    def _tell_ladder(self, obligation: Obligation, episode: Episode, head: dict[str, Any]) -> None:
        terms = self.unit.book.terms(obligation)
        facts = ladder_facts(episode, obligation)
        decision = decide(terms.ladder, obligation.run, facts, self.unit.now)
        if not decision.told:
            return
        decision = self._unsaid(obligation, decision)
        told = [
            self._whom(obligation, episode, step, terms.ladder, facts) for step in decision.told
        ]
        event = LadderTold(
            id=self.unit.draw.id(),
            obligation=obligation.id,
            steps=tuple(_told_step(s, t) for s, t in zip(decision.told, told, strict=True)),
            decided=decision.run.decided,
            repeated_to=decision.run.repeated_to,
            police=any(t.police for t in told),
            empty_roles=tuple(dict.fromkeys(r for t in told for r in t.empty_roles)),
            folded=self._fold(obligation, episode, decision, told),
            **head,
        )
        record(self.unit, event)

    def _unsaid(self, obligation: Obligation, decision: Decision) -> Decision:
        """What was said by itself while a clock ran ahead is not said again when its time comes.

        What was folded then is: one message must not leave people without another for a year.
        """
        steps = (self._rest_of(obligation, step) for step in decision.told)
        return replace(decision, told=tuple(step for step in steps if step))

    def _rest_of(self, obligation: Obligation, step: DueStep) -> DueStep | None:
        """Of several repeats of which the first was said, the last alone."""
        if step.step != REPEAT or not self._was_said(obligation, step.due_at):
            return step
        if step.until is None or self._was_said(obligation, step.until):
            return None
        return replace(step, due_at=step.until, until=None, count=1)

    def _was_said(self, obligation: Obligation, due_at: datetime) -> bool:
        return self.unit.state.find(StepTold, obligation.id, REPEAT, due_at) is not None

    def _whom(
        self, obligation: Obligation, episode: Episode, step: DueStep, ladder: Any, facts: Any
    ) -> Told:
        if step.passed_over:
            return Told((), False, ())
        later = list(_later(step, ladder, facts))
        named = {"owner": episode.owner, **self._interviewer(obligation)}
        directory = self.unit.book.directory
        found: Told = directory.people_for(step.tell, later, episode.council, self.at, named)
        return found

    def _interviewer(self, obligation: Obligation) -> dict[str, str]:
        interview = (
            self.unit.state.find(Interview, obligation.interview) if obligation.interview else None
        )
        return {"interviewer": interview.interviewer} if interview and interview.interviewer else {}

    def _fold(
        self, obligation: Obligation, episode: Episode, decision: Decision, told: Sequence[Told]
    ) -> tuple[str, ...]:
        """After an outage each person gets one message: their lines are kept for it."""
        if not self.fold:
            return ()
        for step, whom in zip(decision.told, told, strict=True):
            text = lapsed(self.unit.state, obligation, step.say, now=self.at, count=step.count)
            self._keep(obligation, episode, text, whom.people)
        empty = dict.fromkeys(role for whom in told for role in whom.empty_roles)
        admins = self.unit.book.directory.holders("admin", episode.council, self.at)
        if empty:
            text = f"{nobody_as(empty)} Do now: fill the rota."
            self._keep(obligation, episode, text, admins)
        people = [person for whom in told for person in whom.people]
        return tuple(dict.fromkeys(p.email for p in (*people, *(admins if empty else ()))))

    def _keep(
        self, obligation: Obligation, episode: Episode, text: str, people: Iterable[Person]
    ) -> None:
        line = {"episode": f"{called(episode)}, {standing(episode)}", "what": text}
        for person in people:
            lapse = Lapse(obligation, line, urgency(obligation, episode))
            self.lines.setdefault(person.email, []).append(lapse)

    def _tell(self, person: str, lapses: list[Lapse]) -> None:
        lapses.sort(key=lambda lapse: lapse.urgency)
        event = PeopleTold(
            id=self.unit.draw.id(),
            stream=SERVICE_STREAM,
            at=self.at,
            by=SERVICE,
            person=person,
            obligations=tuple(dict.fromkeys(lapse.obligation.id for lapse in lapses)),
            since=min(lapse.obligation.started_at for lapse in lapses),
            lines=tuple(lapse.line for lapse in lapses),
        )
        record(self.unit, event)


def _later(step: DueStep, ladder: Any, facts: Any) -> Iterator[Sequence[str]]:
    """Whom the following steps tell, then the repeats: to them falls what nobody is there to
    hear."""
    after = ladder.steps[step.step :] if isinstance(step.step, int) else ()
    for part in (*after, *ladder.repeats):
        if matches(part, facts):
            yield part.tell


def _told_step(step: DueStep, told: Told) -> ToldStep:
    return ToldStep(
        step=str(step.step),
        due_at=step.due_at,
        until=step.until,
        count=step.count,
        people=tuple(person.email for person in told.people),
        say=step.say,
        passed_over=step.passed_over,
    )


def escalate_due(service: Service, on_fault: OnFault | None = None) -> bool:
    """Decide what is due, many to a transaction; says whether anything was decided.

    A stream that cannot be decided is left as it is and stops no other: `on_fault` hears of it.
    Without one, the last fault is raised when all others have had their turn.
    """
    faults: dict[UUID, Exception] = {}
    decided = _decide(service, faults)
    for stream, fault in faults.items():
        if on_fault:
            on_fault(stream, fault)
    if faults and not on_fault:
        raise list(faults.values())[-1]
    return decided


def _decide(service: Service, faults: dict[UUID, Exception]) -> bool:
    """Together as long as few are at fault, so that each person still gets one message."""
    while len(faults) <= MOST_LEFT_OUT:
        rounds: list[Round] = []
        try:
            return _decide_together(service, faults, rounds)
        except STORE_FAULTS:
            raise
        except Exception as fault:
            if not rounds or rounds[-1].stream is None:
                break  # of no stream in particular
            faults[rounds[-1].stream] = fault
    return _one_by_one(service, faults)


def _one_by_one(service: Service, faults: dict[UUID, Exception]) -> bool:
    """Each in a transaction of its own; what was found at fault already is not tried again."""
    due = service.store.write(
        lambda unit: unit.due_streams(ALL), service.new_draw(service.clock.now())
    )
    left = [stream for stream in due if stream not in faults]
    return sum(_decide_one(service, stream, faults) for stream in left) > 0


def _decide_one(service: Service, stream: UUID, faults: dict[UUID, Exception]) -> bool:
    at = service.clock.now()

    def once(unit: Any) -> None:
        unit.lock(stream)
        Round(unit, at, fold=False).run([stream])

    try:
        service.store.write(once, service.new_draw(at))
    except STORE_FAULTS:
        raise
    except Exception as fault:
        faults[stream] = fault
    return stream not in faults


def _decide_together(service: Service, without: Container[UUID], rounds: list[Round]) -> bool:
    """What stays due because it cannot be decided takes no place in the batch, and makes nobody
    late."""
    at = service.clock.now()

    def once(unit: Any) -> bool:
        oldest = unit.oldest_due()
        if oldest is None:
            return False
        is_late = unit.now - oldest > LATE
        if is_late and not unit.is_alone("catch up"):
            return False  # another process is at it: two would tell each person twice
        found = unit.due_streams(ALL if without or is_late else MANY, patient=is_late)
        streams = [stream for stream in found if stream not in without]
        rounds.append(Round(unit, at, fold=_is_late(unit, streams)))
        rounds[-1].run(streams)
        return bool(streams)

    return service.store.write(once, service.new_draw(at))


def _is_late(unit: Any, streams: Sequence[UUID]) -> bool:
    """Whether anything there has waited for so long that nobody can have been looking."""
    owed = (o for stream in streams for o in unit.state.all(Obligation, stream))
    return any(o.next_step_at and unit.now - o.next_step_at > LATE for o in owed)
