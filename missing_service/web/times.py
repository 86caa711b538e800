"""Times as people say and type them: London's clock on the page, UTC behind it."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from missing_service.domain.calendar import age_at
from missing_service.domain.people_message import ago, clock_time

LONDON = ZoneInfo("Europe/London")
SHORT = timedelta(minutes=2)
DAY_FIRST = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})")
RUN_TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4})")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
CLOCK = re.compile(r"(\d{1,2})[:.]?(\d{2})(?::\d{2})?")
BEFORE, AFTER = "BEFORE", "AFTER"  # the clocks went back


class WrongTime(ValueError):
    """What was typed is no instant; the message says what to do."""


class TwoTimes(WrongTime):
    """That hour came twice in the night when the clocks went back."""


def read_date(text: str) -> date:
    """A day as people write it, the day first; or as machines do."""
    words = text.strip()
    for form, order in ((DAY_FIRST, (3, 2, 1)), (RUN_TOGETHER, (3, 2, 1)), (ISO, (1, 2, 3))):
        found = form.fullmatch(words)
        if found and words.isascii():
            return _day(*(int(found[part]) for part in order))
    raise WrongTime("Write day, month and year, for example 24 11 2026.")


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise WrongTime("There is no such day: check day, month and year.") from None


def read_clock(text: str) -> time:
    """A time of day on the 24-hour clock: 22:30, 22.30 or 2230."""
    found = CLOCK.fullmatch(text.strip())
    if found and text.isascii() and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    raise WrongTime("Write the time on the 24-hour clock, for example 22:30.")


def read_instant(day: str, clock: str, side: str | None, *, now: datetime) -> datetime:
    """The instant of a London day and time; without a day, the last time the clock showed it."""
    at = read_clock(clock)
    if day.strip():
        return _instant(read_date(day), at, side)
    today = now.astimezone(LONDON).date()
    first = datetime.combine(today, at, LONDON)
    if first.astimezone(UTC) > now:
        return _instant(today - timedelta(days=1), at, side)
    if first.replace(fold=1).astimezone(UTC) > now:
        return first.astimezone(UTC)  # it will come once more tonight, and has come once
    return _instant(today, at, side)


def _instant(day: date, at: time, side: str | None) -> datetime:
    first = datetime.combine(day, at, LONDON)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != datetime.combine(day, at):
        raise WrongTime(
            f"The clocks went forward that night: {at:%H:%M} did not exist. Was it an hour "
            "earlier, or an hour later?"
        )
    if side not in (BEFORE, AFTER):
        raise TwoTimes(
            f"The clocks went back that night: {at:%H:%M} came twice. Say which one it was."
        )
    return (first if side == BEFORE else second).astimezone(UTC)


def day_and_clock(at: datetime) -> tuple[str, str]:
    """An instant as the two fields of a form hold it."""
    local = at.astimezone(LONDON)
    return f"{local:%d/%m/%Y}", f"{local:%H:%M}"


def instant_of(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def when(value: datetime | str, now: datetime) -> str:
    """ "03:12, 14 minutes ago"; with the day where it is not today's."""
    at = instant_of(value)
    distance = f"in {length(at - now)}" if at > now else f"{length(now - at)} ago"
    if timedelta() <= now - at < timedelta(seconds=1):
        distance = "just now"
    return f"{clock_time(at, now)}, {distance}"


def length(passed: timedelta) -> str:
    """How long, in the words that people use: seconds only while they matter."""
    if passed < SHORT:
        seconds = max(int(passed.total_seconds()), 0)
        return f"{seconds} second" if seconds == 1 else f"{seconds} seconds"
    now = datetime(2000, 1, 1, tzinfo=UTC)
    return ago(now - passed, now)


def age(date_of_birth: str, now: datetime) -> int:
    return age_at(date.fromisoformat(date_of_birth), now)
