"""Rule 32: what police ask in mid-search is owed an answer, and the answer reaches police."""

from collections.abc import Iterator
from typing import Any

from missing_service.domain import events as e
from missing_service.domain.effects import Effect, discharge
from missing_service.domain.episode import Episode, Party
from missing_service.domain.obligation import Obligation
from missing_service.domain.owing import open_obligation
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_by_telephone, tell_force
from missing_service.domain.view import forces

NEWS = "episode.question"


def owe_reply(state: State, event: e.QuestionAsked, book: Rulebook) -> Iterator[Effect]:
    """The clock runs from when it was asked; the episode's owner hears of it at once."""
    yield open_obligation(
        state, event, book, Kind.question_answered, started_at=event.at, force=event.force
    )


def hear_reply(state: State, event: e.QuestionAnswered, book: Rulebook) -> Iterator[Effect]:  # noqa: ARG001
    """The first answer ends it."""
    duty = state.get(Obligation, event.obligation)
    if duty.is_open:
        yield discharge(duty, at=event.at, by=event.id)


def send_question(state: State, event: e.QuestionAsked, book: Rulebook) -> Iterator[Effect]:
    """Every force that is told of the episode sees what was asked; what was recorded of a call can
    be disputed."""
    for party in _with_machine(state, event, book):
        asked = {"id": str(event.id), **event.content}
        change = _change(BY_PHONE if event.by_phone else ASKED, "question", asked)
        yield from tell_force(state, event, book, party, NEWS, change)


def send_reply(state: State, event: e.QuestionAnswered, book: Rulebook) -> Iterator[Effect]:
    """The answer goes to each force; one without a machine hears it from a person."""
    reply = {"question": str(event.question), **event.content}
    for party in _with_machine(state, event, book):
        yield from tell_force(state, event, book, party, NEWS, _change(REPLIED, "answer", reply))
    force = state.get(Episode, event.stream).force
    if event.by.role != "police" and not book.directory.channels(force, "report", event.at):
        party = state.get(Party, event.stream, force)
        yield from tell_by_telephone(state, event, book, party, NEWS, REPLIED)


def _with_machine(state: State, event: e.Event, book: Rulebook) -> list[Party]:
    return [
        party
        for party in forces(state.all(Party, event.stream))
        if book.directory.channels(party.who, "report", event.at)
    ]


def _change(summary: str, field: str, now: dict[str, Any]) -> dict[str, Any]:
    return {"summary": summary, "fields": [{"field": field, "was": None, "now": now}]}


ASKED = "Police asked a question."
BY_PHONE = "A question that police asked by telephone, as recorded here."
REPLIED = "A question from police is answered."
