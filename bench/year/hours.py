"""When children of London are reported missing, and when police endpoints are away.

No public table says either by the hour. Both are assumed: evenings and nights weigh most, as an
emergency duty team sees them, Fridays and Saturdays more than Tuesdays; a gateway is away for hours
some times a year, and once for more than a day.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

HOURS = (  # how much each London hour weighs, from 00:00
    7, 6, 5, 3, 2, 1, 1, 2, 3, 3, 3, 3,
    3, 3, 3, 5, 6, 7, 8, 9, 10, 11, 11, 9,
)  # fmt: skip
WEEKDAYS = (9, 9, 9, 10, 12, 13, 10)  # Monday first
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
EPISODES = 30_000  # a year of London's
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def reported(random: Random, count: int, length: timedelta = YEAR) -> list[datetime]:
    """So many instants within the length, by hour and weekday, the first first."""
    days = [BEGINS + DAY * n for n in range(max(1, length // DAY))]
    drawn = random.choices(days, [WEEKDAYS[day.weekday()] for day in days], k=count)
    hours = random.choices(range(24), HOURS, k=count)
    pairs = zip(drawn, hours, strict=True)
    return sorted(day + HOUR * (hour + random.random()) for day, hour in pairs)


@dataclass(frozen=True, slots=True)
class Outage:
    """An endpoint is away; at its beginning and its end it may store what it does not answer."""

    begins: datetime
    ends: datetime
    refuses: bool  # it answers, with a fault of its own, rather than not at all


# how often a year each endpoint is away, and between how many hours each time
AWAY = ((6, 0.5, 4), (2, 4, 14), (1, 24, 36))


def outages(random: Random, length: timedelta = YEAR) -> list[Outage]:
    """One endpoint's, of which none overlaps another; of a part of a year one at least."""
    drawn = [
        HOUR * random.uniform(low, high)
        for count, low, high in AWAY
        for _ in range(round(count * (length / YEAR)))
    ]
    return _placed(random, drawn or [HOUR * random.uniform(*AWAY[0][1:])], length)


def _placed(random: Random, drawn: list[timedelta], length: timedelta) -> list[Outage]:
    random.shuffle(drawn)
    share = length / len(drawn)
    found = []
    for n, drawn_length in enumerate(drawn):
        lasts = min(drawn_length, share / 10)
        begins = BEGINS + share * n + (share - lasts) * random.random()
        found.append(Outage(begins, begins + lasts, random.random() < 0.3))
    return found
