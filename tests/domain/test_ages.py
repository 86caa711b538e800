"""How old a child is: by the day in London, and on 29 February."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missing_service.domain.calendar import age_at, london_date, london_instant
from missing_service.domain.doubts import doubts
from missing_service.usecases.report_missing import is_under_age


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "at", "age"),
    [
        (date(2012, 2, 29), "2026-02-28T23:59", 13),
        (date(2012, 2, 29), "2026-03-01T00:00", 14),  # a year without the day: on 1 March
        (date(2012, 2, 29), "2028-02-28T23:59", 15),
        (date(2012, 2, 29), "2028-02-29T00:00", 16),  # a year that has it
        (date(2010, 2, 28), "2028-02-28T00:00", 18),
        (date(2010, 3, 1), "2028-02-29T23:59", 17),
        (date(2012, 7, 2), "2026-07-01T22:59", 13),
        (date(2012, 7, 2), "2026-07-01T23:00", 14),  # midnight in London's summer
        (date(2012, 12, 2), "2026-12-01T23:59", 13),
        (date(2008, 3, 29), "2026-03-29T00:00", 18),  # the night clocks go forward
        (date(2008, 10, 25), "2026-10-24T23:00", 18),  # and the night they go back: still summer
        (date(2008, 10, 26), "2026-10-25T23:00", 17),
        (date(2008, 10, 26), "2026-10-26T00:00", 18),
    ],
)
def test_a_child_is_a_year_older_on_the_day_in_london(born: date, at: str, age: int):
    assert age_at(born, utc(at)) == age
    child = {"date_of_birth": born.isoformat()}
    assert is_under_age(child, utc(at), 14) is (age < 14)
    said = doubts({"child": child}, child="", recorded_at=utc(at), councils={})
    assert bool(said) is (age >= 18)


@given(
    st.dates(date(2005, 1, 1), date(2026, 12, 31)),
    st.integers(0, 20),
    st.timedeltas(timedelta(), timedelta(hours=22)),
)
def test_an_age_changes_at_midnight_in_london_and_at_no_other_time(born, years, later):
    try:
        birthday = born.replace(year=born.year + years)
    except ValueError:
        birthday = date(born.year + years, 3, 1)
    midnight = london_instant(birthday, datetime.min.time())
    assert age_at(born, midnight) == years
    assert age_at(born, midnight + later) == years
    assert london_date(midnight) == birthday
    if years:
        assert age_at(born, midnight - timedelta(microseconds=1)) == years - 1
