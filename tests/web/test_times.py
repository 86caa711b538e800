"""Times as people type them in London, at every edge."""

from datetime import UTC, datetime

import pytest

from missing_service.web.times import (
    AFTER,
    BEFORE,
    TwoTimes,
    WrongTime,
    length,
    read_clock,
    read_date,
    read_instant,
    when,
)

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["24 11 2026", "24/11/2026", "24.11.2026", "24-11-2026", "24112026", "2026-11-24"]
)
def test_a_day_is_read_day_first(typed: str):
    assert read_date(typed).isoformat() == "2026-11-24"


@pytest.mark.parametrize("typed", ["31 2 2026", "24 11 26", "2026-W48-2", "٢٤ ١١ ٢٠٢٦", "x", ""])
def test_what_is_no_day_is_refused(typed: str):
    with pytest.raises(WrongTime):
        read_date(typed)


@pytest.mark.parametrize("typed", ["22:30", "22.30", "2230", " 22:30 "])
def test_a_time_is_read_on_the_24_hour_clock(typed: str):
    assert read_clock(typed).isoformat() == "22:30:00"


@pytest.mark.parametrize("typed", ["24:00", "25:00", "22:60", "10pm", "", "٢٢:٣٠"])
def test_what_is_no_time_is_refused(typed: str):
    with pytest.raises(WrongTime):
        read_clock(typed)


@pytest.mark.parametrize(
    ("day", "clock", "side", "instant"),
    [
        ("", "03:00", None, "2026-11-24T03:00"),  # this night
        ("", "22:30", None, "2026-11-23T22:30"),  # the evening before
        ("1 7 2026", "12:00", None, "2026-07-01T11:00"),  # summer
        ("25 10 2026", "01:30", BEFORE, "2026-10-25T00:30"),
        ("25 10 2026", "01:30", AFTER, "2026-10-25T01:30"),
        ("25 10 2026", "02:00", None, "2026-10-25T02:00"),
    ],
)
def test_an_instant_is_londons(day: str, clock: str, side: str | None, instant: str):
    found = read_instant(day, clock, side, now=NOW)
    assert found == datetime.fromisoformat(f"{instant}:00+00:00")


@pytest.mark.parametrize(
    ("now", "clock", "side", "instant"),
    [
        ("2026-10-24T23:30", "01:30", None, "2026-10-24T00:30"),  # before it came at all
        ("2026-10-25T00:45", "01:30", None, "2026-10-25T00:30"),  # it has come once so far
        ("2026-10-25T01:45", "01:30", BEFORE, "2026-10-25T00:30"),
        ("2026-10-25T01:45", "01:30", AFTER, "2026-10-25T01:30"),
        ("2026-10-25T01:15", "23:30", None, "2026-10-24T22:30"),
        ("2026-10-26T00:30", "01:30", BEFORE, "2026-10-25T00:30"),  # last night, asked about
        ("2026-03-29T00:30", "01:30", None, "2026-03-28T01:30"),  # the night it is left out
        ("2026-03-29T02:10", "03:05", None, "2026-03-29T02:05"),
        ("2026-03-29T01:10", "00:50", None, "2026-03-29T00:50"),
        ("2027-10-31T00:40", "01:35", None, "2027-10-31T00:35"),
        ("2027-03-28T01:05", "02:01", None, "2027-03-28T01:01"),
        ("2028-03-01T00:10", "23:50", None, "2028-02-29T23:50"),
    ],
)
def test_without_a_day_it_is_the_last_time_that_the_clock_showed_it(
    now: str, clock: str, side: str | None, instant: str
):
    found = read_instant("", clock, side, now=datetime.fromisoformat(f"{now}:00+00:00"))
    assert found == datetime.fromisoformat(f"{instant}:00+00:00")


@pytest.mark.parametrize("now", ["2026-10-25T01:45", "2026-10-25T20:00"])
def test_without_a_day_an_hour_that_has_come_twice_is_asked_about(now: str):
    with pytest.raises(TwoTimes):
        read_instant("", "01:30", None, now=datetime.fromisoformat(f"{now}:00+00:00"))


def test_an_hour_that_never_was_and_one_that_was_twice_are_asked_about():
    with pytest.raises(WrongTime, match="did not exist"):
        read_instant("29 3 2026", "01:30", None, now=NOW)
    with pytest.raises(TwoTimes, match="came twice"):
        read_instant("25 10 2026", "01:30", None, now=NOW)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-24T02:58:00Z", "02:58, 14 minutes ago"),
        ("2026-11-24T03:11:59.500000Z", "03:11, just now"),
        ("2026-11-24T03:11:50Z", "03:11, 10 seconds ago"),
        ("2026-11-24T03:27:00Z", "03:27, in 15 minutes"),
        ("2026-11-23T22:30:00Z", "22:30 on Mon 23 Nov, 4 hours 42 min ago"),
    ],
)
def test_times_are_said_as_people_say_them(at: str, said: str):
    assert when(at, NOW) == said


def test_one_second_is_one():
    from datetime import timedelta

    assert length(timedelta(seconds=1)) == "1 second"
