"""How hard one destination may be asked."""

from datetime import UTC, datetime, timedelta

import pytest

from missing_service.domain.delivery import Outcome
from missing_service.domain.pace import (
    CAP,
    MOST,
    OPENS_AFTER,
    QUICK_MS,
    Pace,
    after,
    may_start,
    may_start_fresh,
)

NOW = datetime(2026, 11, 24, 22, tzinfo=UTC)
TAKEN, REFUSED, UNREACHABLE = Outcome.TAKEN, Outcome.REFUSED, Outcome.UNREACHABLE
SLOW_MS = QUICK_MS + 1


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def after_many(count: int, outcome: Outcome, ms: int | None = None, pace: Pace | None = None):
    pace = pace or Pace()
    for _ in range(count):
        pace = after(pace, outcome, NOW, ms)
    return pace


def test_a_destination_of_which_nothing_is_known_has_so_many_attempts_under_way_and_no_more():
    assert [may_start(Pace(), flying, NOW) for flying in range(6)] == [4, 3, 2, 1, 0, 0]


def test_the_breaker_opens_after_so_many_silences_in_a_row_and_one_answer_begins_anew():
    assert not after_many(OPENS_AFTER - 1, UNREACHABLE).is_open
    assert after_many(OPENS_AFTER, UNREACHABLE).is_open
    interrupted = after(after_many(OPENS_AFTER - 1, UNREACHABLE), TAKEN, NOW)
    assert not after(interrupted, UNREACHABLE, NOW).is_open


def test_a_refusal_is_an_answer_and_opens_no_breaker():
    assert not after_many(100, REFUSED).is_open
    assert not after(after_many(OPENS_AFTER, UNREACHABLE), REFUSED, NOW).is_open


def test_an_open_breaker_lets_one_probe_through_when_it_is_time_and_none_beside_it():
    pace = after_many(OPENS_AFTER, UNREACHABLE)
    assert may_start(pace, 0, NOW + seconds(0.499)) == 0
    assert may_start(pace, 0, NOW + seconds(0.5)) == 1
    assert may_start(pace, 1, NOW + seconds(60)) == 0


@pytest.mark.parametrize(
    ("set_by", "room"),
    [
        (0.4, 0),  # the probe is half a second away
        (365 * 86400, 1),  # set ahead: it is time, whoever says so
        (-4.4, 0),
        (-4.6, 1),  # set back: five seconds are never more
        (-365 * 86400, 1),
    ],
)
def test_a_probe_is_never_put_off_for_longer_than_probes_are(set_by: float, room: int):
    pace = after_many(OPENS_AFTER, UNREACHABLE)
    assert may_start(pace, 0, NOW + seconds(set_by)) == room


@pytest.mark.parametrize(
    ("away", "wait"),
    [
        (0, 0.5),  # a short outage is found ended at the next turn
        (20, 0.5),
        (60, 1.5),  # then a fortieth of how long it has lasted ...
        (200, 5),
        (86_400, 5),  # ... and never longer than this
    ],
)
def test_probes_come_seldomer_the_longer_it_is_away(away: float, wait: float):
    later = NOW + seconds(away)
    pace = after(after_many(OPENS_AFTER, UNREACHABLE), UNREACHABLE, later)
    assert pace.probe_at == later + seconds(wait)


def test_an_urgent_message_never_tried_waits_for_no_breaker_but_for_the_cap():
    pace = after_many(OPENS_AFTER, UNREACHABLE)
    assert [may_start_fresh(pace, flying) for flying in (0, 3, 4, 9)] == [CAP, 1, 0, 0]


def test_after_an_outage_one_then_twice_as_many_with_each_answer():
    pace, allowed = after_many(OPENS_AFTER, UNREACHABLE), []
    for _ in range(7):
        pace = after(pace, TAKEN, NOW, ms=5)
        allowed.append(pace.allowed)
    assert allowed == [1, 2, 4, 8, 16, MOST, MOST]


def test_only_quick_answers_take_it_beyond_the_cap_and_slow_ones_bring_it_back():
    assert after_many(9, TAKEN, SLOW_MS).allowed == CAP
    assert after_many(9, TAKEN).allowed == CAP  # nobody said how long it took
    wide = after_many(9, TAKEN, QUICK_MS)
    assert wide.allowed == MOST
    assert [after_many(n, TAKEN, SLOW_MS, wide).allowed for n in (1, 2, 3, 4)] == [16, 8, 4, 4]


def test_a_wide_pace_that_goes_silent_is_back_at_the_cap_for_what_waits_for_no_breaker():
    silent = after_many(OPENS_AFTER, UNREACHABLE, None, after_many(9, TAKEN, 1))
    assert may_start_fresh(silent, 0) == CAP


def test_of_a_wide_pace_a_quarter_is_claimed_at_once_or_nothing():
    wide = after_many(9, TAKEN, 1)
    assert [may_start(wide, flying, NOW) for flying in (0, 24, 25, 32)] == [32, 8, 0, 0]
    assert may_start_fresh(wide, 25) == 7
