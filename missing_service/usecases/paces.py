"""What one process knows of each destination: how hard it may be asked, and when it last
answered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from missing_service.domain.delivery import Outcome
from missing_service.domain.pace import Pace, after, may_start, may_start_fresh


@dataclass(slots=True)
class Paces:
    """What this process knows of each destination; nothing is lost with it."""

    paces: dict[str, Pace] = field(default_factory=dict)
    in_flight: dict[str, int] = field(default_factory=dict)

    def started(self, channel: str) -> None:
        self.in_flight[channel] = self.in_flight.get(channel, 0) + 1

    def ended(self, channel: str, outcome: Outcome, now: datetime, ms: int | None = None) -> None:
        self.in_flight[channel] -= 1
        self.paces[channel] = after(self.paces.get(channel, Pace()), outcome, now, ms)

    def answered_ago(self, channel: str, now: datetime) -> timedelta | None:
        """How long ago it last answered; not known once the clock was set back behind that."""
        at = self.paces.get(channel, Pace()).answered_at
        return now - at if at and at <= now else None

    def room(self, channel: str, now: datetime) -> tuple[int, int]:
        """How many may start, and how many that are urgent and were never tried."""
        flying = self.in_flight.get(channel, 0)
        pace = self.paces.get(channel, Pace())
        return may_start(pace, flying, now), may_start_fresh(pace, flying)
