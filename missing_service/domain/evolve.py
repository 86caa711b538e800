"""What an event makes of the rows that people read: the same function for the act itself and for
replay."""

from collections.abc import Callable
from typing import Any

from missing_service.domain import events as e
from missing_service.domain.codes import EpisodeState, PoliceState
from missing_service.domain.delivery import AttemptSeal, Delivery, DeliveryState
from missing_service.domain.episode import (
    Act,
    Episode,
    coming_back,
)
from missing_service.domain.evolve_child import CHILD_MOVES
from missing_service.domain.interview import Interview, RecordVersion
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.policy import ObligationKind
from missing_service.domain.registry import DirectoryEntry, PolicyVersion
from missing_service.domain.state import State
from missing_service.domain.stored import canonical


def evolve(state: State, event: e.Event, n: int) -> None:
    """Apply the event, number `n` of its stream, to the rows."""
    move: Callable[[State, Any, int], None] | None = MOVES.get(type(event))
    if move:
        move(state, event, n)
    if event.by.role != "service" and (episode := state.find(Episode, event.stream)):
        state.change(episode, version=episode.version + 1)


def _reported(state: State, event: e.EpisodeReported, _: int) -> None:
    state.put(
        Episode(
            id=event.stream,
            stream=event.stream,
            reference=event.reference,
            child=event.child,
            council=event.council,
            category=event.category,
            state=EpisodeState.MISSING,
            force=event.force,
            danger=event.danger,
            under_age=event.under_age,
            risk="NOT_GRADED",
            police=PoliceState.UNACKNOWLEDGED,
            owner=event.owner,
            well_being=False,
            became_aware_at=event.became_aware_at,
            reported_at=event.reported_at,
            recorded_at=event.at,
            drill=event.drill,
        )
    )


def _drill_unanswered(state: State, event: e.DrillUnanswered, _: int) -> None:
    state.change(state.get(Obligation, event.obligation), decided=1)


def _drill_answered(state: State, event: e.DrillAnswered, _: int) -> None:
    episode = state.get(Episode, event.stream)
    state.change(episode, state=EpisodeState.CLOSED, closed_at=event.at)


def _updated(state: State, event: e.EpisodeUpdated, _: int) -> None:
    said = {"danger": event.danger, "under_age": event.under_age, "risk": event.risk}
    known = {name: value for name, value in said.items() if value is not None}
    if known:
        state.change(state.get(Episode, event.stream), **known)


def _category(state: State, event: e.CategoryChanged, n: int) -> None:
    _act(state, event, n, happened_at=event.from_at)
    state.change(state.get(Episode, event.stream), category=event.category)


def _act(state: State, event: e.Event, n: int, **values: Any) -> None:
    by_police = event.by.role == "police"
    state.put(
        Act(
            id=event.id,
            stream=event.stream,
            n=n,
            kind=event.KIND,
            at=event.at,
            by_police=by_police,
            **values,
        )
    )


def _come_back(state: State, stream: Any) -> None:
    acts = sorted(state.all(Act, stream), key=lambda act: act.n)
    state.change(state.get(Episode, stream), **coming_back(acts))


def _located(state: State, event: e.ChildLocated, n: int) -> None:
    _act(state, event, n, happened_at=event.located_at)
    _come_back(state, event.stream)


def _returned(state: State, event: e.ChildReturned, n: int) -> None:
    _act(state, event, n, happened_at=event.returned_at, well_being=event.well_being)
    _come_back(state, event.stream)


def _closed(state: State, event: e.EpisodeClosed, n: int) -> None:
    _act(state, event, n, happened_at=event.at)
    _come_back(state, event.stream)


def _withdrawn(state: State, event: e.EpisodeWithdrawn, n: int) -> None:
    _act(state, event, n, happened_at=event.at, outcome=event.why)
    _come_back(state, event.stream)


def _undone(state: State, event: e.ActUndone, _: int) -> None:
    state.change(state.get(Act, event.act), undone_by=event.id)
    _come_back(state, event.stream)


def _answered(state: State, event: e.PoliceAnswered, n: int) -> None:
    _act(
        state,
        event,
        n,
        happened_at=event.acknowledged_at,
        obligation=event.obligation,
        outcome=event.outcome,
        ends=event.ends,
        risk=event.risk,
    )
    if event.risk:
        state.change(state.get(Episode, event.stream), risk=event.risk)


def _decided(state: State, event: e.ObligationDecided, n: int) -> None:
    _act(
        state,
        event,
        n,
        happened_at=event.at,
        obligation=event.obligation,
        outcome=event.decision,
        ends=True,
    )


def _owned(state: State, event: e.OwnerChanged, _: int) -> None:
    state.change(state.get(Episode, event.stream), owner=event.owner)


def _asked(state: State, event: e.QuestionAsked, n: int) -> None:
    _act(state, event, n, happened_at=event.at)


def _replied(state: State, event: e.QuestionAnswered, n: int) -> None:
    _act(state, event, n, happened_at=event.at, obligation=event.obligation, ends=True)


def _taken_by_person(state: State, event: e.ObligationTaken, n: int) -> None:
    duty = state.get(Obligation, event.obligation)
    ends = duty.kind is ObligationKind.day_services_told
    _act(state, event, n, happened_at=event.at, obligation=duty.id, ends=ends)
    for step in state.all(StepTold, event.stream):
        mine = step.obligation == event.obligation and event.person in step.people
        if mine and event.person not in step.taken_by:
            state.change(step, taken_by=(*step.taken_by, event.person))


