"""Rules 15 and 37: a child who goes missing again, or for long, prompts one open question: is a
strategy discussion needed?

The patterns are local protocol (`[trigger.…]` of the policy). The alert to police is never thinned.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from missing_service.domain import events as e
from missing_service.domain.codes import EpisodeState
from missing_service.domain.effects import Effect, Opened, move
from missing_service.domain.episode import Act, Episode, TriggerMet
from missing_service.domain.links import counted_once, links_of
from missing_service.domain.obligation import Obligation
from missing_service.domain.owing import open_obligation
from missing_service.domain.policy import FIRST, PLAN, Trigger
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.return_duty import IN_ERROR
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State

WITHDRAWN = EpisodeState.WITHDRAWN


def most_in_a_window(mine: datetime, others: Iterable[datetime], within: timedelta | None) -> int:
    """The most episodes that one window of that length holds, `mine` among them; both ends count.

    Without a length every one counts.
    """
    if within is None:
        return 1 + len(list(others))
    near = sorted(at for at in others if abs(at - mine) <= within)
    starts = [at for at in (*near, mine) if at <= mine]
    return max(1 + sum(start <= at <= start + within for at in near) for start in starts)


def patterns_met(
    triggers: Iterable[Trigger], mine: datetime, others: Sequence[datetime]
) -> list[str]:
    """The names of the counted patterns that this report completes."""
    return [
        trigger.name
        for trigger in triggers
        if trigger.on
        and trigger.episodes is not None
        and most_in_a_window(mine, others, trigger.within) >= trigger.episodes
    ]


def lengths_met(triggers: Iterable[Trigger], missing_for: timedelta, *, goes_on: bool) -> list[str]:
    """The names of the patterns of length; who is still missing when a limit is reached is over
    it."""
    limits = [(t.name, t.missing_over) for t in triggers if t.on and t.missing_over is not None]
    return [n for n, limit in limits if missing_for > limit or (goes_on and missing_for == limit)]


def count_reports(state: State, event: e.EpisodeReported, book: Rulebook) -> Iterator[Effect]:
    """Each report of a child is counted with the child's others, whatever their category."""
    rows = state.episodes_of(event.child)
    before = [row for row in rows if row.id != event.stream and row.state is not WITHDRAWN]
    others, triggers = [row.reported_at for row in before], book.policy.triggers
    met = patterns_met(triggers, event.reported_at, others)
    if met:  # only then are their stories read: what is linked as the same is one
        once = counted_once(before, links_of(state, before))
        met = patterns_met(triggers, event.reported_at, [one.reported_at for one in once])
    yield from _prompt(state, event, book, met)


def measure_at_review(state: State, event: e.ReviewFellDue, book: Rulebook) -> Iterator[Effect]:
    """A pattern of length is one of the reviews': whoever is missing then has been for so long."""
    episode = state.get(Episode, event.stream)
    if episode.is_searched_for:
        missing_for = event.at - episode.reported_at
        met = lengths_met(book.policy.triggers, missing_for, goes_on=True)
        yield from _prompt(state, event, book, met)


def measure_at_return(state: State, event: e.ChildReturned, book: Rulebook) -> Iterator[Effect]:
    """Entered late: the child was back before anybody looked."""
    missing_for = event.returned_at - state.get(Episode, event.stream).reported_at
    yield from _prompt(
        state, event, book, lengths_met(book.policy.triggers, missing_for, goes_on=False)
    )


def _prompt(state: State, event: e.Event, book: Rulebook, met: Iterable[str]) -> Iterator[Effect]:
    """Further patterns join the question that is open; there is never a second one."""
    rows = state.all(TriggerMet, event.stream)
    known = {row.rule for row in rows if not _is_in_error(state.find(Obligation, row.question))}
    for rule in [name for name in met if name not in known]:
        if not _open_questions(state, event):
            yield _ask(state, event, book)
        question = _open_questions(state, event)[0].id
        yield Opened(TriggerMet(stream=event.stream, rule=rule, at=event.at, question=question))


def _is_in_error(question: Obligation | None) -> bool:
    """What was asked because of an act that was undone has not been asked."""
    return question is not None and question.discharged_as == IN_ERROR


def is_joined(state: State, question: Obligation, act: Act) -> bool:
    """Whether more than this act prompted the question: then it outlives the act's undoing."""
    child = state.get(Episode, act.stream).child
    streams = {act.stream, *(episode.stream for episode in state.episodes_of(child))}
    met = [row for stream in streams for row in state.all(TriggerMet, stream)]
    joined = [row for row in met if row.question == question.id]
    return any((row.stream, row.at) != (act.stream, act.at) for row in joined)


def is_joined_elsewhere(state: State, question: Obligation) -> bool:
    """Whether another episode of the child, not withdrawn, completed a pattern of its own."""
    child = state.get(Episode, question.stream).child
    others = [row for row in state.episodes_of(child) if row.stream != question.stream]
    counted = (row for row in others if row.state is not EpisodeState.WITHDRAWN)
    met = (row for episode in counted for row in state.all(TriggerMet, episode.stream))
    return any(row.question == question.id for row in met)


def join_the_open_one(state: State, question: Obligation) -> Iterator[Effect]:
    """What prompted a question that is asked again joins the one that is open meanwhile."""
    child = state.get(Episode, question.stream).child
    owed = state.owed_for(child, Kind.strategy_discussion)
    other = next((row for row in owed if row.is_open and row.id != question.id), None)
    for met in state.all(TriggerMet, question.stream) if other else ():
        if other and met.question == question.id:
            yield move(met, question=other.id)


def _questions(state: State, event: e.Event) -> list[Obligation]:
    child = state.get(Episode, event.stream).child
    return state.owed_for(child, Kind.strategy_discussion)


def _open_questions(state: State, event: e.Event) -> list[Obligation]:
    return [row for row in _questions(state, event) if row.is_open]


def _ask(state: State, event: e.Event, book: Rulebook) -> Opened:
    """Answered lately: not "is one needed?" but "does the plan still hold, what is different?"."""
    since = event.at - book.policy.figures.strategy_recent
    answered = [o.discharged_at for o in _questions(state, event) if o.discharged_as is None]
    is_recent = any(at and at >= since for at in answered)
    review = PLAN if is_recent else FIRST
    kind = Kind.strategy_discussion
    return open_obligation(state, event, book, kind, started_at=event.at, review=review)
