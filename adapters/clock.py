"""The one place that reads the time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's own clock; everything else is handed a clock like it."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC, in microseconds."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never step back."""
        return elapsed()


def elapsed() -> float:
    """Seconds that never step back; for deadlines of sockets, which live in real time only."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Do nothing for so long; for loops without an event to wait on."""
    time.sleep(seconds)
