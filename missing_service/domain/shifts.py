"""When somebody's time on the rota ends, and who comes in for them (rule 25)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from missing_service.domain.directory import Directory

WORKER = "edt_worker"


@dataclass(frozen=True, slots=True)
class ShiftEnd:
    """Nobody who goes on in another slot at that instant, in whatever role, goes off duty."""

    person: str
    role: str
    at: datetime


def shift_ends(
    directory: Directory, council: str, *, after: datetime, until: datetime
) -> list[ShiftEnd]:
    """Who goes off duty in that time, the first to go first."""
    ends = (
        ShiftEnd(slot.person, role, slot.until)
        for (role, place), slots in directory.rota.items()
        for slot in slots
        if place == council and slot.until and after < slot.until <= until
    )
    gone = (end for end in ends if not is_on_duty(directory, end.person, council, end.at))
    return sorted(gone, key=lambda end: (end.at, end.person, end.role))


def is_on_duty(directory: Directory, person: str, council: str, at: datetime) -> bool:
    """Whether a slot of theirs holds, whoever may stand in for them."""
    return any(
        slot.person == person and slot.from_ <= at and (slot.until is None or at < slot.until)
        for (_, place), slots in directory.rota.items()
        if place == council
        for slot in slots
    )


def incoming(directory: Directory, end: ShiftEnd, council: str, at: datetime) -> str | None:
    """Who is on call then in the same role, or else as the EDT worker."""
    return next((who for who in _on_call(directory, end, council, at) if who != end.person), None)


def _on_call(directory: Directory, end: ShiftEnd, council: str, at: datetime) -> Iterator[str]:
    for role in (end.role, WORKER):
        yield from (person.email for person in directory.on_call(role, council, at))
