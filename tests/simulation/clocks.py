"""Virtual time: one true time that only moves on, a wall clock that may step, and what each
host's own clock shows."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOTHING = timedelta()
STARTS = (  # an autumn night, both clock changes, a leap day, the New Year, Easter
    datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
    datetime(2026, 3, 28, 19, 30, tzinfo=UTC),
    datetime(2026, 10, 24, 21, 0, tzinfo=UTC),
    datetime(2028, 2, 28, 20, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 16, 0, tzinfo=UTC),
    datetime(2027, 3, 26, 9, 0, tzinfo=UTC),
)
START = STARTS[0]


@dataclass
class TrueClock:
    """`at` is what really passes; the wall clock is so much away from it."""

    at: datetime = START
    stepped: timedelta = NOTHING

    def now(self) -> datetime:
        return self.at + self.stepped

    def monotonic(self) -> float:
        return self.at.timestamp()


@dataclass
class SkewedClock:
    """What one host believes: the wall clock and a few seconds or minutes more or less."""

    true: TrueClock
    skew: timedelta

    def now(self) -> datetime:
        return self.true.now() + self.skew

    def monotonic(self) -> float:
        return self.true.monotonic()