def _told_by_person(state: State, event: e.ToldByPerson, n: int) -> None:
    _act(state, event, n, happened_at=event.told_at)


def _ladder_told(state: State, event: e.LadderTold, _: int) -> None:
    state.change(
        state.get(Obligation, event.obligation),
        decided=event.decided,
        repeated_to=event.repeated_to,
    )
    for step in event.steps:
        state.find(StepTold, event.obligation, step.step, step.due_at)  # passed over once, told now
        state.put(
            StepTold(
                obligation=event.obligation,
                step=step.step,
                due_at=step.due_at,
                stream=event.stream,
                event=event.id,
                until=step.until,
                count=step.count,
                told_at=event.at,
                people=step.people,
                passed_over=step.passed_over,
            )
        )


def _wound_back(state: State, event: e.LadderWoundBack, _: int) -> None:
    state.change(state.get(Obligation, event.obligation), repeated_to=event.repeated_to)


def _review_fell_due(state: State, event: e.ReviewFellDue, _: int) -> None:
    state.change(state.get(Obligation, event.obligation), successor=False)


def _failing(state: State, event: e.DeliveryFailing, _: int) -> None:
    state.change(state.get(Delivery, event.delivery), state=DeliveryState.FAILING)


def _refused(state: State, event: e.DeliveryRefused, _: int) -> None:
    row = state.get(Delivery, event.delivery)
    state.change(row, state=DeliveryState.FAILING, straggling=True)


def _overtaken(state: State, event: e.DeliveryOvertaken, _: int) -> None:
    state.change(state.get(Delivery, event.delivery), straggling=True)


def _taken(state: State, event: e.DeliveryTaken, _: int) -> None:
    row = state.get(Delivery, event.delivery)
    state.change(row, state=DeliveryState.TAKEN, taken_at=event.at)
    _seal(state, event, event.seal)


def _seal(state: State, event: e.Event, seal: e.SealedAttempts) -> None:
    if seal.last >= seal.first:
        state.put(
            AttemptSeal(
                delivery=seal.delivery,
                first=seal.first,
                last=seal.last,
                sha256=seal.sha256,
                stream=event.stream,
                event=event.id,
            )
        )


def _sealed(state: State, event: e.AttemptsSealed, _: int) -> None:
    for seal in event.seals:
        _seal(state, event, seal)


def _allocated(state: State, event: e.InterviewAllocated, _: int) -> None:
    state.change(
        state.get(Interview, event.interview),
        interviewer=event.interviewer,
        interviewer_role=event.role,
        interviewer_organisation=event.organisation,
    )


def _ended(state: State, event: e.InterviewEnded, n: int) -> None:
    _act(state, event, n, happened_at=event.outcome_at)
    state.change(
        state.get(Interview, event.interview), status=event.status, outcome_at=event.outcome_at
    )


def _signed(state: State, event: e.RecordSigned, _: int) -> None:
    state.put(
        RecordVersion(
            interview=event.interview,
            version=event.version,
            stream=event.stream,
            event=event.id,
            record_hash=event.record_hash,
            signed_at=event.at,
        )
    )
    state.change(
        state.get(Interview, event.interview),
        version=event.version,
        record_hash=event.record_hash,
        signed_at=event.at,
    )


def _directory(state: State, event: e.DirectoryChanged, _: int) -> None:
    for change in event.changes:
        kind, identity = change["kind"], change["identity"]
        before = state.find(DirectoryEntry, kind, identity)
        secret = event.id if f"{kind}/{identity}" in event.secrets else None
        state.put(
            DirectoryEntry(
                kind=kind,
                identity=identity,
                stream=event.stream,
                event=event.id,
                body=canonical(change["now"]).decode(),
                secret_event=secret or (before.secret_event if before else None),
            )
        )


def _policy(state: State, event: e.PolicyLoaded, _: int) -> None:
    state.put(
        PolicyVersion(version=event.version, stream=event.stream, event=event.id, body=event.body)
    )


MOVES: dict[type, Callable[[State, Any, int], None]] = {
    **CHILD_MOVES,
    e.EpisodeReported: _reported,
    e.DrillUnanswered: _drill_unanswered,
    e.DrillAnswered: _drill_answered,
    e.EpisodeUpdated: _updated,
    e.CategoryChanged: _category,
    e.ChildLocated: _located,
    e.ChildReturned: _returned,
    e.EpisodeClosed: _closed,
    e.EpisodeWithdrawn: _withdrawn,
    e.ActUndone: _undone,
    e.PoliceAnswered: _answered,
    e.ObligationDecided: _decided,
    e.OwnerChanged: _owned,
    e.QuestionAsked: _asked,
    e.QuestionAnswered: _replied,
    e.ObligationTaken: _taken_by_person,
    e.ToldByPerson: _told_by_person,
    e.LadderTold: _ladder_told,
    e.LadderWoundBack: _wound_back,
    e.ReviewFellDue: _review_fell_due,
    e.DeliveryFailing: _failing,
    e.DeliveryRefused: _refused,
    e.DeliveryOvertaken: _overtaken,
    e.DeliveryTaken: _taken,
    e.AttemptsSealed: _sealed,
    e.InterviewAllocated: _allocated,
    e.InterviewEnded: _ended,
    e.RecordSigned: _signed,
    e.DirectoryChanged: _directory,
    e.PolicyLoaded: _policy,
}
