"""Mistakes of the sender: what is taken, in which order, and when it is tried again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from adapters.database import lanes
from adapters.database.models import LaneTable
from adapters.guarded_http import outcome_of
from missing_service.domain import events as e
from missing_service.domain.delivery import Answer, Delivery, DeliveryState, Outcome
from missing_service.ports import Claim
from missing_service.usecases import deliver_next
from tests.simulation import forces
from tests.simulation.planted.plant import as_it_is

YEARS = timedelta(days=3650)
LONDON = ZoneInfo("Europe/London")
TAKEN = Answer(Outcome.TAKEN, 5, 200)
LAST = slice(-1, None)


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

    with_heads = lanes.Lanes._with_heads

    def unheld(self: Any, rows: Any, destination: str, token: UUID) -> list[Claim]:
        found = list(with_heads(self, rows, destination, token))
        held = update(LaneTable).where(LaneTable.token == token)
        self._connection.execute(held.values(token=None, until=None))
        return found

    patch.setattr(lanes.Lanes, "_with_heads", unheld)


def _retries(patch: pytest.MonkeyPatch, wait: Callable[..., timedelta | None]) -> None:
    decide = as_it_is(deliver_next, "decide_retry")

    def other(**given: Any) -> Any:
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

    begin = lanes.Lanes.__init__

    def begun(self: Any, unit: Any) -> None:
        begin(self, unit)
        self._now += off[0]

    patch.setattr(deliver_next, "claim_errands", by_host)
    patch.setattr(lanes.Lanes, "__init__", begun)


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


def one_bad_text_stops_all(patch: pytest.MonkeyPatch) -> None:
    def reads(unit: Any, delivery: Any) -> Any:
        return deliver_next._where(unit, delivery), unit.text(delivery.body)

    patch.setattr(deliver_next, "_readable", reads)
