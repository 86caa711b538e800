"""Mistakes of duties and their ladders: who may end one, and when a step is told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from missing_service.domain import consequences, evolve, owing
from missing_service.domain import events as e
from missing_service.domain.delivery import Answer, Outcome
from missing_service.domain.effects import discharge
from missing_service.domain.episode import Episode
from missing_service.domain.obligation import Obligation, ObligationState
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.undoing import undo
from missing_service.usecases import answer_obligation, escalate_due
from tests.simulation import processes
from tests.simulation.planted.plant import as_it_is
from workers.clock_watch import ClockWatch

YEARS = timedelta(days=3650)
LONDON = ZoneInfo("Europe/London")
TAKEN = Answer(Outcome.TAKEN, 5, 200)
LAST = slice(-1, None)


def _also(patch: pytest.MonkeyPatch, event: type, rule: Any) -> None:
    rules: Any = consequences.RULES
    patch.setitem(rules, event, (*rules[event], rule))


def _ends_the_duty(state: Any, event: Any, _: Any) -> Iterator[Any]:
    for row in owing.open_of(state, event.stream, Kind.police_acknowledgement):
        yield discharge(row, at=event.at, by=event.id, how=None)


def machine_answer_acknowledges(patch: pytest.MonkeyPatch) -> None:
    """What a gateway says in its 200 is believed."""
    _also(patch, e.DeliveryTaken, _ends_the_duty)


def found_is_an_answer(patch: pytest.MonkeyPatch) -> None:
    _also(patch, e.ChildLocated, _ends_the_duty)


def _decides(patch: pytest.MonkeyPatch, keep: Callable[[Any, datetime], Any]) -> None:
    decide = as_it_is(escalate_due, "decide")

    def other(ladder: Any, run: Any, facts: Any, now: datetime) -> Any:
        found = decide(ladder, run, facts, now)
        return replace(found, told=tuple(keep(found.told, now))) if found.told else found

    patch.setattr(escalate_due, "decide", other)


def only_the_last_lapsed_step(patch: pytest.MonkeyPatch) -> None:
    _decides(patch, lambda told, _: told[LAST])


def a_seconds_grace(patch: pytest.MonkeyPatch) -> None:
    grace = timedelta(seconds=1)
    _decides(patch, lambda told, now: [s for s in told if now - (s.until or s.due_at) <= grace])


def told_and_not_noted(patch: pytest.MonkeyPatch) -> None:
    """Two who look at once both find it due."""
    handlers: Any = evolve.MOVES
    honest = handlers[e.LadderTold]

    def forgets(state: Any, event: Any, n: int) -> None:
        before = state.get(Obligation, event.obligation)
        honest(state, event, n)
        state.put(before)

    patch.setitem(handlers, e.LadderTold, forgets)


def sleeps_until_a_time(patch: pytest.MonkeyPatch) -> None:
    """It looks when it last meant to look, and not before."""
    step = processes.Escalator.step
    until: dict[str, datetime] = {}

    def sleepy(self: Any) -> bool:
        now = self.service.store.now()
        if now < until.get(self.name, now):
            return False
        found = step(self)
        until[self.name] = self.history.pulse.next_step() or now + timedelta(hours=1)
        return found

    patch.setattr(processes.Escalator, "step", sleepy)


def hours_of_londons_wall(patch: pytest.MonkeyPatch) -> None:
    honest = as_it_is(owing, "due_instant")

    def wall(due: Any, started_at: datetime, *more: Any) -> Any:
        if not isinstance(due, timedelta):
            return honest(due, started_at, *more)
        length = honest(due, started_at, *more) - started_at
        return (started_at.astimezone(LONDON) + length).astimezone(started_at.tzinfo)

    patch.setattr(owing, "due_instant", wall)


def any_force_may_answer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answer_obligation, "_may_answer", lambda *_: None)


def nobody_need_be_named(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answer_obligation, "_check_answer", lambda *_: None)


def ladder_runs_on(patch: pytest.MonkeyPatch) -> None:
    """Met or not, the next step is told."""
    honest = owing.next_instant

    def as_if_open(row: Any, episode: Any, book: Any) -> Any:
        return honest(replace(row, state=ObligationState.OPEN), episode, book)

    def decides(self: Any, obligation: Any) -> None:
        episode = self.unit.state.get(Episode, obligation.stream)
        head = {"stream": obligation.stream, "at": self.at, "by": e.SERVICE}
        self._tell_ladder(obligation, episode, head)

    patch.setattr(owing, "next_instant", as_if_open)
    patch.setattr(escalate_due.Round, "_decide", decides)


def folded_and_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(escalate_due.Round, "_tell", lambda *_: None)


def clock_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ClockWatch, "look", lambda *_: None)


def undone_and_not_owed_again(patch: pytest.MonkeyPatch) -> None:
    rules: Any = consequences.RULES
    others = [rule for rule in rules[e.ActUndone] if rule is not undo]
    patch.setitem(rules, e.ActUndone, tuple(others))
