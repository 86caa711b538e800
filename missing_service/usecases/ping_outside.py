"""Tell the watchdog outside that all is well, while it is: a message went the whole way lately, the
workers look, nothing lapsed unheard, and the records hold together."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from missing_service.domain.canary import GOOD_FOR, canary_channels, canary_streams
from missing_service.domain.delivery import Answer, Outcome
from missing_service.domain.directory import Directory
from missing_service.domain.events import SERVICE, CanarySent, SelfChecked
from missing_service.domain.self_check import passed
from missing_service.domain.telling import SERVICE_STREAM
from missing_service.journal import record
from missing_service.logs import log
from missing_service.usecases.read_health import GRACE
from missing_service.usecases.service import Service

TICK = timedelta(seconds=60)


class Outside(Protocol):
    def ping(self) -> Answer:
        """Say once that all is well."""


def ping_outside(service: Service, outside: Outside) -> bool:
    """Whether it was said: not while anything is wrong, and not into the void."""
    if wrong := what_is_wrong(service):
        log().error("outside_not_told", why=wrong)
        return False
    answer = outside.ping()
    if answer.outcome is not Outcome.TAKEN:
        log().warning("outside_does_not_answer", status=answer.status, why=answer.error)
    return answer.outcome is Outcome.TAKEN


def what_is_wrong(service: Service) -> list[str]:
    """Each reason to be silent, in a word."""
    now, directory = service.store.now(), service.store.directory()
    return service.store.read(lambda reader: list(_wrong(reader, directory, now)))


def _wrong(reader: Any, directory: Directory, now: datetime) -> Iterator[str]:
    beat = max(reader.listing.beats().values(), default=None)
    if beat is None or now - beat >= TICK:
        yield "workers"  # they beat only while both of their loops look
    if canary_channels(directory, now) and not _has_canary(reader, now):
        yield "canary"
    if reader.listing.untold_since(now - GRACE):
        yield "overdue"
    if not passed(reader.last_told(SERVICE_STREAM, SelfChecked), now):
        yield "records"


def _has_canary(reader: Any, now: datetime) -> bool:
    taken_at = reader.listing.last_taken(canary_streams(now))
    return taken_at is not None and now - taken_at < GOOD_FOR


def send_canary(service: Service) -> bool:
    """A `ping` to each machine that has taken the last one; says whether there was any."""
    at = service.clock.now()
    stream, *before = canary_streams(at)

    def once(unit: Any) -> bool:
        waits = unit.listing.waiting_channels([stream, *before])
        to = [c for c in canary_channels(unit.book.directory, at) if c not in waits]
        if to:
            _open(unit, stream)
            head = {"id": unit.draw.id(), "stream": stream, "at": at, "by": SERVICE}
            record(unit, CanarySent(**head, channels=tuple(to)))
        return bool(to)

    return service.store.write(once, service.new_draw(at))


def _open(unit: Any, stream: UUID) -> None:
    """The day's stream: begun by its first event, locked by each."""
    if unit.find("stream", stream) is None:
        unit.open_stream(stream, "canary")
    unit.lock(stream)
