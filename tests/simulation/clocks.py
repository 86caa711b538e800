"""Virtual time: one true clock, and each process's own view of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@dataclass
class TrueClock:
    """The time of the world; only the history moves it."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


@dataclass
class SkewedClock:
    """What one host believes: the true time and a few seconds more or less."""

    true: TrueClock
    skew: timedelta

    def now(self) -> datetime:
        return self.true.at + self.skew

    def monotonic(self) -> float:
        return self.true.at.timestamp()
