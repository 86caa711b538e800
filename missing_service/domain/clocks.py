"""Clocks that cannot be right: administrators hear of it, and nothing waits for them."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from missing_service.domain.directory import Directory, Person
from missing_service.domain.directory_faults import served
from missing_service.domain.effects import Effect
from missing_service.domain.events import ClockDoubted
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_people

SKEW = timedelta(seconds=60)  # receivers refuse a signature that is five minutes off
LENGTHS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class Doubt(StrEnum):
    STEPPED = "STEPPED"  # it was set, or its machine stood still
    BEHIND = "BEHIND"  # it shows a time before the last that was recorded
    APART = "APART"  # a host's clock is not the database's
    POLICE = "POLICE"  # a force's clock is not ours


GOES_ON = (
    "Sending and telling go on. What was told is not told again, and what fell due by the new time "
    "is told at once."
)
SAID: Mapping[Doubt, tuple[str, str]] = {
    Doubt.STEPPED: ("The clock of {whose} moved {way} by {length} in one step", GOES_ON),
    Doubt.BEHIND: (
        "The clock of {whose} is {length} behind the last event that was recorded",
        f"Either it is wrong now, or it was wrong then. {GOES_ON}",
    ),
    Doubt.APART: (
        "The clock of {whose} is {length} {side} the database's",
        "Reports that this host takes have their clocks begun at the wrong time. Sending and "
        "telling go on by the database's clock.",
    ),
    Doubt.POLICE: (
        "The clock of {whose} is {length} {side} ours",
        "Police refuse a message whose signature is five minutes off. Sending goes on.",
    ),
}
DO = "Do now: compare the clocks with one that is right, and see that the machines keep time (NTP)."


def tell_of_clock(_: State, event: ClockDoubted, book: Rulebook) -> Iterator[Effect]:
    """Each administrator once; where there is none, the managers on call."""
    subject, why = SAID[Doubt(event.doubt)]
    subject = subject.format(
        whose=event.whose,
        length=length(event.seconds),
        way="ahead" if event.seconds > 0 else "back",
        side="ahead of" if event.seconds > 0 else "behind",
    )
    text = "\n\n".join((f"{subject}.", why, DO, f"See all: {book.public_url}/"))
    yield from tell_people(event, book, _whom(book.directory, event.at), subject, text)


def _whom(directory: Directory, at: datetime) -> tuple[Person, ...]:
    found: dict[Person, None] = {}
    for council in served(directory):
        admins = directory.holders("admin", council.code, at)
        managers = directory.people_for(["edt_manager"], (), council.code, at, {}).people
        found.update(dict.fromkeys(admins or managers))
    return tuple(found)


def length(seconds: int) -> str:
    """How long, in its largest whole unit: an administrator needs no more."""
    left = abs(seconds)
    name, size = next((each for each in LENGTHS if left >= each[1]), LENGTHS[-1])
    count = left // size
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
