"""An act entered by mistake: what it ended is owed again from its first clock, what it opened was
opened in error."""

from collections.abc import Iterator
from uuid import UUID

from missing_service.domain import events as e
from missing_service.domain.effects import Effect, discharge, move, reopen
from missing_service.domain.episode import Act, Episode
from missing_service.domain.interview import Interview
from missing_service.domain.ladder import owed_again
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.owing import end_all, next_instant, open_of
from missing_service.domain.police_duty import follow_answer
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.repeats import is_joined, join_the_open_one
from missing_service.domain.return_duty import ENDED, IN_ERROR, move_clock
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.withdrawing import ENDS_WITH_IT, WITHDRAWN

NOT_GRADED = "NOT_GRADED"
REPLACED = "REPLACED"  # a later version of the record is owed instead


def undo(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """What the act discharged is owed again from its first clock; what it opened was opened in
    error."""
    if event.act_kind == e.ChildReturned.KIND:
        yield from _stand_on_other_return(state, event, book)
    ended = {o.id for o in state.all(Obligation, event.stream) if o.discharged_by == event.act}
    for interview in void_with(state, event):
        yield move(state.get(Interview, interview), void=True)
    yield from _owe_and_end(state, event, book, ended)
    yield from _ask_once(state, event)
    yield from _close_updates(state, event)
    yield from _stand_on_other_answer(state, event, book, ended)
    yield from _grade_again(state, event)
    if event.act_kind == e.ChildReturned.KIND:
        yield from _unpass(state, event)


def _owe_and_end(
    state: State, event: e.ActUndone, book: Rulebook, ended: set[UUID]
) -> Iterator[Effect]:
    episode, in_error = state.get(Episode, event.stream), _in_error(state, event)
    act = state.get(Act, event.act)
    void = {interview.id for interview in state.all(Interview, event.stream) if interview.void}
    for row in state.all(Obligation, event.stream):
        if row.interview in void or row.opened_by in in_error:
            is_owed = row.is_open or row.id in ended
            if is_owed and not is_joined(state, row, act):
                yield discharge(row, at=event.at, by=event.id, how=IN_ERROR)
        elif row.id in ended and _is_moot(state, row):
            yield discharge(row, at=event.at, by=event.id, how=IN_ERROR)
        elif row.id in ended and not row.is_open:
            yield from _owed_again(state, book, row, episode)


def _is_moot(state: State, row: Obligation) -> bool:
    """The question that it answered was itself entered by mistake."""
    asked = state.find(Act, row.opened_by)
    return row.kind is Kind.question_answered and asked is not None and not asked.stands


def void_with(state: State, event: e.ActUndone) -> set[UUID]:
    """The interviews that stood upon the act undone alone."""
    return {i.id for i in state.all(Interview, event.stream) if i.opened_by == event.act}


def _in_error(state: State, event: e.ActUndone) -> set[UUID]:
    """The act undone, and every act on what was opened by one of them."""
    found = {event.act}
    for act in sorted(state.all(Act, event.stream), key=lambda a: a.n):
        answered = state.find(Obligation, act.obligation) if act.obligation else None
        if answered and answered.opened_by in found:
            found.add(act.id)
    return found


def _stand_on_other_return(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """A return that was said twice, once by mistake: its interview runs from the one that
    stands."""
    returns = [
        a for a in state.all(Act, event.stream) if a.kind == e.ChildReturned.KIND and a.stands
    ]
    last = max(returns, key=lambda a: a.n, default=None)
    if last is None:
        return
    opened: list[Interview | Obligation] = [
        *state.all(Interview, event.stream),
        *state.all(Obligation, event.stream),
    ]
    for row in opened:
        if row.opened_by == event.act:
            yield move(row, opened_by=last.id)
    for held in open_of(state, event.stream, Kind.interview_held):
        yield from move_clock(state, event, book, held, last.happened_at)


def _stand_on_other_answer(
    state: State, event: e.ActUndone, book: Rulebook, ended: set[UUID]
) -> Iterator[Effect]:
    """Where a further answer ends it now, what follows from that one is owed instead."""
    for row in state.all(Obligation, event.stream):
        moved = row.id in ended and not row.is_open
        answer = _answer_to(state, row) if moved else None
        if answer:
            yield from follow_answer(state, answer, book)


def _answer_to(state: State, duty: Obligation) -> e.PoliceAnswered | None:
    """The answer by which police ended this duty to acknowledge a report."""
    if duty.kind is not Kind.police_acknowledgement:
        return None
    answers = (t for _, t in state.story(duty.stream) if isinstance(t, e.PoliceAnswered))
    return next((a for a in answers if a.id == duty.discharged_by), None)


def _ask_once(state: State, event: e.ActUndone) -> Iterator[Effect]:
    """Police are asked once, by the duty whose clock is the first."""
    duties = open_of(state, event.stream, Kind.police_acknowledgement)
    duties.sort(key=lambda o: (o.started_at, o.opened_at, o.id))
    for row in duties[1:]:
        yield discharge(row, at=event.at, by=event.id, how=IN_ERROR)
    force = state.get(Episode, event.stream).force
    if duties and duties[0].force != force:
        yield move(duties[0], force=force)


def _grade_again(state: State, event: e.ActUndone) -> Iterator[Effect]:
    """The grade is the last that an answer which stands, or an update, gave."""
    if not state.get(Act, event.act).risk:
        return
    said = [(a.n, a.risk) for a in state.all(Act, event.stream) if a.stands and a.risk]
    updates = [(n, t) for n, t in state.story(event.stream) if isinstance(t, e.EpisodeUpdated)]
    said += [(n, told.risk) for n, told in updates if told.risk]
    _, risk = max(said, default=(0, NOT_GRADED))
    yield move(state.get(Episode, event.stream), risk=risk)


def _unpass(state: State, event: e.ActUndone) -> Iterator[Effect]:
    """Steps passed over because the child was wrongly thought well are owed again."""
    told = [s for s in state.all(StepTold, event.stream) if s.passed_over and s.step.isdigit()]
    for row in state.all(Obligation, event.stream):
        steps = [int(s.step) for s in told if s.obligation == row.id]
        if row.is_open and steps:
            yield move(row, decided=owed_again(row.run, steps).decided)


def _owed_again(
    state: State, book: Rulebook, row: Obligation, episode: Episode
) -> Iterator[Effect]:
    """Unless another act that stands ends it as well."""
    other = _other_end(state, row)
    withdrawn = _withdrawal(state, row.stream)
    if other:
        yield move(row, discharged_by=other.id, discharged_at=other.at)
    elif withdrawn and row.kind in ENDS_WITH_IT:
        yield move(row, discharged_by=withdrawn.id, discharged_as=WITHDRAWN)
    elif row.discharged_as == ENDED and episode.well_being:
        yield move(row, discharged_by=_well_again(state, row.stream).id)
    elif later := _replaced_by(state, row):
        yield move(row, discharged_by=later.opened_by, discharged_as=REPLACED)
    elif row.discharged_as == WITHDRAWN and row.kind is Kind.strategy_discussion:
        yield from _ask_again(state, book, row, episode)
    else:
        yield from _reopen(state, book, row, episode)


def _ask_again(state: State, book: Rulebook, row: Obligation, episode: Episode) -> Iterator[Effect]:
    """Unless another question of this child was opened since: there is never a second one."""
    joined = list(join_the_open_one(state, row))
    yield from joined or _reopen(state, book, row, episode)


def _reopen(state: State, book: Rulebook, row: Obligation, episode: Episode) -> Iterator[Effect]:
    yield reopen(row)
    fresh = state.get(Obligation, row.id)
    yield move(fresh, next_step_at=next_instant(fresh, episode, book))


def _withdrawal(state: State, stream: UUID) -> Act | None:
    acts = [a for a in state.all(Act, stream) if a.kind == e.EpisodeWithdrawn.KIND and a.stands]
    return acts[0] if acts else None


def _replaced_by(state: State, row: Obligation) -> Obligation | None:
    """The duty of a later version of the same record."""
    if row.kind is not Kind.record_with_police:
        return None
    same = [o for o in state.all(Obligation, row.stream) if o.interview == row.interview]
    later = [o for o in same if (o.record_version or 0) > (row.record_version or 0)]
    return min(later, key=lambda o: o.record_version or 0, default=None)


def _well_again(state: State, stream: UUID) -> Act:
    """The first act that stands and says that the child is well."""
    acts = [a for a in state.all(Act, stream) if a.well_being and a.stands]
    return min(acts, key=lambda a: a.n)


def _other_end(state: State, row: Obligation) -> Act | None:
    acts = [a for a in state.all(Act, row.stream) if a.obligation == row.id and a.stands and a.ends]
    return min(acts, key=lambda a: a.n, default=None)


def _close_updates(state: State, event: e.ActUndone) -> Iterator[Effect]:
    """Police who have not answered owe no update."""
    duties = open_of(state, event.stream, Kind.police_acknowledgement)
    if duties and event.act_kind == e.PoliceAnswered.KIND:
        yield from end_all(state, event, Kind.police_update, how=IN_ERROR)
