"""A drill: a report of nobody that goes the real way to police and to a person's answer there."""

from collections.abc import Iterator
from typing import Any

from missing_service.domain.effects import Effect
from missing_service.domain.episode import Episode
from missing_service.domain.events import DrillAnswered, DrillUnanswered, Event, Stretch
from missing_service.domain.people_message import about
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_forces, tell_people

NOBODY = "DRILL: nobody is missing"
WORDS = {
    "sent": "until it was first sent",
    "taken": "from there until their machine took it",
    "answered": "from there until a person answered",
}


def drill_report(council: str) -> dict[str, Any]:
    """What a drill says in place of a child."""
    concern = (
        "DRILL. Nobody is missing. This tries the way that a report comes to police, and the way "
        "back. Answer it as a report: with your name, and DRILL as the reference."
    )
    return {
        "council": council,
        "category": "MISSING",
        "child": {"name": NOBODY, "description": NOBODY},
        "concern": concern,
        "immediate_danger": "NO",
        "reporter": {"name": "DRILL"},
    }


def tell_unanswered(state: State, event: DrillUnanswered, book: Rulebook) -> Iterator[Effect]:
    """The administrator alone: nobody is woken for a drill."""
    episode = state.get(Episode, event.stream)
    force = book.directory.forces.get(episode.force)
    name = force.name if force else episode.force
    what = f"Nobody at {name} has answered this drill. A report might wait as long."
    do = "find out where it lies: their machine, the people there, or their way to answer."
    yield from _tell(state, event, book, what, do)


def end_drill(state: State, event: DrillAnswered, book: Rulebook) -> Iterator[Effect]:
    """Police learn that it is over; the administrator, how long each stretch took."""
    change = {"summary": "It is over. Nobody was missing.", "fields": []}
    yield from tell_forces(state, event, book, "episode.closed", change)
    lines = [f"{length(each.ms)} {WORDS[each.what]}" for each in event.stretches]
    what = "\n".join(["A person answered this drill. It took:", *lines])
    yield from _tell(state, event, book, what, "")


def _tell(state: State, event: Event, book: Rulebook, what: str, do: str) -> Iterator[Effect]:
    subject, text = about(state.get(Episode, event.stream), book, what=what, do=do)
    people = book.directory.administrators(event.at)
    yield from tell_people(event, book, people, subject, text)


def stretches(instants: dict[str, Any]) -> tuple[Stretch, ...]:
    """How long each part took, of those whose end is known, from the report on."""
    found, before = [], instants["reported"]
    for what in WORDS:
        if at := instants.get(what):
            passed = max(0, round((at - before).total_seconds() * 1000))
            found.append(Stretch(what=what, ms=passed))
            before = at
    return tuple(found)


def length(ms: int) -> str:
    """As people say it."""
    if ms < 60_000:
        return f"{ms / 1000:.1f} s"
    return f"{ms // 60_000} min {ms % 60_000 // 1000} s"
