"""Send what waits: claim with a lease, send with no transaction open, note what came back."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from missing_service.domain.attempts import AttemptRow, hash_of_rows
from missing_service.domain.delivery import Answer, Delivery, DeliveryState, Message, Outcome
from missing_service.domain.directory import Directory
from missing_service.domain.events import (
    SERVICE,
    DeliveryFailing,
    DeliveryOvertaken,
    DeliveryRefused,
    DeliveryTaken,
    Event,
    SealedAttempts,
)
from missing_service.domain.retry import decide_retry
from missing_service.domain.telling import MAIL
from missing_service.journal import record
from missing_service.ports import Claim, Sender, StoreBusy, StoreUnavailable, UnreadableText
from missing_service.usecases.next_channel import bring_in, bring_in_for_all, fails_for_long
from missing_service.usecases.paces import Paces as Paces
from missing_service.usecases.service import Service

Jitter = Callable[[], float]
OnFault = Callable[[str, Exception], object]
STORE_FAULTS = (StoreBusy, StoreUnavailable)
NOT_TO_BE_READ = (UnreadableText, ValueError, TypeError)  # altered, or of no form that is known


@dataclass(frozen=True, slots=True)
class Errand:
    """One claimed delivery with all that sending it needs."""

    claim: Claim
    message: Message
    kind: str  # "webhook", "mail"
    address: str
    secrets: Sequence[str]
    channel: str
    number: int  # which attempt it is
    answered_at: datetime | None = None  # when its destination last answered, by the store's clock


Answered = tuple[Errand, Answer, float]  # with the jitter drawn for it


def let_all_go(service: Service) -> None:
    """Where one process alone holds the service: what it held when it died is work again at
    once."""
    service.store.write(lambda unit: unit.lanes.let_all_go(), service.new_draw(service.clock.now()))


def claim_errands(
    service: Service,
    paces: Paces,
    *,
    among: Sequence[str] | None = None,
    on_fault: OnFault | None = None,
) -> list[Errand]:
    """Claim what is due, for each destination by itself, and commit each attempt's start.

    `among`: the destinations known to have something; else each is asked. One of which nothing can
    be claimed stops no other where `on_fault` hears of it.
    """
    channels = _destinations(service.store.directory()) if among is None else among
    try:
        return _claim(service, paces, channels)
    except STORE_FAULTS:
        raise
    except Exception:
        if on_fault is None:
            raise
    found: list[Errand] = []
    for channel in channels:
        found += _claim_of_one(service, paces, channel, on_fault)
    return found


def claim_letters(service: Service, paces: Paces, lane: UUID) -> list[Errand]:
    """Claim what is due to people in one lane alone: what the workers themselves must not be needed
    for."""
    at = service.clock.now()

    def once(unit: Any) -> list[Errand]:
        room, _ = paces.room(MAIL, at)
        lease = unit.book.policy.figures.lease
        claims = unit.lanes.claim_in(lane, MAIL, room, lease, unit.draw.id()) if room else []
        answered_at = _answered_at(unit, MAIL, paces, at)
        return [_errand(unit, claim, at, answered_at) for claim in claims]

    return service.store.write(once, service.new_draw(at))


def _claim_of_one(
    service: Service, paces: Paces, channel: str, on_fault: OnFault
) -> Sequence[Errand]:
    try:
        return _claim(service, paces, [channel])
    except Exception as fault:
        on_fault(channel, fault)
        return ()


def _claim(service: Service, paces: Paces, channels: Sequence[str]) -> list[Errand]:
    at = service.clock.now()

    def once(unit: Any) -> list[Errand]:
        found: list[Errand] = []
        for channel in channels:
            now = service.clock.now()
            answered_at = _answered_at(unit, channel, paces, now)
            for claim in _claims(unit, channel, paces, now):
                found.append(_errand(unit, claim, at, answered_at))
        return found

    return service.store.write(once, service.new_draw(at))


def _answered_at(unit: Any, channel: str, paces: Paces, now: datetime) -> datetime | None:
    """By the store's clock: this host's may be minutes away from the others'."""
    ago = paces.answered_ago(channel, now)
    return None if ago is None else unit.now - ago


def _destinations(directory: Directory) -> list[str]:
    owners = directory.all_channels.values()
    return [f"{c.owner}/{c.name}" for channels in owners for c in channels] + [MAIL]


def _claims(unit: Any, channel: str, paces: Paces, now: datetime) -> list[Claim]:
    room, fresh = paces.room(channel, now)
    lease = unit.book.policy.figures.lease
    token = unit.draw.id()
    claims: list[Claim] = unit.lanes.claim(channel, room, lease, token) if room else []
    left = fresh - len(claims)
    if left > 0 and room <= len(claims):
        claims += unit.lanes.claim(channel, left, lease, token, fresh=True)
    return claims


