"""The service looks at itself every hour: at how much, and whom it tells what does not hold."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from missing_service.domain.calendar import london_date, london_instant
from missing_service.domain.effects import Effect
from missing_service.domain.events import SelfChecked
from missing_service.domain.people_message import clock_time
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_people

NIGHT = time(3)  # London's: the whole is looked at once a day
GOOD_FOR = timedelta(hours=2)  # an hour for the next look, and one for it to be late
MOST_SAID = 20
DAY = timedelta(days=1)


def is_all_due(before: SelfChecked | None, at: datetime) -> bool:
    """Whether all is looked at, not only what moved: each night, and while anything is wrong."""
    return before is None or bool(before.faults) or before.all_at < _last_night(at)


def is_news(before: SelfChecked | None, faults: tuple[str, ...], at: datetime) -> bool:
    """People are told of what changed, and each day anew of what is still wrong."""
    known, told_at = (before.faults, before.told_at) if before else ((), None)
    return faults != known or (bool(faults) and told_at is not None and told_at <= at - DAY)


def _last_night(at: datetime) -> datetime:
    """The last instant at which London showed that hour."""
    tonight = london_instant(london_date(at), NIGHT)
    return tonight if tonight <= at else london_instant(london_date(at) - DAY, NIGHT)


def passed(last: SelfChecked | None, now: datetime) -> bool:
    """Whether the service has looked at itself lately, and found nothing wrong."""
    return last is not None and not last.faults and now - last.at < GOOD_FOR


def tell_of_faults(_: State, event: SelfChecked, book: Rulebook) -> Iterator[Effect]:
    """Administrators learn what does not hold, and when it holds again."""
    if event.told_at != event.at:
        return
    subject, text = _letter(event) if event.faults else _all_well(event)
    told = book.directory.administrators(event.at)
    yield from tell_people(event, book, told, subject, f"{text}\n\nSee all: {book.public_url}/")


def _letter(event: SelfChecked) -> tuple[str, str]:
    at, count = clock_time(event.at, event.at), len(event.faults)
    rest = [f"And {count - MOST_SAID} more."] if count > MOST_SAID else []
    lines = [
        f"At {at} the service looked at its own records. This does not hold:",
        *event.faults[:MOST_SAID],
        *rest,
        "Do now: keep a copy of the database as it is, run `missing-service verify`, and find out "
        "who or what changed it. Reports are taken and sent meanwhile: look in each open episode "
        "whether police have answered.",
    ]
    return f"URGENT: the service's own records do not hold together ({count})", "\n\n".join(lines)


def _all_well(event: SelfChecked) -> tuple[str, str]:
    at = clock_time(event.at, event.at)
    text = f"At {at} the service looked at all of its records: everything holds again."
    return "The service's own records hold together again", text
