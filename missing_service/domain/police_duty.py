"""Rules 1, 1a, 13, 19: police are told of every report, and only a named person's answer ends
that."""

from collections.abc import Iterator, Mapping
from typing import Any

from missing_service.domain import events as e
from missing_service.domain.codes import EpisodeState, PoliceState
from missing_service.domain.effects import Effect, discharge, move
from missing_service.domain.episode import Act, Episode, Party
from missing_service.domain.obligation import Obligation
from missing_service.domain.owing import end_all, open_obligation, open_of
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.routing import (
    WRONG_FORCE,
    ring_a_force_without_a_machine,
    route_elsewhere,
)
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_about, tell_force

AWAY = "AWAY_UNAUTHORISED"
ANSWERED_BY_POLICE = (Kind.police_acknowledgement, Kind.record_with_police)
RECORDED = ("RECORDED_MISSING", "DUPLICATE_OF")


def owe_acknowledgement(state: State, event: e.Event, book: Rulebook) -> Iterator[Effect]:
    """The clock runs from when the report was recorded: police cannot answer before."""
    yield open_obligation(state, event, book, Kind.police_acknowledgement, started_at=event.at)


def owe_again_where_missing(
    state: State, event: e.CategoryChanged, book: Rulebook
) -> Iterator[Effect]:
    """Away that becomes missing (rule 13): police are asked anew, unless they already are."""
    before = [
        o for o in state.all(Obligation, event.stream) if o.kind is Kind.police_acknowledgement
    ]
    if event.was == AWAY and not any(o.is_open for o in before):
        yield from owe_acknowledgement(state, event, book)
        yield from ring_a_force_without_a_machine(state, event, book)


def hear_answer(state: State, event: e.PoliceAnswered, book: Rulebook) -> Iterator[Effect]:
    """What police make of it: ended, declined, re-routed, or nothing yet."""
    obligation = state.get(Obligation, event.obligation)
    if obligation.is_open and event.ends:
        yield discharge(obligation, at=event.at, by=event.id)
        if event.risk:
            yield from _meet_update(state, event, book)
        if obligation.kind is Kind.police_acknowledgement:
            yield from follow_answer(state, event, book)
    elif event.outcome == WRONG_FORCE:
        yield from route_elsewhere(state, event, book, obligation)
    elif not obligation.is_open:
        yield from _hear_further(state, event, book, obligation)
    elif obligation.kind is Kind.police_acknowledgement:
        yield from _no_end(state, event, book)


def follow_answer(state: State, event: e.PoliceAnswered, book: Rulebook) -> Iterator[Effect]:
    """What an answer that ends the duty opens: an update is due, or the council reviews it."""
    episode = state.get(Episode, event.stream)
    if episode.drill or episode.state is EpisodeState.WITHDRAWN:
        return
    if event.outcome in RECORDED:
        yield from open_police_update(state, event, book, first=event.risk is None)
    elif not (event.outcome == "RECORDED_OTHER" and episode.category == AWAY):
        yield open_obligation(state, event, book, Kind.police_declined_review, started_at=event.at)


def _hear_further(
    state: State, event: e.PoliceAnswered, book: Rulebook, obligation: Obligation
) -> Iterator[Effect]:
    """Kept beside the first answer, which goes on counting; where police say the contrary while
    the child is missing, people are told."""
    if event.risk:
        yield from _meet_update(state, event, book)
    first = state.find(Act, obligation.discharged_by)
    episode = state.get(Episode, event.stream)
    is_duty = obligation.kind is Kind.police_acknowledgement and episode.is_searched_for
    if is_duty and first and _is_recorded(first) != _is_recorded(event):
        was, now = (said.outcome or "" for said in (first, event))
        what = f"Police answered {_plain(was)} before, and answer {_plain(now)} now."
        do = "ring police, ask which of the two stands, and undo the other: the first counts."
        yield from tell_about(state, event, book, ["edt_worker", "edt_manager"], what, do)


def _is_recorded(said: Act | e.PoliceAnswered) -> bool:
    return said.outcome in RECORDED and said.ends


def _plain(outcome: str) -> str:
    return outcome.replace("_", " ").lower()


def _no_end(state: State, event: e.PoliceAnswered, book: Rulebook) -> Iterator[Effect]:
    """A police "no" without a reference, or a duplicate of nothing open, is never the quiet end."""
    what = "Police answered, but did not take it as missing. Nothing is ended by that."
    if event.outcome == "DUPLICATE_OF":
        what = "Police called it a duplicate, but of no open episode of this child."
    do = "ring police, ask for a reference or a reason, and record what they say."
    yield from tell_about(state, event, book, ["edt_worker", "edt_manager"], what, do)


