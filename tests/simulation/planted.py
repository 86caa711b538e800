"""Mistakes that others have made, each planted in memory: the simulation must find every one."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.database import lanes, log
from adapters.database import unit as unit_module
from adapters.guarded_http import outcome_of
from missing_service.domain import consequences, evolve, owing
from missing_service.domain import events as e
from missing_service.domain.delivery import Answer, Delivery, DeliveryState, Outcome, RetryDecision
from missing_service.domain.effects import discharge
from missing_service.domain.episode import Episode
from missing_service.domain.obligation import Obligation, ObligationState
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.ports import Claim, StoreUnavailable
from missing_service.usecases import answer_obligation, deliver_next, escalate_due, read_with_look
from missing_service.usecases.service import Done, Service
from tests.simulation import forces, processes, store
from workers.clock_watch import ClockWatch

Plant = Callable[[pytest.MonkeyPatch], None]
YEARS = timedelta(days=3650)
LONDON = ZoneInfo("Europe/London")
TAKEN = Answer(Outcome.TAKEN, 5, 200)
LAST = slice(-1, None)


def _honest(where: Any, name: str) -> Any:
    return getattr(where, name)


def taken_before_sent(patch: pytest.MonkeyPatch) -> None:
    """Noted as taken, then sent."""
    claim, note = deliver_next.claim_errands, deliver_next.note_answers

    def hasty(service: Any, *more: Any, **options: Any) -> Any:
        errands = claim(service, *more, **options)
        note(service, [(errand, TAKEN) for errand in errands], lambda: 0.5)
        return errands

    patch.setattr(deliver_next, "claim_errands", hasty)
    patch.setattr(deliver_next, "note_answers", lambda *_: None)


def redirect_is_taken(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(forces, "outcome_of", lambda s: Outcome.TAKEN if s < 400 else outcome_of(s))


def any_answer_is_taken(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(forces, "outcome_of", lambda _: Outcome.TAKEN)


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


def cursor_poller(patch: pytest.MonkeyPatch) -> None:
    """Only what is newer than the last one seen."""
    claim, last = deliver_next.claim_errands, [UUID(int=0)]

    def newer(*given: Any, **options: Any) -> Any:
        errands = [x for x in claim(*given, **options) if x.claim.delivery > last[0]]
        last.extend(sorted(x.claim.delivery for x in errands))
        del last[:-1]
        return errands

    patch.setattr(deliver_next, "claim_errands", newer)


def lane_without_a_lock(patch: pytest.MonkeyPatch) -> None:
    """The lane's head is taken, and the lane is not held."""

    def unheld(self: Any, row: Any, _: Any, token: Any) -> Claim | None:
        mine = lanes._lane_of(row)
        head = self._connection.execute(lanes.WAITING_IN_LANE, mine).first()
        if head is None:
            self._connection.execute(lanes.REST_LANE, mine)
            return None
        return Claim(head.id, head.stream, token, row.failures, row.failing_since, False)

    patch.setattr(lanes.Lanes, "_hold_lane", unheld)


def _retries(patch: pytest.MonkeyPatch, wait: Callable[..., timedelta | None]) -> None:
    decide = _honest(deliver_next, "decide_retry")

    def other(**given: Any) -> RetryDecision:
        found = decide(**given)
        return replace(found, wait=wait(**given) or found.wait)

    patch.setattr(deliver_next, "decide_retry", other)


def gives_up_after_ten(patch: pytest.MonkeyPatch) -> None:
    _retries(patch, lambda failures, **_: YEARS if failures > 10 else None)


def back_off_without_a_cap(patch: pytest.MonkeyPatch) -> None:
    _retries(patch, lambda failures, **_: timedelta(seconds=2 ** min(failures, 30)))


def retry_after_is_trusted(patch: pytest.MonkeyPatch) -> None:
    """A receiver that asks for ten years is given them."""
    _retries(patch, lambda jitter, **_: YEARS if jitter > 0.9 else None)


def lease_never_ends(patch: pytest.MonkeyPatch) -> None:
    claim = lanes.Lanes.claim

    def long(self: Any, channel: str, limit: int, _: Any, token: Any, **more: Any) -> Any:
        return claim(self, channel, limit, YEARS, token, **more)

    patch.setattr(lanes.Lanes, "claim", long)


def lease_by_the_hosts_clock(patch: pytest.MonkeyPatch) -> None:
    claim, off = deliver_next.claim_errands, [timedelta()]

    def by_host(service: Any, *more: Any, **options: Any) -> Any:
        off[0] = service.clock.now() - service.store.now()
        try:
            return claim(service, *more, **options)
        finally:
            off[0] = timedelta()

    here = property(lambda self: lanes.Lanes(self.connection, self.now + off[0]))
    patch.setattr(deliver_next, "claim_errands", by_host)
    patch.setattr(unit_module.SqlUnit, "lanes", here)


def late_failure_overwrites_taken(patch: pytest.MonkeyPatch) -> None:
    def write(self: Any) -> None:
        delivery = self.unit.state.get(Delivery, self.errand.claim.delivery)
        end = self._end_row()
        self.unit.keep_row("attempt", end)
        if self.answer.outcome is Outcome.TAKEN:
            self._taken(delivery, end)
            return
        self._event(e.DeliveryFailing, delivery=delivery.id, error="late", status=None)
        self._not_taken(replace(delivery, state=DeliveryState.FAILING))

    patch.setattr(deliver_next.Note, "write", write)


def _sends(patch: pytest.MonkeyPatch, change: Callable[[Any], Any]) -> None:
    send = deliver_next.send

    def other(errand: Any, sender: Any, service: Any) -> Answer:
        return send(replace(errand, message=change(errand)), sender, service)

    patch.setattr(deliver_next, "send", other)


