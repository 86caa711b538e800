"""Tell administrators of a clock that cannot be right, once across all processes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from missing_service.domain.clocks import Doubt
from missing_service.domain.events import SERVICE, ClockDoubted
from missing_service.domain.telling import SERVICE_STREAM
from missing_service.journal import record
from missing_service.usecases.service import Service

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
A_STEP = timedelta(minutes=1)  # all processes notice the same one within it
AGAIN = timedelta(days=1)  # what lasts is told of once a day


def doubt_clock(service: Service, doubt: Doubt, whose: str, by: timedelta) -> bool:
    """Tell of it unless some process did; says whether it was told here."""
    at = service.clock.now()

    def once(unit: Any) -> bool:
        unit.lock(SERVICE_STREAM)
        if not _is_first(unit, doubt, f"clock.doubted {doubt} {whose}"):
            return False
        head = {"id": unit.draw.id(), "stream": SERVICE_STREAM, "at": at, "by": SERVICE}
        seconds = round(by.total_seconds())
        record(unit, ClockDoubted(**head, doubt=doubt.value, whose=whose, seconds=seconds))
        return True

    return service.store.write(once, service.new_draw(at))


def _is_first(unit: Any, doubt: Doubt, job: str) -> bool:
    """A step is noticed by all within moments, whatever minute those fall in."""
    every = A_STEP if doubt is Doubt.STEPPED else AGAIN
    now = unit.now - (unit.now - EPOCH) % every
    if doubt is Doubt.STEPPED and unit.job_begun_at(job, now - every):
        return False
    return bool(unit.begin_job(job, now))


def last_recorded_at(service: Service) -> datetime | None:
    """When the newest event of the log says that it was recorded."""
    found: datetime | None = service.store.read(lambda reader: reader.listing.last_recorded_at())
    return found
