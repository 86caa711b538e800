"""What else goes with an act that is undone: a category, the outcome of an interview, an *I have
it*."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from missing_service.domain import events as e
from missing_service.domain.effects import Effect, discharge, move
from missing_service.domain.episode import Act, Episode
from missing_service.domain.interview import NOT_OFFERED, Interview
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.owing import open_of
from missing_service.domain.police_duty import AWAY, owe_acknowledgement
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.return_duty import IN_ERROR
from missing_service.domain.routing import ring_a_force_without_a_machine
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State

Rule = Callable[[State, e.ActUndone, Any, Rulebook], Iterator[Effect]]


def take_back(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """What the act said of the episode, its interview or a step is as if it had not been said."""
    rule = TAKEN_BACK.get(event.act_kind)
    act = next((told for _, told in state.story(event.stream) if told.id == event.act), None)
    if rule and act:
        yield from rule(state, event, act, book)


def stand_on_other_change(state: State, event: e.ActUndone, _: Rulebook) -> Iterator[Effect]:
    """Where another change made it missing as well, police owe their answer because of that one."""
    if event.act_kind != e.CategoryChanged.KIND:
        return
    others = (t for t in _standing_changes(state, event.stream) if _becomes_missing(t))
    other = next(others, None)
    for row in state.all(Obligation, event.stream) if other else ():
        if other and row.opened_by == event.act:
            yield move(row, opened_by=other.id)


def stood_upon(state: State, event: e.ActUndone) -> set[UUID]:
    """The interviews that the act undone opened, or whose outcome it was."""
    found = {i.id for i in state.all(Interview, event.stream) if i.opened_by == event.act}
    ended = (t for _, t in state.story(event.stream) if isinstance(t, e.InterviewEnded))
    return found | {told.interview for told in ended if told.id == event.act}


def _standing_changes(state: State, stream: UUID) -> list[e.CategoryChanged]:
    standing = {act.id for act in state.all(Act, stream) if act.stands}
    changes = (t for _, t in state.story(stream) if isinstance(t, e.CategoryChanged))
    return [told for told in changes if told.id in standing]


def _becomes_missing(told: e.CategoryChanged) -> bool:
    return told.was == AWAY and told.category != AWAY


def _category(
    state: State, event: e.ActUndone, act: e.CategoryChanged, book: Rulebook
) -> Iterator[Effect]:
    """It is what was said last, or at first; police who answered while it was wrongly *away* are
    asked anew."""
    first = next(t for _, t in state.story(event.stream) if isinstance(t, e.EpisodeReported))
    said = [first.category, *(t.category for t in _standing_changes(state, event.stream))]
    yield move(state.get(Episode, event.stream), category=said[-1])
    is_asked = open_of(state, event.stream, Kind.police_acknowledgement)
    if act.category == AWAY != said[-1] and not is_asked and _answered_since(state, event):
        yield from owe_acknowledgement(state, event, book)
        yield from ring_a_force_without_a_machine(state, event, book)


def _answered_since(state: State, event: e.ActUndone, but: Collection[UUID] = frozenset()) -> bool:
    return any(
        act.obligation not in but
        and act.n > event.n
        and act.stands
        and act.ends
        and act.kind == e.PoliceAnswered.KIND
        for act in state.all(Act, event.stream)
    )


def _withdrawn(
    state: State, event: e.ActUndone, act: e.EpisodeWithdrawn, book: Rulebook
) -> Iterator[Effect]:
    """Police who answered it while it was withdrawn have not answered the report."""
    is_asked = open_of(state, event.stream, Kind.police_acknowledgement)
    asked_by_it = {row.id for row in state.all(Obligation, event.stream) if row.opened_by == act.id}
    if not is_asked and _answered_since(state, event, but=asked_by_it):
        yield from owe_acknowledgement(state, event, book)
        yield from ring_a_force_without_a_machine(state, event, book)


def _outcome(
    state: State,
    event: e.ActUndone,
    act: e.InterviewEnded,
    book: Rulebook,  # noqa: ARG001 - each has the same form
) -> Iterator[Effect]:
    """The interview is owed again; its record, if any was sent, is not to be acknowledged."""
    yield move(state.get(Interview, act.interview), status=NOT_OFFERED, outcome_at=None)
    for row in open_of(state, event.stream, Kind.record_with_police):
        if row.interview == act.interview:
            yield discharge(row, at=event.at, by=event.id, how=IN_ERROR)


def _taken(
    state: State,
    event: e.ActUndone,
    act: e.ObligationTaken,
    book: Rulebook,  # noqa: ARG001 - each has the same form
) -> Iterator[Effect]:
    """Nobody is shown to have it who does not."""
    standing = {a.id for a in state.all(Act, event.stream) if a.stands}
    others = (t for _, t in state.story(event.stream) if isinstance(t, e.ObligationTaken))
    same = (t for t in others if (t.obligation, t.person) == (act.obligation, act.person))
    if any(told.id in standing for told in same):
        return
    for step in state.all(StepTold, event.stream):
        if step.obligation == act.obligation and act.person in step.taken_by:
            yield move(step, taken_by=tuple(p for p in step.taken_by if p != act.person))


TAKEN_BACK: Mapping[str, Rule] = {
    e.CategoryChanged.KIND: _category,
    e.EpisodeWithdrawn.KIND: _withdrawn,
    e.InterviewEnded.KIND: _outcome,
    e.ObligationTaken.KIND: _taken,
}
