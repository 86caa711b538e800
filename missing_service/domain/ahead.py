"""What a clock that ran ahead has begun: once it is put right, no duty's clock may begin in a time
to come."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from missing_service.domain.calendar import Calendar
from missing_service.domain.clocks import SKEW
from missing_service.domain.effects import Effect, move
from missing_service.domain.events import ClockBroughtBack
from missing_service.domain.interview import Interview
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.policy import DayRule, Due
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State

LAPSED = timedelta(microseconds=1)  # the least by which an instant has passed


def begins_ahead(row: Obligation, now: datetime) -> bool:
    """Whether its ladder would be silent until a time that is yet to come; hosts a minute apart
    are no reason."""
    return (row.is_open or row.successor) and row.started_at > now + SKEW


def brought_back(
    row: Obligation,
    told: Iterable[StepTold],
    due: Due | None,
    calendar: Calendar,
    now: datetime,
) -> tuple[datetime, datetime]:
    """When its clock begins and when it is due instead, as far apart as they were.

    It begins now: when it truly began nobody knows. What has lapsed stays lapsed.
    """
    has_lapsed = any(step.due_at >= row.due_at for step in told)
    is_own = due is None and not row.review  # its due time was agreed by people
    shift = row.due_at + LAPSED - now if has_lapsed and not is_own else row.started_at - now
    if isinstance(due, DayRule) and not has_lapsed:
        return row.started_at - shift, calendar.next_day_at(due.at, due.day, now)
    return row.started_at - shift, row.due_at - (timedelta() if is_own else shift)


def bring_back(state: State, event: ClockBroughtBack, book: Rulebook) -> Iterator[Effect]:  # noqa: ARG001
    """The ladder goes on with what it has decided; an interview is due when its duty is."""
    row = state.get(Obligation, event.obligation)
    yield move(row, started_at=event.started_at, due_at=event.due_at)
    if row.kind is Kind.interview_held and row.interview:
        yield move(state.get(Interview, row.interview), due_at=event.due_at)
