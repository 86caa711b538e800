"""Each working morning, what the night leaves to the day (rule 20)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.domain.day_services import Case, digest_due, digest_lines
from missing_service.domain.directory_faults import served
from missing_service.domain.episode import Episode
from missing_service.domain.events import SERVICE, DayServicesAsked, DigestSent
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.state import State
from missing_service.domain.telling import SERVICE_STREAM
from missing_service.journal import record
from missing_service.usecases.service import Service

JOB = "digest"


def send_digests(service: Service) -> list[str]:
    """For each council whose digest is due and not sent; answers their codes."""
    councils = served(service.store.directory())
    return [one.code for one in councils if _send(service, one.code)]


def _send(service: Service, council: str) -> bool:
    """Each episode is asked for before the digest is sent: what stops between is done again."""
    at = service.clock.now()
    planned_for = _planned_for(service, council, at)
    if planned_for is None:
        return False
    streams = service.store.read(lambda reader: reader.listing.unfinished(council))
    for stream in streams:
        _ask(service, stream, at)
    lines = _lines(service, council, streams, at)

    def once(unit: Any) -> bool:
        unit.lock(SERVICE_STREAM)
        if not unit.begin_job(f"{JOB} {council}", planned_for) or not lines:
            return False
        head: dict[str, Any] = {"id": unit.draw.id(), "stream": SERVICE_STREAM, "at": at}
        said: dict[str, Any] = {"council": council, "planned_for": planned_for, "lines": lines}
        record(unit, DigestSent(**head, by=SERVICE, **said))
        return True

    return service.store.write(once, service.new_draw(at))


def _planned_for(service: Service, council: str, at: datetime) -> datetime | None:
    """The instant of the one that is due, unless some process has sent it."""

    def once(unit: Any) -> datetime | None:
        figures = unit.book.policy.figures
        due = digest_due(at, figures.digest_at, figures.edt_from, unit.book.calendar)
        return due if due and not unit.job_begun_at(f"{JOB} {council}", due) else None

    return service.store.write(once, service.new_draw(at))


def _ask(service: Service, stream: UUID, at: datetime) -> None:
    """Once of each episode."""

    def once(unit: Any) -> None:
        unit.lock(stream)
        owed = unit.state.all(Obligation, stream)
        if not any(row.kind is Kind.day_services_told for row in owed):
            head: dict[str, Any] = {"id": unit.draw.id(), "stream": stream, "at": at}
            record(unit, DayServicesAsked(**head, by=SERVICE))

    service.store.write(once, service.new_draw(at))


def _lines(service: Service, council: str, streams: list[UUID], at: datetime) -> tuple[str, ...]:
    def once(reader: Any) -> tuple[str, ...]:
        state = State(reader)
        cases = [Case(state.get(Episode, one), state.all(Obligation, one)) for one in streams]
        return digest_lines(cases, reader.listing.failing_channels(council), at)

    return service.store.read(once)