def _errand(unit: Any, claim: Claim, at: datetime, answered_at: datetime | None) -> Errand:
    delivery = unit.state.get(Delivery, claim.delivery)
    rows, _ = unit.lanes.attempts(claim.delivery)
    number = (rows + 1) // 2 + 1
    n = rows + 1 if rows % 2 == 0 else rows + 2  # an attempt cut off has no end row
    unit.keep_row("attempt", AttemptRow(delivery=delivery.id, n=n, at=at, number=number))
    (kind, address, secrets), body = _readable(unit, delivery)
    message = Message(delivery.id, body, delivery.queued_at)
    return Errand(claim, message, kind, address, secrets, delivery.channel, n, answered_at)


def _readable(unit: Any, delivery: Delivery) -> tuple[tuple[str, str, Sequence[str]], bytes]:
    """Where to and what; what cannot be read goes nowhere, is tried again, and people are told."""
    try:
        return _where(unit, delivery), unit.text(delivery.body) or b""
    except NOT_TO_BE_READ:
        return ("what cannot be read", "", ()), b""


def _where(unit: Any, delivery: Delivery) -> tuple[str, str, Sequence[str]]:
    if delivery.channel == MAIL:
        return "mail", delivery.recipient, ()
    channel = unit.book.directory.channel(delivery.channel)
    if channel is None:
        return "nowhere", "", ()
    if channel.kind == "webhook":
        return "webhook", channel.url or "", unit.secrets("channel", delivery.channel)
    return "mail", channel.address or "", ()


def send(errand: Errand, sender: Sender, service: Service) -> Answer:
    """One attempt; no transaction is open while it runs."""
    messenger = sender.messenger(errand.kind, errand.address, errand.secrets)
    return messenger.send(errand.message, service.clock.now())


def note_answers(
    service: Service, answered: Iterable[tuple[Errand, Answer]], jitter: Jitter
) -> None:
    """Write down what came back; what was taken, refused or fails for long is an event.

    Letters to people are noted apart: trouble with an alert queues letters, whose lanes come last.
    """
    pairs = [(errand, answer, jitter()) for errand, answer in answered]
    for is_mail in (False, True):
        _note_all(service, [pair for pair in pairs if (pair[0].channel == MAIL) is is_mail])
    for channel, answered_at in _silent(pairs).items():
        with suppress(*STORE_FAULTS):  # the answers stand; the next probe brings it in
            bring_in_for_all(service, channel, answered_at)


def _silent(pairs: Sequence[Answered]) -> dict[str, datetime | None]:
    """The destinations that answered none of these, and when each last did."""
    silent = {e.channel: e.answered_at for e, _, _ in pairs if e.channel != MAIL}
    for errand, answer, _ in pairs:
        if answer.outcome is not Outcome.UNREACHABLE:
            silent.pop(errand.channel, None)
    return silent


def _note_all(service: Service, rest: list[Answered]) -> None:
    while rest:
        first = {answer[0].claim.delivery: answer for answer in reversed(rest)}
        rest = [answer for answer in rest if first[answer[0].claim.delivery] is not answer]
        _note(service, list(first.values()))


def _note(service: Service, pairs: Sequence[Answered]) -> None:
    """One transaction, with one answer at most for each delivery: each seals what stood before."""
    at = service.clock.now()

    def once(unit: Any) -> None:
        streams = [errand.claim.stream for errand, _, _ in pairs]
        deliveries = [errand.claim.delivery for errand, _, _ in pairs]
        unit.lock(*streams)
        unit.lanes.settle(*deliveries)
        unit.lanes.know(deliveries, streams)
        for errand, answer, drawn in pairs:
            Note(unit, errand, answer, drawn, at).write()

    service.store.write(once, service.new_draw(at))


