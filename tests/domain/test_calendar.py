"""London days and hours around clock changes, weekends, holidays and the turn of the year."""

from datetime import UTC, date, datetime, time

import pytest

from missing_service.domain.calendar import (
    Calendar,
    in_waking_hours,
    london_date,
    london_instant,
    london_time_after,
    next_waking,
)
from missing_service.domain.policy import NextDay

SEVEN, EIGHT, NINE, FIVE_PM, NINE_PM = time(7), time(8), time(9), time(17), time(21)
EASTER = Calendar(frozenset({date(2026, 4, 3), date(2026, 4, 6)}))  # gov.uk bank holidays 2026
CHRISTMAS = Calendar(frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_hour_before_midnight_in_utc_is_tomorrow_in_a_london_summer():
    assert london_date(utc("2026-07-01T23:40")) == date(2026, 7, 2)  # DOMAIN 9
    assert london_date(utc("2026-12-01T23:40")) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 3, 28), EIGHT, "2026-03-28T08:00"),  # the day before clocks go forward: GMT
        (date(2026, 3, 29), EIGHT, "2026-03-29T07:00"),  # the day they do: BST
        (
            date(2026, 3, 29),
            time(1, 30),
            "2026-03-29T01:30",
        ),  # an hour that never was: once all the same
        (date(2026, 10, 25), EIGHT, "2026-10-25T08:00"),  # clocks went back at 02:00
        (
            date(2026, 10, 25),
            time(1, 30),
            "2026-10-25T00:30",
        ),  # an hour that comes twice: the first
        (date(2028, 2, 29), EIGHT, "2028-02-29T08:00"),  # leap day
    ],
)
def test_a_london_time_is_one_instant_on_every_day(day, at, expected):
    assert london_instant(day, at) == utc(expected)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-03-28T08:00", "2026-03-29T07:00"),  # exactly 08:00 is not after itself; 23 h on
        ("2026-10-24T07:00", "2026-10-25T08:00"),  # 25 h on
        ("2026-12-31T23:59", "2027-01-01T08:00"),  # New Year
        ("2028-02-28T09:00", "2028-02-29T08:00"),  # leap day
        ("2026-07-01T23:30", "2026-07-02T07:00"),  # already the next day in London
    ],
)
def test_eight_in_the_morning_comes_once_a_day(after, expected):
    assert london_time_after(EIGHT, utc(after)) == utc(expected)


@pytest.mark.parametrize(
    ("at", "waking", "told"),
    [
        ("2026-11-25T07:00", True, "2026-11-25T07:00"),  # winter: the first instant of the day
        ("2026-11-25T06:59", False, "2026-11-25T07:00"),
        ("2026-11-25T20:59", True, "2026-11-25T20:59"),
        ("2026-11-25T21:00", False, "2026-11-26T07:00"),  # from 21:00 it waits
        ("2026-07-01T06:00", True, "2026-07-01T06:00"),  # summer: 07:00 in London
        ("2026-03-28T22:00", False, "2026-03-29T06:00"),  # the night clocks go forward: 07:00 BST
        ("2026-10-24T21:00", False, "2026-10-25T07:00"),  # the night they go back: 07:00 GMT
    ],
)
def test_what_can_wait_waits_for_seven_in_the_morning(at, waking, told):
    assert in_waking_hours(utc(at), SEVEN, NINE_PM) is waking
    assert next_waking(utc(at), SEVEN, NINE_PM) == utc(told)


@pytest.mark.parametrize(
    ("at", "is_edt"),
    [
        ("2026-11-25T03:00", True),  # a Wednesday night
        ("2026-11-25T08:59", True),
        ("2026-11-25T09:00", False),  # day services
        ("2026-11-25T16:59", False),
        ("2026-11-25T17:00", True),
        ("2026-11-28T12:00", True),  # Saturday
        ("2026-12-28T12:00", True),  # Boxing Day, observed on a Monday
        ("2026-12-29T12:00", False),  # a Tuesday on which the council works
    ],
)
def test_the_emergency_duty_team_is_on_at_night_and_on_days_off(at, is_edt):
    assert CHRISTMAS.is_edt_hours(utc(at), FIVE_PM, NINE) is is_edt


@pytest.mark.parametrize(
    ("calendar", "after", "expected"),
    [
        (EASTER, "2026-04-01T03:00", "2026-04-01T08:00"),  # 03:00 on a working day: that morning
        (EASTER, "2026-04-01T08:00", "2026-04-02T08:00"),  # at 09:00 exactly: the next
        (EASTER, "2026-04-02T20:00", "2026-04-07T08:00"),  # Maundy Thursday night: Tuesday
        (
            EASTER,
            "2026-03-27T20:00",
            "2026-03-30T08:00",
        ),  # Friday, over the clock change: 09:00 BST
        (EASTER, "2026-10-23T20:00", "2026-10-26T09:00"),  # and back: 09:00 GMT
        (CHRISTMAS, "2026-12-24T12:00", "2026-12-29T09:00"),
        (CHRISTMAS, "2026-12-31T12:00", "2027-01-04T09:00"),  # New Year's Day is a Friday
    ],
)
def test_the_next_working_and_school_morning_leave_out_days_off(calendar, after, expected):
    assert calendar.next_day_at(NINE, NextDay.WORKING, utc(after)) == utc(expected)
    assert calendar.next_day_at(NINE, NextDay.SCHOOL, utc(after)) == utc(expected)


def test_a_calendar_is_known_by_its_days():
    assert EASTER.version == Calendar(frozenset({date(2026, 4, 6), date(2026, 4, 3)})).version
    assert EASTER.version != CHRISTMAS.version
