"""Rule 33: an episode that should not be, withdrawn by a named act; the search ends, and police owe
an answer to that as well."""

from collections.abc import Iterator

from missing_service.domain import events as e
from missing_service.domain.effects import Effect, discharge
from missing_service.domain.owing import open_of
from missing_service.domain.police_duty import owe_acknowledgement
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.repeats import is_joined_elsewhere
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_forces

WITHDRAWN = "WITHDRAWN"
# what was disclosed or promised to the child stays owed, and so does a record already signed
ENDS_WITH_IT = (
    Kind.still_missing_review,
    Kind.police_update,
    Kind.police_declined_review,
    Kind.interview_allocated,
    Kind.interview_offered,
    Kind.interview_held,
    Kind.strategy_discussion,
    Kind.school_told,
    Kind.day_services_told,
)


def end_with_it(state: State, event: e.EpisodeWithdrawn, _: Rulebook) -> Iterator[Effect]:
    """The search ends; a strategy question that other episodes prompted as well is still asked."""
    for row in open_of(state, event.stream, *ENDS_WITH_IT):
        if row.kind is not Kind.strategy_discussion or not is_joined_elsewhere(state, row):
            yield discharge(row, at=event.at, by=event.id, how=WITHDRAWN)


def owe_answer_to_it(state: State, event: e.EpisodeWithdrawn, book: Rulebook) -> Iterator[Effect]:
    """The duty stays until they acknowledge the withdrawal; where they answered the report, they
    are asked anew."""
    if not open_of(state, event.stream, Kind.police_acknowledgement):
        yield from owe_acknowledgement(state, event, book)


def send_withdrawn(state: State, event: e.EpisodeWithdrawn, book: Rulebook) -> Iterator[Effect]:
    asks = next(iter(open_of(state, event.stream, Kind.police_acknowledgement)), None)
    change = {"summary": f"CORRECTION: {SAID[event.why]}", "fields": []}
    yield from tell_forces(state, event, book, "episode.withdrawn", change, asks=asks)


SAID = {
    "NEVER_MISSING": "this child was never missing. The report is withdrawn.",
    "LOGGED_IN_ERROR": "this was logged in error. The report is withdrawn.",
    "PRACTICE": "this was entered for practice. The report is withdrawn.",
}
