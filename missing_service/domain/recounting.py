"""Rules 15 and 33: a report that is withdrawn is counted in no pattern, so a strategy question that
nothing else prompted falls away; where it is restored, the question is asked again."""

from collections.abc import Iterator

from missing_service.domain import events as e
from missing_service.domain.codes import EpisodeState
from missing_service.domain.effects import Effect, discharge, move, reopen
from missing_service.domain.episode import Episode, TriggerMet
from missing_service.domain.links import counted_once, links_of
from missing_service.domain.obligation import Obligation
from missing_service.domain.owing import next_instant
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.policy import Policy
from missing_service.domain.repeats import patterns_met
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.withdrawing import WITHDRAWN


def stands(state: State, question: Obligation, policy: Policy) -> bool:
    """Whether any pattern that prompted it is still complete."""
    episodes = state.episodes_of(state.get(Episode, question.stream).child)
    counted = [row for row in episodes if row.state is not EpisodeState.WITHDRAWN]
    return any(
        met.question == question.id and _holds(state, met.rule, episode, counted, policy)
        for episode in counted
        for met in state.all(TriggerMet, episode.stream)
    )


def _holds(
    state: State, rule: str, episode: Episode, counted: list[Episode], policy: Policy
) -> bool:
    """A pattern of length is the episode's own; one of number needs enough others that count."""
    trigger = next((t for t in policy.triggers if t.name == rule), None)
    if trigger is None or trigger.episodes is None:
        return True
    rest = [row for row in counted if row.id != episode.id]
    once = counted_once(rest, links_of(state, rest))
    others = [one.reported_at for one in once]
    return bool(patterns_met([trigger], episode.reported_at, others))


def changed(
    state: State, child_questions: list[Obligation], policy: Policy
) -> Iterator[tuple[Obligation, bool]]:
    """The questions that fall away or are asked again, each with whether it stands."""
    for row in child_questions:
        if row.is_open and not stands(state, row, policy):
            yield row, False
    is_asked = any(row.is_open and stands(state, row, policy) for row in child_questions)
    fallen = (r for r in child_questions if not r.is_open and r.discharged_as == WITHDRAWN)
    again = next((row for row in fallen if stands(state, row, policy)), None)
    if again and not is_asked:
        yield again, True


def recount_question(state: State, event: e.PatternsRecounted, book: Rulebook) -> Iterator[Effect]:
    row = state.get(Obligation, event.question)
    if not event.stands:
        yield discharge(row, at=event.at, by=event.id, how=WITHDRAWN)
        return
    yield reopen(row)
    fresh, episode = state.get(Obligation, row.id), state.get(Episode, event.stream)
    yield move(fresh, next_step_at=next_instant(fresh, episode, book))


def strategy_questions(state: State, child_of: Episode) -> list[Obligation]:
    return state.owed_for(child_of.child, Kind.strategy_discussion)
