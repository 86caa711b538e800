"""How an obligation is opened, counted anew, and met: used by every rule."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from missing_service.domain.effects import Effect, Moved, Opened, discharge, move
from missing_service.domain.episode import Episode
from missing_service.domain.events import Event
from missing_service.domain.ladder import Facts, due_instant, next_decision_at
from missing_service.domain.obligation import Obligation, ObligationState
from missing_service.domain.policy import ObligationKind
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State

ZERO = timedelta()


def ladder_facts(episode: Episode, obligation: Obligation) -> Facts:
    """What the conditions of a ladder's steps may ask."""
    return {
        "category": episode.category,
        "danger": episode.danger == "YES",
        "under_age": episode.under_age,
        "state": episode.state.value,
        "police": episode.police.value,
        "well_being": episode.well_being,
        "review": obligation.review or "",
    }


def open_obligation(
    state: State,
    event: Event,
    book: Rulebook,
    kind: ObligationKind,
    *,
    started_at: datetime,
    due_at: datetime | None = None,
    **more: Any,
) -> Opened:
    """A new obligation of this episode, under the policy in force, its ladder counted."""
    episode = state.get(Episode, event.stream)
    terms = book.policy.obligation(kind, episode.council)
    factor = terms.factor(episode.danger == "YES")
    due = due_at or due_instant(terms.due or ZERO, started_at, factor, book.calendar)
    row = Obligation(
        id=book.draw.id(),
        stream=event.stream,
        kind=kind,
        state=ObligationState.OPEN,
        council=episode.council,
        started_at=started_at,
        due_at=due,
        opened_at=event.at,
        opened_by=event.id,
        policy=book.policy.version,
        factor=str(factor),
        **{"force": episode.force, **more},
    )
    return Opened(_with_next(row, episode, book))


def _with_next(row: Obligation, episode: Episode, book: Rulebook) -> Obligation:
    return replace(row, next_step_at=next_instant(row, episode, book))


def next_instant(row: Obligation, episode: Episode, book: Rulebook) -> datetime | None:
    """When the obligation next wants looking at: a step of its ladder, or its successor's
    opening."""
    if episode.drill:  # nobody is woken for it: who did not answer is told of once
        return row.due_at if row.is_open and not row.decided else None
    opening = row.due_at if row.successor and episode.is_searched_for else None
    if not row.is_open:
        return opening
    step = next_decision_at(book.terms(row).ladder, row.run, ladder_facts(episode, row))
    return min((at for at in (step, opening) if at is not None), default=None)


def recount(state: State, event: Event, book: Rulebook) -> Iterator[Effect]:
    """Count every open ladder of the episode anew from its first clock, as facts now stand."""
    episode = state.find(Episode, event.stream)
    for row in state.all(Obligation, event.stream) if episode else ():
        if episode and (row.is_open or row.successor or row.next_step_at):
            yield from _recounted(row, episode, book)


def _recounted(row: Obligation, episode: Episode, book: Rulebook) -> Iterator[Moved]:
    terms = book.terms(row)
    factor = terms.factor(episode.danger == "YES")
    fresh = row
    if str(factor) != row.factor and isinstance(terms.due, timedelta) and not row.review:
        due = due_instant(terms.due, row.started_at, factor, book.calendar)
        fresh = replace(row, factor=str(factor), due_at=due)
    fresh = replace(fresh, next_step_at=next_instant(fresh, episode, book))
    changed = {n: getattr(fresh, n) for n in ("factor", "due_at", "next_step_at")}
    now_different = {n: v for n, v in changed.items() if v != getattr(row, n)}
    if now_different:
        yield move(row, **now_different)


def open_of(state: State, stream: UUID, *kinds: ObligationKind) -> list[Obligation]:
    return [o for o in state.all(Obligation, stream) if o.is_open and o.kind in kinds]


def end_all(
    state: State, event: Event, *kinds: ObligationKind, how: str | None = None
) -> Iterator[Effect]:
    for row in open_of(state, event.stream, *kinds):
        yield discharge(row, at=event.at, by=event.id, how=how)