@dataclass(slots=True)
class Note:
    """What one answer changes."""

    unit: Any
    errand: Errand
    answer: Answer
    jitter: float
    at: datetime

    def write(self) -> None:
        delivery = self.unit.state.get(Delivery, self.errand.claim.delivery)
        end = self._end_row()
        self.unit.keep_row("attempt", end)
        if delivery.state in (DeliveryState.TAKEN, DeliveryState.SUPERSEDED):
            self.unit.lanes.went(self.errand.claim, delivery)
        elif self.answer.outcome is Outcome.TAKEN:
            self._taken(delivery, end)
        else:
            self._not_taken(delivery)

    def _end_row(self) -> AttemptRow:
        """It comes after every row there is: a late one must not fall among sealed rows."""
        answer, delivery = self.answer, self.errand.claim.delivery
        rows, _ = self.unit.lanes.attempts(delivery)
        return AttemptRow(
            delivery=delivery,
            n=rows + 1 if rows % 2 else rows + 2,
            at=self.at,
            number=(self.errand.number + 1) // 2,
            outcome=answer.outcome.value,
            status=answer.status,
            error=answer.error,
            ms=answer.ms,
            answer_sha256=answer.body_sha256,
        )

    def _event(self, kind: type[Event], **values: Any) -> None:
        head = {"id": self.unit.draw.id(), "stream": self.errand.claim.stream}
        record(self.unit, kind(**head, at=self.at, by=SERVICE, **values))

    def _taken(self, delivery: Delivery, end: AttemptRow) -> None:
        """A proven 2xx always wins, whoever holds the lease by now."""
        seal = seal_attempts(self.unit, delivery.id, [end])
        self._event(DeliveryTaken, delivery=delivery.id, status=self.answer.status, seal=seal)
        self.unit.lanes.went(self.errand.claim, delivery)

    def _not_taken(self, delivery: Delivery) -> None:
        """How long it has failed is counted by the store's clock: many hosts note it."""
        claim, figures = self.errand.claim, self.unit.book.policy.figures
        since = claim.failing_since or self.unit.now
        decision = decide_retry(
            failures=claim.failures + 1,
            failing_for=max(self.unit.now - since, timedelta()),
            outcome=self.answer.outcome,
            jitter=self.jitter,
            figures=figures,
        )
        refused = self.answer.outcome is Outcome.REFUSED
        if claim.straggler:
            self.unit.lanes.failed(claim, delivery, decision.wait, since)
        elif refused or self._is_stuck(delivery, since):
            self._leave(delivery, decision.wait, since, refused=refused)
        else:
            self._fail(delivery, decision.wait, since, tell=decision.tell_person)

    def _is_stuck(self, delivery: Delivery, since: datetime) -> bool:
        """Stuck for five minutes, with something urgent behind it."""
        limit = self.unit.book.policy.figures.overtake_after
        has_urgent: bool = self.unit.lanes.has_urgent_behind(delivery)
        return self.unit.now - since >= limit and has_urgent

    def _leave(
        self, delivery: Delivery, wait: timedelta, since: datetime, *, refused: bool
    ) -> None:
        said = {"error": self.answer.error or "", "status": self.answer.status}
        if refused:
            self._event(DeliveryRefused, delivery=delivery.id, **said)
        else:
            self._event(DeliveryOvertaken, delivery=delivery.id)
        self.unit.lanes.left(self.errand.claim, delivery, wait, since)

    def _fail(self, delivery: Delivery, wait: timedelta, since: datetime, *, tell: bool) -> None:
        if delivery.state is DeliveryState.QUEUED:
            said = {"error": self.answer.error or "", "status": self.answer.status}
            self._event(DeliveryFailing, delivery=delivery.id, **said)
        if delivery.channel != MAIL and (tell or self._is_down(delivery.channel)):
            bring_in(self.unit, delivery, self.at)
        self.unit.lanes.failed(self.errand.claim, delivery, wait, since)

    def _is_down(self, channel: str) -> bool:
        """Known to fail for long already: nobody waits two minutes more for each message."""
        return fails_for_long(self.unit, channel, self.errand.answered_at)


def seal_attempts(unit: Any, delivery: UUID, more: Sequence[AttemptRow] = ()) -> SealedAttempts:
    """Vouch for a delivery's attempt rows since the last seal, `more` of this act included.

    Its stream is locked, so that no end is written meanwhile; settled, so that no start is."""
    _, sealed = unit.lanes.attempts(delivery)
    rows = [*unit.lanes.attempt_rows(delivery, sealed), *more]
    last = rows[-1].n if rows else sealed
    return SealedAttempts(delivery=delivery, first=sealed + 1, last=last, sha256=hash_of_rows(rows))


def deliver_due(service: Service, sender: Sender, paces: Paces, jitter: Jitter) -> bool:
    """One whole turn, in this thread: claim, send, note; says whether there was anything."""
    errands = claim_errands(service, paces)
    answered = []
    for errand in errands:
        paces.started(errand.channel)
        answer = send(errand, sender, service)
        paces.ended(errand.channel, answer.outcome, service.clock.now(), answer.ms)
        answered.append((errand, answer))
    if answered:
        note_answers(service, answered, jitter)
    return bool(errands)
