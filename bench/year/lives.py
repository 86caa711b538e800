"""What becomes of one child's episode: who does what, and how long after the report.

The shares and lengths are assumed, as the hours are: two interviews in three within 72 hours, as
councils had on average in 2023-24; the rest is a plain middle of what the rules allow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from bench.year.hours import DAY, HOUR, MINUTE
from bench.year.places import COUNTIES

Said = dict[str, Any]
LONGEST = DAY * 30  # missing for so long and no longer
KNOWN = 0.6  # of all reports are of a child known already


@dataclass(frozen=True, slots=True)
class Deed:
    """One act, so long after the report."""

    after: timedelta
    name: str
    said: Any = None


def a_report(random: Random, n: int, councils: tuple[str, ...]) -> Said:
    """The eleven answers of the night, some of them not known."""
    born = date(2008, 1, 1) + DAY * random.randrange(3650)
    return {
        "category": _one_of(random, MISSING=75, UNSURE=10, AWAY_UNAUTHORISED=15),
        "child": {"name": f"Child {n}", "date_of_birth": born.isoformat(), "case_id": f"C{n}"},
        "concern": "Not back from school, phone off.",
        "immediate_danger": _one_of(random, NO=80, NOT_KNOWN=12, YES=8),
        "last_seen": {"council": _last_seen(random, councils)},
        "reporter": {"name": "Jo Grant", "role": "FOSTER_CARER", "phone": "020 7946 0101"},
    }


def late_by(random: Random) -> timedelta:
    """How long before it was typed the report was made."""
    drawn = random.random()
    if drawn < 0.7:
        return timedelta()
    return MINUTE * random.uniform(10, 120) if drawn < 0.97 else HOUR * random.uniform(3, 30)


def deeds(random: Random) -> Iterator[Deed]:
    """All that people do about it, in no order."""
    missing = min(HOUR * random.lognormvariate(1.2, 1.2), LONGEST)
    yield from _police(random, missing)
    yield from _while_missing(random, missing)
    yield from _decisions(random, missing)
    yield from _back(random, missing)
    yield from _interview(random, missing)


def _police(random: Random, missing: timedelta) -> Iterator[Deed]:
    wait = _police_wait(random)
    yield Deed(wait, "acknowledge", _one_of(random, **OUTCOMES))
    for after in _asked_again(missing):
        yield Deed(wait + after * random.uniform(0.8, 1.05), "police update")
    if random.random() < 0.03:
        yield Deed(wait + MINUTE * random.uniform(3, 90), "undo an answer")


def _asked_again(missing: timedelta) -> Iterator[timedelta]:
    """Before each four hours are over, then before each day is."""
    after = HOUR * 3.7
    while after < missing:
        yield after
        after += HOUR * 3.7 if after < DAY else HOUR * 23


OUTCOMES = {"RECORDED_MISSING": 86, "RECORDED_OTHER": 7, "DECLINED": 4, "WRONG_FORCE": 3}


def _police_wait(random: Random) -> timedelta:
    """Most answer within minutes; some are left until the day, and few for days."""
    drawn = random.random()
    if drawn < 0.80:
        return MINUTE * random.uniform(1, 9)
    if drawn < 0.96:
        return MINUTE * random.uniform(9, 75)
    return HOUR * (random.uniform(1, 8) if drawn < 0.995 else random.uniform(8, 30))


def _while_missing(random: Random, missing: timedelta) -> Iterator[Deed]:
    if random.random() < 0.4:
        yield Deed(missing * random.random(), "update")
    if random.random() < 0.06:
        yield Deed(missing * random.random(), "danger", random.choice(["YES", "NO"]))
    if random.random() < 0.05:
        yield Deed(missing * random.random(), "category", random.choice(["MISSING", "AWAY"]))
    if random.random() < 0.2:
        yield Deed(MINUTE * random.uniform(6, 60), "ring police")
    if random.random() < 0.3:
        yield Deed(MINUTE * random.uniform(10, 200), "take")


def _decisions(random: Random, missing: timedelta) -> Iterator[Deed]:
    """A review as it falls due, often; what is left of them, in the morning's round."""
    for review in (HOUR, HOUR * 6, DAY, DAY * 2, DAY * 3, DAY * 7):
        if review < missing and random.random() < 0.8:
            yield Deed(review + MINUTE * random.uniform(-40, 20), "decide")
    for day in range(missing // DAY + 2):
        yield Deed(DAY * (day + random.uniform(0.5, 1)), "decide")
    yield Deed(missing + DAY * 2, "decide")


def _back(random: Random, missing: timedelta) -> Iterator[Deed]:
    if random.random() < 0.3:
        yield Deed(missing * random.uniform(0.7, 1), "locate")
    yield Deed(missing, "return", random.random() < 0.9)
    if random.random() < 0.02:
        yield Deed(missing + MINUTE * random.uniform(2, 300), "undo a return")
    yield Deed(missing + HOUR * random.uniform(1, 12), "confirm")
    yield Deed(missing + HOUR * random.uniform(12, 72), "close")


def _interview(random: Random, missing: timedelta) -> Iterator[Deed]:
    """Two in three within 72 hours, nearly all within ten days."""
    within = random.random() < 0.66
    held = missing + (DAY * random.uniform(0.5, 3) if within else DAY * random.uniform(3, 10))
    if random.random() < 0.8:
        yield Deed(missing + (held - missing) * random.uniform(0.1, 0.8), "allocate")
    yield Deed(held, "interview", _one_of(random, HELD=70, DECLINED=18, DECIDED_NOT=12))
    signed = held + HOUR * random.uniform(0.5, 60)
    yield Deed(signed, "sign")
    read = HOUR * (random.uniform(0.5, 20) if random.random() < 0.85 else random.uniform(20, 140))
    yield Deed(signed + read, "receive record")
    yield Deed(signed + read + DAY * 5, "receive record")
    yield Deed(signed + read + DAY * 6, "close")


def _last_seen(random: Random, councils: tuple[str, ...]) -> str | None:
    drawn = random.random()
    if drawn < 0.85:
        return None
    return random.choice(councils if drawn < 0.93 else tuple(COUNTIES))


def _one_of(random: Random, **weights: int) -> str:
    return random.choices(list(weights), list(weights.values()))[0]
