"""Rules 4, 5, 11: a child who is back is offered an interview in 72 h, and its written record
reaches police."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from missing_service.domain import events as e
from missing_service.domain.casefile import CaseFile, read_story
from missing_service.domain.delivery import Delivery, DeliveryState
from missing_service.domain.effects import Effect, Opened, discharge, move, supersede
from missing_service.domain.episode import Episode, Party
from missing_service.domain.interview import NOT_OFFERED, Interview
from missing_service.domain.ladder import due_instant, owed_in_future
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.owing import end_all, open_obligation, open_of
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.stored import plain
from missing_service.domain.telling import tell_force
from missing_service.domain.view import forces

ENDED = "ENDED_WITH_EPISODE"
IN_ERROR = "OPENED_IN_ERROR"


def end_the_search(state: State, event: e.Event, book: Rulebook) -> Iterator[Effect]:  # noqa: ARG001
    """Located and well-being confirmed ends reviews and updates; never the duty to tell police
    (rule 19)."""
    episode = state.get(Episode, event.stream)
    if episode.well_being:
        yield from end_all(state, event, Kind.still_missing_review, Kind.police_update, how=ENDED)


def owe_interview(state: State, event: e.ChildReturned, book: Rulebook) -> Iterator[Effect]:
    """72 elapsed hours from the true time of return, in UTC; said again with another time, the
    clock moves."""
    open_now = open_of(state, event.stream, Kind.interview_held)
    if open_now:
        yield from move_clock(state, event, book, open_now[0], event.returned_at)
    elif not any(i.outcome_at for i in state.all(Interview, event.stream) if not i.void):
        yield from _open_interview(state, event, book)


def _open_interview(state: State, event: e.ChildReturned, book: Rulebook) -> Iterator[Effect]:
    episode = state.get(Episode, event.stream)
    interview = book.draw.id()
    opened = open_obligation(
        state,
        event,
        book,
        Kind.interview_held,
        started_at=event.returned_at,
        interview=interview,
        force=None,
    )
    row = Interview(
        id=interview,
        stream=event.stream,
        council=episode.council,
        status=NOT_OFFERED,
        opened_at=event.at,
        opened_by=event.id,
        due_at=opened.row.due_at,  # type: ignore[union-attr]
    )
    yield Opened(row)
    yield opened


def move_clock(
    state: State, event: e.Event, book: Rulebook, row: Obligation, since: datetime
) -> Iterator[Effect]:
    """The interview is due 72 h after this instant instead; who was told too early is told
    again."""
    if row.started_at != since:
        terms = book.terms(row)
        due = due_instant(terms.due, since, Fraction(row.factor), book.calendar)
        run = replace(row.run, started_at=since, due_at=due)
        run = owed_in_future(terms.ladder, run, event.at, _told_for(state, row))
        yield move(row, started_at=since, due_at=due, decided=run.decided)
        yield move(state.get(Interview, row.interview), due_at=due)


def _told_for(state: State, row: Obligation) -> set[tuple[int, datetime]]:
    """Which steps of its ladder were told to people, and for which instants."""
    told = (s for s in state.all(StepTold, row.stream) if s.obligation == row.id)
    return {(int(s.step), s.due_at) for s in told if s.step.isdigit() and not s.passed_over}


def end_interview(state: State, event: e.InterviewEnded, book: Rulebook) -> Iterator[Effect]:
    """Held, declined, not possible or decided not; what was not held is told to police all the
    same."""
    for row in open_of(state, event.stream, Kind.interview_held):
        if row.interview == event.interview:
            yield discharge(row, at=event.at, by=event.id)
    held = state.get(Interview, event.interview)
    if event.record_hash:
        yield _owe_record(state, event, book, version=0, record_hash=event.record_hash)
    elif held.record_hash:  # signed upon an outcome that was undone
        yield _owe_record(state, event, book, version=held.version, record_hash=held.record_hash)


def send_outcome(state: State, event: e.InterviewEnded, book: Rulebook) -> Iterator[Effect]:
    if event.record_hash:
        asks = _record_duty(state, event, event.interview)
        yield from _send(state, event, book, "interview.outcome", asks, _sent(event), 0)
    elif state.get(Interview, event.interview).record_hash:
        yield from send_what_is_owed(state, event, book)


def sent_outcome(outcome: e.JSON) -> e.JSON:
    """The outcome as police are sent it: the bytes that its hash stands for."""
    return {name: plain(value) for name, value in outcome.items()}


def owe_record(state: State, event: e.RecordSigned, book: Rulebook) -> Iterator[Effect]:
    """The record of this version is owed until a named person there acknowledges its hash."""
    for row in open_of(state, event.stream, Kind.record_with_police):
        if row.interview == event.interview:
            yield move(row, record_version=event.version, record_hash=event.record_hash)
            return
    yield _owe_record(state, event, book, version=event.version, record_hash=event.record_hash)


def _owe_record(
    state: State,
    event: e.InterviewEnded | e.RecordSigned,
    book: Rulebook,
    *,
    version: int,
    record_hash: str,
) -> Effect:
    return open_obligation(
        state,
        event,
        book,
        Kind.record_with_police,
        started_at=event.at,
        interview=event.interview,
        record_version=version,
        record_hash=record_hash,
    )


def send_record(state: State, event: e.RecordSigned, book: Rulebook) -> Iterator[Effect]:
    asks = _record_duty(state, event, event.interview)
    yield from _send(state, event, book, "interview.record", asks, _sent(event), event.version)


def send_what_is_owed(state: State, event: e.Event, book: Rulebook) -> Iterator[Effect]:
    """Each record or outcome that a force has yet to acknowledge, to the force that now owes it."""
    file = read_story(state.story(event.stream))
    for row in open_of(state, event.stream, Kind.record_with_police):
        version = row.record_version or 0
        told = _told(file, row, version)
        kind = "interview.record" if version else "interview.outcome"
        if told:
            yield from _send(state, event, book, kind, row, _sent(told), version)


def _told(
    file: CaseFile, row: Obligation, version: int
) -> e.RecordSigned | e.InterviewEnded | None:
    """The version of the record that is owed; version 0 is the outcome of what was not held."""
    if row.interview is None:
        return None
    if not version:
        return file.outcomes.get(row.interview)
    signed = file.records.get(row.interview, ())
    return next((r for r in signed if r.version == version), None)


def _sent(told: e.RecordSigned | e.InterviewEnded) -> e.JSON:
    """The record, or the outcome, with its hash."""
    if isinstance(told, e.RecordSigned):
        return {"record": dict(told.record), "record_hash": told.record_hash}
    outcome = {"status": told.status, "at": told.outcome_at, **told.content}
    return {"outcome": sent_outcome(outcome), "record_hash": told.record_hash}


def _record_duty(state: State, event: e.Event, interview: object) -> Obligation | None:
    found = open_of(state, event.stream, Kind.record_with_police)
    return next((o for o in found if o.interview == interview), None)


def _send(
    state: State,
    event: e.Event,
    book: Rulebook,
    kind: str,
    asks: Obligation | None,
    extra: e.JSON,
    version: int,
) -> Iterator[Effect]:
    """To the force that owes the answer alone: a force merely told is not sent the child's
    words."""
    episode = state.get(Episode, event.stream)
    change = {"summary": SUMMARIES[kind], "fields": []}
    for party in forces(state.all(Party, event.stream)):
        if party.who == episode.force:
            yield from tell_force(
                state,
                event,
                book,
                party,
                kind,
                change,
                asks=asks,
                extra=extra,
                record_version=version,
            )


SUMMARIES = {
    "interview.record": "The written record of the return home interview.",
    "interview.outcome": "The return home interview was not held; here is why.",
}


def supersede_older(state: State, event: e.DeliveryTaken, book: Rulebook) -> Iterator[Effect]:  # noqa: ARG001
    """An older version of a record is not sent after its successor was taken."""
    taken = state.get(Delivery, event.delivery)
    if taken.type == "interview.record" and taken.record_version:
        for row in state.all(Delivery, event.stream):
            if _is_older(row, taken):
                yield supersede(row)


def _is_older(row: Delivery, taken: Delivery) -> bool:
    waiting = row.state in (DeliveryState.QUEUED, DeliveryState.FAILING)
    same = row.type == taken.type and row.recipient == taken.recipient
    return waiting and same and (row.record_version or 0) < (taken.record_version or 0)
