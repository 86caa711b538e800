"""How hard one destination may be asked: a cap, a breaker with one probe, a ramp after an
outage."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from missing_service.domain.delivery import Outcome

CAP = 4  # attempts under way at once, for one destination and process
MOST = 32  # the same, where it answers quickly
QUICK_MS = 250
TOGETHER = 4  # of a wide pace, a quarter is claimed at once: a claim and a commit for many
OPENS_AFTER = 5  # unreachable in a row
# A turn comes once a second: a probe that is a second away would be met by every other one.
PROBE_FIRST, PROBE_LONGEST = timedelta(seconds=0.5), timedelta(seconds=5)
PROBES = 40  # the wait for the next is so small a part of how long it has been away


@dataclass(frozen=True, slots=True)
class Pace:
    """What the last attempts of one destination have shown."""

    failures: int = 0
    allowed: int = CAP
    away_since: datetime | None = None
    probe_at: datetime | None = None  # None: the breaker is closed
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.probe_at is not None


def after(pace: Pace, outcome: Outcome, now: datetime, ms: int | None = None) -> Pace:
    """The pace that one more answer makes; a refusal is an answer, so it opens nothing."""
    if outcome is Outcome.UNREACHABLE:
        return _after_silence(pace, now)
    return Pace(allowed=1 if pace.is_open else _ramped(pace.allowed, ms), answered_at=now)


def _ramped(allowed: int, ms: int | None) -> int:
    """Twice as many with each answer, beyond the cap only while answers come quickly."""
    if ms is not None and ms <= QUICK_MS:
        return min(MOST, allowed * 2)
    return min(CAP, allowed * 2) if allowed <= CAP else max(CAP, allowed // 2)


def _after_silence(pace: Pace, now: datetime) -> Pace:
    failures, since = pace.failures + 1, pace.away_since or now
    is_open = pace.is_open or failures >= OPENS_AFTER
    wait = min(max((now - since) / PROBES, PROBE_FIRST), PROBE_LONGEST)
    silent = replace(pace, failures=failures, away_since=since)
    return replace(silent, allowed=CAP, probe_at=now + wait) if is_open else silent


def may_start(pace: Pace, in_flight: int, now: datetime) -> int:
    """How many more attempts may start; with an open breaker one probe, when it is time.

    A probe that is further away than it is ever put off was planned before the clock was set back.
    """
    if not pace.is_open:
        room = max(0, pace.allowed - in_flight)
        return room if room >= pace.allowed // TOGETHER else 0
    is_time = pace.probe_at is not None and not now < pace.probe_at <= now + PROBE_LONGEST
    return 1 if is_time and in_flight == 0 else 0


def may_start_fresh(pace: Pace, in_flight: int) -> int:
    """An urgent message that was never tried waits for no breaker: only the cap holds it."""
    return max(0, max(CAP, pace.allowed) - in_flight)
