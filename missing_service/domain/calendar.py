"""London days and hours: waking hours, EDT's hours, the next working or school morning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from missing_service.domain.policy import NextDay

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
SATURDAY = 5


def london(instant: datetime) -> datetime:
    """What a London clock shows at an instant."""
    return instant.astimezone(LONDON)


def london_date(instant: datetime) -> date:
    """The London day of an instant: 23:40 UTC in summer is the next day."""
    return london(instant).date()


def age_at(born: date, instant: datetime) -> int:
    """Whole years by the London day; who is born on 29 February is a year older on 1 March."""
    today = london_date(instant)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def london_instant(day: date, at: time) -> datetime:
    """The instant at which London shows that time; of an hour that comes twice, the first."""
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def london_time_after(at: time, instant: datetime) -> datetime:
    """The next instant, after this one, at which London shows that time."""
    day = london_date(instant) - DAY
    while (found := london_instant(day, at)) <= instant:
        day += DAY
    return found


def in_waking_hours(instant: datetime, start: time, end: time) -> bool:
    """Whether a message that can wait may be sent: from `start`, and before `end`."""
    return start <= london(instant).time() < end


def next_waking(instant: datetime, start: time, end: time) -> datetime:
    """The instant itself in waking hours, else the next morning's first."""
    return instant if in_waking_hours(instant, start, end) else london_time_after(start, instant)


@dataclass(frozen=True, slots=True)
class Calendar:
    """One council's holidays; terms are not known, so a school day is a working day."""

    holidays: frozenset[date]

    @property
    def version(self) -> str:
        """What to store beside a deadline that these days gave."""
        days = ",".join(day.isoformat() for day in sorted(self.holidays))
        return sha256(days.encode()).hexdigest()[:16]

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self.holidays

    def is_school_day(self, day: date) -> bool:
        """Whether a school may be open: Monday to Friday, no holiday."""
        return self.is_working_day(day)

    def is_edt_hours(self, instant: datetime, start: time, end: time) -> bool:
        """Whether EDT is on: from `start` until `end` next morning, and all of a day off."""
        local = london(instant)
        return not self.is_working_day(local.date()) or not end <= local.time() < start

    def next_day_at(self, at: time, day: NextDay, instant: datetime) -> datetime:
        """The first such morning after an instant: 03:00 on a working day gives the same day."""
        return (
            self.next_school_day_at(at, instant)
            if day is NextDay.SCHOOL
            else self.next_working_day_at(at, instant)
        )

    def next_working_day_at(self, at: time, instant: datetime) -> datetime:
        """The first instant after this one that is that time on a working day."""
        found = london_time_after(at, instant)
        while not self.is_working_day(london_date(found)):
            found = london_time_after(at, found)
        return found

    def next_school_day_at(self, at: time, instant: datetime) -> datetime:
        """The first instant after this one that is that time on a school day."""
        found = london_time_after(at, instant)
        while not self.is_school_day(london_date(found)):
            found = london_time_after(at, found)
        return found
