from datetime import UTC, timedelta

from adapters.clock import SystemClock, sleep
from missing_service.ports import Clock


def test_the_time_is_aware_and_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.now().utcoffset() == timedelta(0)


def test_the_monotonic_clock_counts_what_was_slept() -> None:
    clock = SystemClock()
    began = clock.monotonic()
    sleep(0.02)
    assert 0.02 <= clock.monotonic() - began < 1
