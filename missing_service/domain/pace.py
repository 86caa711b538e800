"""How hard one destination may be asked: a cap, a breaker with one probe, a ramp after an
outage."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from missing_service.domain.delivery import Outcome

CAP = 4  # attempts under way at once, for one destination and process
OPENS_AFTER = 5  # unreachable in a row
PROBE_EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Pace:
    """What the last attempts of one destination have shown."""

    failures: int = 0
    allowed: int = CAP
    probe_at: datetime | None = None  # None: the breaker is closed
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.probe_at is not None


def after(pace: Pace, outcome: Outcome, now: datetime) -> Pace:
    """The pace that one more answer makes; a refusal is an answer, so it opens nothing."""
    if outcome is not Outcome.UNREACHABLE:
        ramped = 1 if pace.is_open else min(CAP, pace.allowed * 2)
        return Pace(allowed=ramped, answered_at=now)
    failures = pace.failures + 1
    is_open = pace.is_open or failures >= OPENS_AFTER
    return replace(pace, failures=failures, probe_at=now + PROBE_EVERY if is_open else None)


def may_start(pace: Pace, in_flight: int, now: datetime) -> int:
    """How many more attempts may start; with an open breaker one probe, when it is time.

    A probe that is further away than it is ever put off was planned before the clock was set back.
    """
    if not pace.is_open:
        return max(0, pace.allowed - in_flight)
    is_time = pace.probe_at is not None and not now < pace.probe_at <= now + PROBE_EVERY
    return 1 if is_time and in_flight == 0 else 0


def may_start_fresh(in_flight: int) -> int:
    """An urgent message that was never tried waits for no breaker: only the cap holds it."""
    return max(0, CAP - in_flight)