def new_id_for_each_attempt(patch: pytest.MonkeyPatch) -> None:
    _sends(patch, lambda x: replace(x.message, id=UUID(int=x.message.id.int ^ x.number)))


def body_made_anew(patch: pytest.MonkeyPatch) -> None:
    _sends(patch, lambda x: replace(x.message, body=x.message.body + b" " * (x.number // 2)))


def key_in_another_transaction(patch: pytest.MonkeyPatch) -> None:
    act = Service.act

    def twice(self: Any, function: Any, *, key: Any = None) -> Done:
        at = self.clock.now()
        find = lambda unit: key and unit.find_answer(key.principal, key.key)  # noqa: E731
        if before := self.store.write(find, self.new_draw(at)):
            return Done(before.stream, before.body, before.status, replayed=True)
        done = act(self, function)
        if key:
            row = (key.principal, key.key, key.fingerprint, at, done.stream, 201, done.body)
            self.store.write(lambda unit: unit.keep_answer(*row), self.new_draw(at))
        return done

    patch.setattr(Service, "act", twice)


def failure_kept_under_the_key(patch: pytest.MonkeyPatch) -> None:
    act, kept = Service.act, dict[str, Done]()

    def remembers(self: Any, function: Any, *, key: Any = None) -> Done:
        if key and key.key in kept:
            return kept[key.key]
        try:
            return act(self, function, key=key)
        except StoreUnavailable:
            if key:
                kept[key.key] = Done(UUID(int=0), {}, 503)
            raise

    patch.setattr(Service, "act", remembers)


def _afterwards(patch: pytest.MonkeyPatch, begin: Callable[[], list[Any]], finish: Any) -> None:
    """After each transaction another one does what was left."""
    write = store.StepStore.write

    def both(self: Any, function: Any, draw: Any, *, look: bool = False) -> Any:
        left = begin()
        left.clear()
        result = write(self, function, draw, look=look)
        if left:
            rest = list(left)
            write(self, lambda unit: finish(unit, rest), draw)
        return result

    patch.setattr(store.StepStore, "write", both)


def queued_after_the_commit(patch: pytest.MonkeyPatch) -> None:
    left: list[Any] = []
    make_due = _honest(unit_module, "make_due")
    collect = lambda _c, _s, deliveries, _n: left.extend(deliveries)  # noqa: E731
    patch.setattr(unit_module, "make_due", collect)
    later = lambda unit, rest: make_due(unit.cursor, unit.statements, rest, unit.now)  # noqa: E731
    _afterwards(patch, lambda: left, later)


def logged_after_the_commit(patch: pytest.MonkeyPatch) -> None:
    left: list[Any] = []
    append = log.append

    def collect(_cursor: Any, _statements: Any, which: str, leaves: Any) -> None:
        left.extend((which, leaf) for leaf in leaves)

    def later(unit: Any, rest: Any) -> None:
        for which in ("duty", "access"):
            leaves = [leaf for name, leaf in rest if name == which]
            append(unit.cursor, unit.statements, which, leaves)

    patch.setattr(log, "append", collect)
    _afterwards(patch, lambda: left, later)


def hash_of_what_was_parsed(patch: pytest.MonkeyPatch) -> None:
    honest = _honest(log, "leaf_hash")
    anew = lambda leaf: honest(json.dumps(json.loads(leaf)).encode())  # noqa: E731
    patch.setattr(log, "leaf_hash", anew)


def _decides(patch: pytest.MonkeyPatch, keep: Callable[[Any, datetime], Any]) -> None:
    decide = _honest(escalate_due, "decide")

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
    honest = _honest(owing, "due_instant")

    def wall(due: Any, started_at: datetime, *more: Any) -> datetime:
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


def look_written_if_it_can_be(patch: pytest.MonkeyPatch) -> None:
    honest = read_with_look._write

    def tries(*given: Any) -> None:
        try:
            honest(*given)
        except (StoreUnavailable, store.Died):
            return

    patch.setattr(read_with_look, "_write", tries)


def one_bad_text_stops_all(patch: pytest.MonkeyPatch) -> None:
    def reads(unit: Any, delivery: Any) -> Any:
        return deliver_next._where(unit, delivery), unit.text(delivery.body)

    patch.setattr(deliver_next, "_readable", reads)


def commit_is_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(store.StepStore, "_is_committed", lambda *_: True)


def folded_and_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(escalate_due.Round, "_tell", lambda *_: None)


def clock_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ClockWatch, "look", lambda *_: None)


def undone_and_not_owed_again(patch: pytest.MonkeyPatch) -> None:
    rules: Any = consequences.RULES
    patch.setitem(rules, e.ActUndone, rules[e.ActUndone][1:])


PLANTED: Mapping[str, Plant] = {
    plant.__name__.replace("_", " "): plant
    for plant in (
        taken_before_sent, redirect_is_taken, any_answer_is_taken, machine_answer_acknowledges,
        cursor_poller, lane_without_a_lock, gives_up_after_ten, back_off_without_a_cap,
        retry_after_is_trusted, lease_never_ends, lease_by_the_hosts_clock,
        late_failure_overwrites_taken, new_id_for_each_attempt, body_made_anew,
        key_in_another_transaction, failure_kept_under_the_key, queued_after_the_commit,
        logged_after_the_commit, hash_of_what_was_parsed, only_the_last_lapsed_step,
        told_and_not_noted, a_seconds_grace, sleeps_until_a_time, hours_of_londons_wall,
        any_force_may_answer, nobody_need_be_named, ladder_runs_on, look_written_if_it_can_be,
        one_bad_text_stops_all, commit_is_believed, folded_and_forgotten, clock_is_not_looked_at,
        undone_and_not_owed_again, found_is_an_answer,
    )
}  # fmt: skip
