"""Notices a clock that was set: what it put off while it ran ahead must not wait for that time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
NOTICED = timedelta(seconds=2)


class ClockWatch:
    """Compares the clock on the wall with the one that only moves on."""

    def __init__(self) -> None:
        self._begun: datetime | None = None

    def look(self, now: datetime, monotonic: float, mend: Callable[[], T]) -> T | None:
        """Mend if the clock went back since the last look; the first time nobody knows, so: mend.

        A mending that fails is asked for again at the next look.
        """
        begun, before = now - timedelta(seconds=monotonic), self._begun
        done = mend() if before is None or before - begun > NOTICED else None
        self._begun = begun
        return done

    def step(self, now: datetime, monotonic: float) -> timedelta | None:
        """By how much the clock was set since the last look, ahead or back, if it was."""
        begun, before = now - timedelta(seconds=monotonic), self._begun
        self._begun = begun
        moved = begun - before if before else timedelta()
        return moved if abs(moved) > NOTICED else None