def open_police_update(
    state: State, event: e.Event, book: Rulebook, *, first: bool
) -> Iterator[Effect]:
    """A grade or an update is due in 4 h, then at the pace of the still-missing reviews (rule
    1a)."""
    episode = state.get(Episode, event.stream)
    if episode.drill or not episode.is_searched_for:
        return
    if open_of(state, event.stream, Kind.police_update):
        return
    rows = state.all(Obligation, event.stream)
    later = [o.due_at for o in rows if o.successor and o.due_at > event.at]
    due = None if first else min(later, default=None)
    yield open_obligation(state, event, book, Kind.police_update, started_at=event.at, due_at=due)


def hear_update(state: State, event: e.EpisodeUpdated, book: Rulebook) -> Iterator[Effect]:
    """A risk grade or an update from police meets what is due, and opens the next."""
    if event.topic in ("police_risk", "police_update"):
        yield from _meet_update(state, event, book)


def _meet_update(state: State, event: e.Event, book: Rulebook) -> Iterator[Effect]:
    met = open_of(state, event.stream, Kind.police_update)
    yield from end_all(state, event, Kind.police_update)
    if met:
        yield from open_police_update(state, event, book, first=False)


def resume_update(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """Police who answered while the child was wrongly thought well owe an update from now on; who
    have not answered owe none."""
    duties = [
        o for o in state.all(Obligation, event.stream) if o.kind is Kind.police_acknowledgement
    ]
    answers = [state.find(Act, o.discharged_by) for o in duties]
    if not any(o.is_open for o in duties) and any(
        a and a.stands and a.outcome in RECORDED for a in answers
    ):
        yield from open_police_update(state, event, book, first=True)


def hear_decision(state: State, event: e.ObligationDecided, book: Rulebook) -> Iterator[Effect]:
    """A recorded decision meets its own duty; escalating a police refusal asks again in an hour."""
    obligation = state.get(Obligation, event.obligation)
    if obligation.is_open:
        yield discharge(obligation, at=event.at, by=event.id)
    if event.decision == "ESCALATE" and obligation.kind is Kind.police_declined_review:
        what = "The council does not accept that police did not record this child as missing."
        do = "ring the police supervisor, and record what they say."
        roles = ["police_mash_supervisor", "head_of_service"]
        yield from tell_about(state, event, book, roles, what, do)
        yield open_obligation(state, event, book, Kind.police_declined_review, started_at=event.at)


def remind_after_escalation(
    state: State, event: e.ObligationDecided, book: Rulebook
) -> Iterator[Effect]:
    obligation = state.get(Obligation, event.obligation)
    if event.decision == "ESCALATE" and obligation.kind is Kind.police_declined_review:
        yield from remind_police(state, event, book, obligation)


def remind_police(
    state: State, event: e.Event, book: Rulebook, obligation: Obligation
) -> Iterator[Effect]:
    """An `obligation.reminder` through the channels of the force that owes the answer."""
    party = state.find(Party, event.stream, obligation.force or "")
    if party:
        change: Mapping[str, Any] = {"summary": REMINDERS[obligation.kind], "fields": []}
        asks = obligation if obligation.kind in ANSWERED_BY_POLICE else None
        yield from tell_force(state, event, book, party, "obligation.reminder", change, asks=asks)


REMINDERS = dict.fromkeys(Kind, "An answer from police is still owed.") | {
    Kind.police_acknowledgement: "Nobody has answered this report with a name and a reference.",
    Kind.police_update: "No risk grade or update has come from police.",
    Kind.record_with_police: "Nobody has acknowledged the written record.",
    Kind.police_declined_review: "The council asks police to record this child as missing.",
}


def stand_with_police(state: State, event: e.Event, book: Rulebook) -> Iterator[Effect]:  # noqa: ARG001
    """What police have made of the episode, from the answers that stand."""
    episode = state.find(Episode, event.stream)
    kind = Kind.police_acknowledgement
    owed = [o for o in state.all(Obligation, event.stream) if o.kind is kind]
    duties = [o for o in owed if not o.discharged_as]  # what was opened in error says nothing
    if episode and duties and (now := _standing(state, duties)) is not episode.police:
        yield move(episode, police=now)


def _standing(state: State, duties: list[Obligation]) -> PoliceState:
    if any(o.is_open for o in duties):
        return PoliceState.UNACKNOWLEDGED
    last = max(duties, key=lambda o: (o.opened_at, o.id))
    act = state.find(Act, last.discharged_by)
    declined = act is not None and act.outcome == "DECLINED"
    return PoliceState.DECLINED if declined else PoliceState.ACKNOWLEDGED
