"""A clock that had run ahead was put right: what it put off to times yet to come is due again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.domain.ahead import begins_ahead, brought_back
from missing_service.domain.clocks import SKEW
from missing_service.domain.events import SERVICE, ClockBroughtBack, LadderWoundBack
from missing_service.domain.ladder import wound_back
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.journal import record
from missing_service.usecases.service import Service

MANY = 100  # streams to a transaction
BEYOND = 2  # a second's correction must not take a lease from somebody who is sending


def wind_back(service: Service) -> int:
    """Free what is held or put off beyond reason, and let ladders go on; says of how many streams.

    Nothing that was told is told again, and nothing that lapsed is taken back.
    """
    at = service.clock.now()
    service.store.write(_free_lanes, service.new_draw(at))
    count = 0
    while found := service.store.write(lambda unit: _wind_some(unit, at), service.new_draw(at)):
        count += found
    return count


def _free_lanes(unit: Any) -> None:
    figures = unit.book.policy.figures
    unit.lanes.wind_back(BEYOND * figures.lease, BEYOND * figures.backoff_cap)


def _wind_some(unit: Any, at: datetime) -> int:
    streams: list[UUID] = unit.wound_streams(MANY, SKEW)
    for stream in streams:
        for row in unit.state.all(Obligation, stream):
            if row.is_open and row.repeated_to and row.repeated_to > unit.now:
                _wind(unit, row, at)
            if begins_ahead(row, unit.now):
                _bring_back(unit, row, at)
    return len(streams)


def _wind(unit: Any, row: Obligation, at: datetime) -> None:
    back = wound_back(row.run, unit.now).repeated_to or unit.now
    head = {"id": unit.draw.id(), "stream": row.stream, "at": at, "by": SERVICE}
    record(unit, LadderWoundBack(**head, obligation=row.id, repeated_to=back))


def _bring_back(unit: Any, row: Obligation, at: datetime) -> None:
    told = [s for s in unit.state.all(StepTold, row.stream) if s.obligation == row.id]
    terms, calendar = unit.book.terms(row), unit.book.calendar
    started_at, due_at = brought_back(row, told, terms.due, calendar, unit.now)
    head = {"id": unit.draw.id(), "stream": row.stream, "at": at, "by": SERVICE}
    event = ClockBroughtBack(**head, obligation=row.id, started_at=started_at, due_at=due_at)
    record(unit, event)
