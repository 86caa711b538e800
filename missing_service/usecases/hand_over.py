"""Hand-over by shift: who goes off duty shows what they own; nothing is left without an owner."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from missing_service.domain.directory import Directory
from missing_service.domain.directory_faults import served
from missing_service.domain.episode import Episode
from missing_service.domain.events import (
    SERVICE,
    EpisodeReported,
    HandoverShown,
    OwnerChanged,
    OwnList,
)
from missing_service.domain.people_message import called, clock_time, standing
from missing_service.domain.shifts import ShiftEnd, incoming, is_on_duty, shift_ends
from missing_service.domain.telling import SERVICE_STREAM
from missing_service.journal import record
from missing_service.usecases.service import Service

BEFORE = timedelta(minutes=15)  # rule 25: so long before the end both people see the list
LOOKED_BACK = timedelta(days=2)  # a shift that ended while nothing ran is handed over on return
JOB = "handover"


def hand_over(service: Service) -> int:
    """Show what is to be handed over soon, and hand over what nobody accepted in time; says of how
    many episodes."""
    directory, at = service.store.directory(), service.clock.now()
    done = 0
    for council in served(directory):
        for ends in _together(shift_ends(directory, council.code, after=at, until=at + BEFORE)):
            done += _show(service, council.code, ends, at)
        past = shift_ends(directory, council.code, after=at - LOOKED_BACK, until=at)
        done += sum(_leave(service, council.code, end, at) for end in past)
    return done


def _together(ends: Sequence[ShiftEnd]) -> list[list[ShiftEnd]]:
    """Those that end at one instant."""
    return [[e for e in ends if e.at == at] for at in dict.fromkeys(end.at for end in ends)]


def _show(service: Service, council: str, ends: list[ShiftEnd], at: datetime) -> int:
    """Once for each instant, in whichever process comes first."""

    def once(unit: Any) -> int:
        unit.lock(SERVICE_STREAM)
        if not unit.begin_job(f"{JOB} {council}", ends[0].at):
            return 0
        lists = tuple(_lists(unit, council, ends))
        if lists:
            head: dict[str, Any] = {"id": unit.draw.id(), "stream": SERVICE_STREAM, "at": at}
            said: dict[str, Any] = {"council": council, "ends_at": ends[0].at, "lists": lists}
            record(unit, HandoverShown(**head, by=SERVICE, **said))
        return sum(len(own.episodes) for own in lists)

    return service.store.write(once, service.new_draw(at))


def _lists(unit: Any, council: str, ends: list[ShiftEnd]) -> Iterator[OwnList]:
    directory = unit.book.directory
    for end in {end.person: end for end in ends}.values():
        streams = unit.listing.owned_by(council, names(directory, end.person))
        episodes = [unit.state.get(Episode, stream) for stream in streams]
        if episodes:
            yield OwnList(
                owner=end.person,
                incoming=incoming(directory, end, council, end.at),
                episodes=tuple(f"{called(one)}, {standing(one)}" for one in episodes),
            )


def names(directory: Directory, email: str) -> tuple[str, ...]:
    """What an owner may be called by: the address, and a name that is nobody else's."""
    person = directory.person(email)
    is_known = person is not None and directory.email_of(person.name) == email
    return (email, person.name) if person and is_known else (email,)


def _leave(service: Service, council: str, end: ShiftEnd, at: datetime) -> int:
    """What they still own goes to whoever is on call now; with nobody there it stays theirs."""
    directory = service.store.directory()
    whom = incoming(directory, end, council, at)
    if whom is None or is_on_duty(directory, end.person, council, at):
        return 0
    called_by = names(directory, end.person)
    streams = service.store.read(lambda reader: reader.listing.owned_by(council, called_by))
    return sum(_give(service, stream, end, whom, at) for stream in streams)


def _give(service: Service, stream: UUID, end: ShiftEnd, whom: str, at: datetime) -> bool:
    def once(unit: Any) -> bool:
        unit.lock(stream)
        episode = unit.state.get(Episode, stream)
        is_theirs = episode.owner in names(unit.book.directory, end.person)
        if not is_theirs or _owned_since(unit, stream) >= end.at:
            return False
        reason = f"Nobody accepted it by {clock_time(end.at, at)}, the end of the shift."
        head: dict[str, Any] = {"id": unit.draw.id(), "stream": stream, "at": at, "by": SERVICE}
        record(unit, OwnerChanged(**head, owner=whom, was=episode.owner, reason=reason))
        return True

    return service.store.write(once, service.new_draw(at))


def _owned_since(unit: Any, stream: UUID) -> datetime:
    """Since when its owner owns it: who was given it after their shift keeps it."""
    told = (t for _, t in unit.state.story(stream) if isinstance(t, EpisodeReported | OwnerChanged))
    return max(event.at for event in told)
