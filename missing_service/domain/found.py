"""Rule 31: whoever was told *missing* is told *found*, once; and *still missing*, where that was
wrong."""

from collections.abc import Iterator

from missing_service.domain import events as e
from missing_service.domain.codes import WithdrawnWhy
from missing_service.domain.delivery import Delivery
from missing_service.domain.directory import Person
from missing_service.domain.effects import Effect
from missing_service.domain.episode import Act, Episode
from missing_service.domain.obligation import StepTold
from missing_service.domain.owing import open_of
from missing_service.domain.people_message import about
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import MAIL, tell_people


def stand_down(state: State, event: e.ChildReturned, book: Rulebook) -> Iterator[Effect]:
    """Everyone who heard of the episode hears that the child is found, with what remains."""
    if is_first_found(state, event):
        what = "The child is found, and somebody confirmed that they are well."
        yield from _tell_all(state, event, book, what, _remains(state, event))


def is_first_found(state: State, event: e.ChildReturned) -> bool:
    """Whether this act is the one that confirms that the child is well."""
    well = [a for a in state.all(Act, event.stream) if a.well_being and a.stands]
    return state.get(Episode, event.stream).well_being and len(well) == 1


def is_missing_again(state: State, event: e.ActUndone) -> bool:
    """Whether that the child is well was a mistake."""
    was_well = state.get(Act, event.act).well_being
    return was_well and not state.get(Episode, event.stream).well_being


def stand_up_again(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """Who was told *found* by mistake hears at once that the child is still missing."""
    if state.get(Act, event.act).kind == e.EpisodeWithdrawn.KIND:
        what = "The report was withdrawn by mistake: it stands."
        yield from _tell_all(state, event, book, what, "go on as before.")
    elif is_missing_again(state, event):
        what = "The child was marked found by mistake: nobody has confirmed that they are well."
        yield from _tell_all(state, event, book, what, "go on as before.")


def say_withdrawn(state: State, event: e.EpisodeWithdrawn, book: Rulebook) -> Iterator[Effect]:
    """Everyone who heard of the episode hears that there was no cause."""
    what = f"The report was withdrawn: {WHY[WithdrawnWhy(event.why)]}."
    do = "police have still to acknowledge that: it stays owed."
    yield from _tell_all(state, event, book, what, do)


WHY = {
    WithdrawnWhy.NEVER_MISSING: "the child was never missing",
    WithdrawnWhy.LOGGED_IN_ERROR: "it was logged in error",
    WithdrawnWhy.PRACTICE: "it was entered for practice",
}


def _tell_all(state: State, event: e.Event, book: Rulebook, what: str, do: str) -> Iterator[Effect]:
    episode = state.get(Episode, event.stream)
    subject, text = about(episode, book, what=what, do=do)
    yield from tell_people(event, book, _who_heard(state, event, book), subject, text)


def _who_heard(state: State, event: e.Event, book: Rulebook) -> list[Person]:
    """Those told by a ladder's step or by a message about this episode, each once."""
    told = [p for step in state.all(StepTold, event.stream) for p in step.people]
    sent = [d.recipient for d in state.all(Delivery, event.stream) if d.channel == MAIL]
    found = map(book.directory.person, dict.fromkeys((*told, *sent)))
    return [person for person in found if person]


def _remains(state: State, event: e.Event) -> str:
    if open_of(state, event.stream, Kind.police_acknowledgement):
        return "police have still not answered with a reference: that stays owed."
    return "no action."
