"""Rule 20: what EDT did reaches day services on the next working morning, and a named person there
takes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from missing_service.domain import events as e
from missing_service.domain.calendar import Calendar, london_date, london_instant
from missing_service.domain.effects import Effect, discharge
from missing_service.domain.episode import Episode
from missing_service.domain.obligation import Obligation, is_overdue
from missing_service.domain.owing import open_obligation
from missing_service.domain.people_message import called, clock_time, standing
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_people

DAY_SERVICES = ["team_manager"]
THEN = (["service_manager"], ["edt_manager"])
MOST = 100  # lines of one part


@dataclass(frozen=True, slots=True)
class Case:
    """An episode with all that is or was owed in it."""

    episode: Episode
    owed: Sequence[Obligation]

    @property
    def open(self) -> list[Obligation]:
        return [o for o in self.owed if o.is_open and o.kind is not Kind.day_services_told]


def digest_due(now: datetime, at: time, until: time, calendar: Calendar) -> datetime | None:
    """This working day's instant, from then until EDT is on again: at night nobody there reads it,
    and the next one says all that is left."""
    day = london_date(now)
    is_day = london_instant(day, at) <= now < london_instant(day, until)
    return london_instant(day, at) if is_day and calendar.is_working_day(day) else None


def digest_lines(cases: Sequence[Case], failing: Sequence[str], now: datetime) -> tuple[str, ...]:
    """What is open, what police have not answered, what lapsed, what waits, what does not take."""
    parts = {
        "Open:": [_open(case) for case in cases if case.episode.state != "CLOSED"],
        "Police have not answered:": [called(case.episode) for case in cases if _unanswered(case)],
        "Not done in time:": list(_owed(cases, now, is_late=True)),
        "Waits for the day:": list(_owed(cases, now, is_late=False)),
        "Does not take what is sent:": list(failing),
    }
    return tuple(line for title, lines in parts.items() for line in _part(title, lines))


def _part(title: str, lines: list[str]) -> list[str]:
    more = [f"And {len(lines) - MOST} more."] if len(lines) > MOST else []
    return ["\n".join([title, *lines[:MOST], *more])] if lines else []


def _open(case: Case) -> str:
    return f"{called(case.episode)}, {standing(case.episode)}, owned by {case.episode.owner}"


def _unanswered(case: Case) -> bool:
    return any(o.kind is Kind.police_acknowledgement for o in case.open)


def _owed(cases: Sequence[Case], now: datetime, *, is_late: bool) -> Iterator[str]:
    rows = [(o, case) for case in cases for o in case.open if is_overdue(o, now=now) is is_late]
    for row, case in sorted(rows, key=lambda pair: (pair[0].due_at, pair[0].id)):
        what, due = row.kind.value.replace("_", " "), clock_time(row.due_at, now)
        yield f"{called(case.episode)}: {what}, due {due}"


def send_digest(_: State, event: e.DigestSent, book: Rulebook) -> Iterator[Effect]:
    """To whoever is on call there; with nobody, to the next, so that it never goes to none."""
    told = book.directory.people_for(DAY_SERVICES, THEN, event.council, event.at, {})
    council = book.directory.councils.get(event.council)
    name = council.name if council else event.council
    text = "\n\n".join([INTRODUCTION, *event.lines, f"{TAKE}: {book.public_url}/"])
    yield from tell_people(event, book, told.people, f"From the night to the day: {name}", text)


def ask_day_services(state: State, event: e.DayServicesAsked, book: Rulebook) -> Iterator[Effect]:
    yield open_obligation(
        state, event, book, Kind.day_services_told, started_at=event.at, force=None
    )


def take_over(state: State, event: e.ObligationTaken, book: Rulebook) -> Iterator[Effect]:  # noqa: ARG001
    """The one duty that *I have it* ends."""
    duty = state.get(Obligation, event.obligation)
    if duty.kind is Kind.day_services_told and duty.is_open:
        yield discharge(duty, at=event.at, by=event.id)


INTRODUCTION = "This is what the emergency duty team leaves to you."
TAKE = "Do now: open each, and say that you have it"
