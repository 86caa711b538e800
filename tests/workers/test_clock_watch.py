"""A clock that was set back is noticed, and what it put off is mended."""

from datetime import UTC, datetime, timedelta

import pytest

from workers.clock_watch import ClockWatch

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def looks(watch: ClockWatch, *moments: tuple[float, float]) -> list[bool]:
    """Whether each look mended; a moment is seconds by the wall, and seconds that really passed."""
    return [
        bool(watch.look(NOON + timedelta(seconds=wall), passed, lambda: True))
        for wall, passed in moments
    ]


def test_the_first_look_mends_for_nobody_knows_what_was_before():
    assert looks(ClockWatch(), (0, 0), (1, 1)) == [True, False]


@pytest.mark.parametrize("back", [3, 3600, 86400])
def test_a_clock_set_back_is_noticed_once(back: int):
    assert looks(ClockWatch(), (0, 0), (10 - back, 10), (11 - back, 11)) == [True, True, False]


def test_a_clock_set_ahead_is_noticed_when_it_is_put_right():
    year = 365 * 86400
    assert looks(ClockWatch(), (0, 0), (10 + year, 10), (20, 20)) == [True, False, True]


def test_a_mending_that_fails_is_asked_for_again():
    watch = ClockWatch()
    with pytest.raises(KeyError):
        watch.look(NOON, 0, {}.popitem)
    assert looks(watch, (1, 1)) == [True]


@pytest.mark.parametrize(
    ("wall", "noticed"),
    [(10, 0), (11.5, 0), (8.5, 0), (13, 3), (7, -3), (3610, 3600), (-86390, -86400)],
)
def test_a_step_is_what_the_wall_clock_moved_and_time_did_not(wall: float, noticed: float):
    watch = ClockWatch()
    assert watch.step(NOON, 0) is None
    found = watch.step(NOON + timedelta(seconds=wall), 10)
    assert (found or timedelta()) == timedelta(seconds=noticed)
    assert watch.step(NOON + timedelta(seconds=wall + 1), 11) is None
