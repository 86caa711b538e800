"""A clock that stands until it is moved."""

from datetime import UTC, datetime, timedelta

NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # a Tuesday in winter: London keeps UTC


class FakeClock:
    """Obeys `ports.Clock`; time passes when a test says so."""

    def __init__(self, at: datetime = NIGHT) -> None:
        self.at = at
        self._set_by = timedelta()

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - self._set_by).timestamp()

    def set_by(self, **step: float) -> datetime:
        """Somebody sets the clock, ahead or back: no time passes."""
        self._set_by += timedelta(**step)
        return self.advance(**step)

    def advance(self, **passed: float) -> datetime:
        """Move on, by what `timedelta` takes."""
        self.at += timedelta(**passed)
        return self.at

    def advance_to(self, at: datetime) -> datetime:
        """Move on to an instant; one that has passed moves nothing."""
        self.at = max(self.at, at)
        return self.at
