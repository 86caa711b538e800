"""Tell people, without any worker, that no worker beats; once across all processes that look."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from missing_service.domain.events import JSON, SERVICE, WorkersBack, WorkersSilent
from missing_service.domain.stored import plain
from missing_service.domain.telling import SERVICE_STREAM
from missing_service.domain.watching import MOST_NAMED, tellings_due
from missing_service.journal import record
from missing_service.usecases.service import Service

FIRST, AGAIN, BACK = "workers.silent", "workers.silent.again", "workers.back"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # stands for the beat that there never was
Beats = Mapping[str, datetime]


def read_beats(service: Service) -> tuple[Beats, datetime | None]:
    """When each worker last beat; and the beat that the silence told of last began with, where
    nobody was told yet that it ended."""
    found: tuple[Beats, datetime | None] = service.store.read(
        lambda reader: (reader.listing.beats(), reader.listing.latest_without(FIRST, BACK))
    )
    return found


def tell_of_silence(service: Service, beats: Beats) -> bool:
    """Tell of the silence since the last of these beats, unless it was told of for now."""
    at, since = service.clock.now(), max(beats.values(), default=None)

    def once(unit: Any) -> bool:
        unit.lock(SERVICE_STREAM)
        if unit.listing.beats() != beats:
            return False  # somebody beat meanwhile
        again = _which(unit, since or NEVER)
        if again is None:
            return False
        head = {"id": unit.draw.id(), "stream": SERVICE_STREAM, "at": at, "by": SERVICE}
        waiting = _waiting(unit)
        more = max(0, unit.listing.count_unanswered() - len(waiting))
        record(unit, WorkersSilent(**head, since=since, again=again, waiting=waiting, more=more))
        return True

    return service.store.write(once, service.new_draw(at))


def _which(unit: Any, key: datetime) -> int | None:
    """Which telling of this silence is this act's: one act has each, across all processes."""
    if unit.begin_job(FIRST, key):
        return 0
    first, every = unit.job_begun_at(FIRST, key), unit.book.policy.figures.workers_silent_again
    again = tellings_due(first, unit.now, every)
    return again if again and unit.begin_job(AGAIN, first + again * every) else None


def _waiting(unit: Any) -> tuple[JSON, ...]:
    return tuple(
        {"council": row.council, "reference": row.reference, "since": plain(row.since)}
        for row in unit.listing.unanswered(MOST_NAMED)
    )


def tell_of_return(service: Service, key: datetime) -> bool:
    """Tell the same people that workers beat anew, after the silence known by this beat."""
    at = service.clock.now()

    def once(unit: Any) -> bool:
        unit.lock(SERVICE_STREAM)
        if not unit.begin_job(BACK, key):
            return False
        since = None if key == NEVER else key
        head = {"id": unit.draw.id(), "stream": SERVICE_STREAM, "at": at, "by": SERVICE}
        record(unit, WorkersBack(**head, since=since))
        return True

    return service.store.write(once, service.new_draw(at))
