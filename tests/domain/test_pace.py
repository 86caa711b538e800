"""A breaker's probe is planned by the clock on the wall, which may be set."""

from datetime import UTC, datetime, timedelta

import pytest

from missing_service.domain.delivery import Outcome
from missing_service.domain.pace import OPENS_AFTER, PROBE_EVERY, Pace, after, may_start

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def opened() -> Pace:
    pace = Pace()
    for _ in range(OPENS_AFTER):
        pace = after(pace, Outcome.UNREACHABLE, NOON)
    return pace


@pytest.mark.parametrize(
    ("seconds", "room"),
    [
        (0, 0),  # the probe is five seconds away
        (4.9, 0),
        (5, 1),
        (365 * 86400, 1),  # set ahead: it is time, whoever says so
        (-0.1, 1),  # set back: five seconds are never more
        (-3600, 1),
        (-365 * 86400, 1),
    ],
)
def test_a_probe_is_never_put_off_for_longer_than_it_was_meant_to_be(seconds: float, room: int):
    assert may_start(opened(), 0, NOON + timedelta(seconds=seconds)) == room
    assert timedelta(seconds=5) == PROBE_EVERY
