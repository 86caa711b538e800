"""The nights on which clocks change, 29 February, the New Year: sums are elapsed time in UTC, and
mornings are London's."""

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.fakes.clock import FakeClock
from tests.journeys.world import open_world

M, H = timedelta(minutes=1), timedelta(hours=1)
AT_0130 = {
    "the first 01:30, 2026": ("2026-10-25T00:30", "01:30"),
    "the second 01:30, 2026": ("2026-10-25T01:30", "01:30"),
    "the first 01:30, 2027": ("2027-10-31T00:30", "01:30"),
    "the second 01:30, 2027": ("2027-10-31T01:30", "01:30"),
    "a minute before the hour that is left out, 2026": ("2026-03-29T00:59", "00:59"),
    "the 01:30 that is called 02:30, 2026": ("2026-03-29T01:30", "02:30"),
    "the 01:30 that is called 02:30, 2027": ("2027-03-28T01:30", "02:30"),
    "29 February": ("2028-02-29T01:30", "01:30"),
    "the last minute of 28 February": ("2028-02-28T23:59", "23:59"),
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.fixture(params=["UTC", "Pacific/Kiritimati"])
def machine(request: pytest.FixtureRequest) -> Iterator[None]:
    """The machine's own time zone: nothing may depend on it."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.parametrize("night", list(AT_0130))
@pytest.mark.usefixtures("machine")
def test_a_report_of_that_hour_is_told_of_by_elapsed_minutes(database_url: str, night: str):
    at, shown = AT_0130[night]
    with open_world(database_url, FakeClock(utc(at))) as world:
        episode = world.report()
        world.advance(minutes=121)
        letters = world.letters()
        unanswered = [one for one in letters if "answered this report" in one.text]
        assert [(round(one.minute), one.to.split(".")[0]) for one in unanswered[:5]] == [
            (5, "asha"),
            (15, "daniel"),
            (30, "ruth"),
            (30, "siobhan"),
            (60, "marcus"),
        ]
        assert {round(one.minute) for one in unanswered[5:]} == {90, 120}
        assert all(f"Waiting since {shown}" in one.text for one in unanswered)
        owed = world.owed(episode)
        assert _instant(owed["due_at"]) == utc(at) + 15 * M
        reviews = world.all_owed(episode, "still_missing_review")
        assert [_instant(r["due_at"]) - utc(at) for r in reviews] == [1 * H, 6 * H]
        world.heard()


@pytest.mark.parametrize(
    ("now", "said", "due"),
    [
        ("2026-10-25T03:00", "2026-10-25T01:30:00+01:00", "2026-10-25T01:30"),
        ("2026-10-25T03:00", "2026-10-25T01:30:00+00:00", "2026-10-25T02:30"),
        ("2026-03-29T03:00", "2026-03-29T01:30:00+00:00", "2026-03-29T02:30"),
        ("2026-03-29T03:00", "2026-03-29T01:30:00+01:00", "2026-03-29T01:30"),  # never was; is one
        ("2028-02-29T03:00", "2028-02-29T02:00:00+00:00", "2028-02-29T03:00"),
    ],
)
def test_an_hour_that_was_said_with_its_offset_is_that_instant(
    database_url: str, now: str, said: str, due: str
):
    with open_world(database_url, FakeClock(utc(now))) as world:
        episode = world.report(reported_at=said)
        reviews = world.all_owed(episode, "still_missing_review")
        first = min(reviews, key=lambda review: review["due_at"])
        assert _instant(first["started_at"]) == datetime.fromisoformat(said)
        assert _instant(first["due_at"]) == utc(due)
        world.letters()
        world.heard()


@pytest.mark.parametrize(
    ("returned", "told_at"),
    [
        ("2026-03-26T03:00", "2026-03-29T06:00"),  # due as clocks go forward: 07:00 in summer
        ("2026-10-22T03:00", "2026-10-25T07:00"),
        ("2027-03-25T03:00", "2027-03-28T06:00"),
        ("2027-10-28T03:00", "2027-10-31T07:00"),
        ("2028-02-26T12:00", "2028-02-29T12:00"),
        ("2028-02-28T12:00", "2028-03-02T12:00"),
        ("2026-12-30T12:00", "2027-01-02T12:00"),
        ("2026-04-02T12:00", "2026-04-05T12:00"),  # Easter stretches nothing
    ],
)
def test_an_interview_is_due_after_72_elapsed_hours_and_told_of_in_the_morning(
    database_url: str, returned: str, told_at: str
):
    with open_world(database_url, FakeClock(utc(returned))) as world:
        episode = world.report()
        world.answer(episode)
        world.returned(episode)
        world.letters()
        world.advance(hours=84)
        owed = world.owed(episode, "interview_held")
        due = _instant(owed["due_at"]) - _instant(owed["started_at"])
        assert due == timedelta(seconds=259_200)
        assert world.episode(episode)["interview"]["due_at"] == owed["due_at"]
        step = next(s for s in owed["steps_told"] if s["step"] == 2)
        assert _instant(step["told_at"]) - utc(told_at) < timedelta(seconds=2)
        assert _instant(step["told_at"]) >= utc(told_at)
        world.letters()
        world.heard()


@pytest.mark.parametrize(
    ("begins", "mornings"),
    [
        ("2026-03-28T12:00", ["2026-03-29T07:00", "2026-03-30T07:00"]),
        ("2026-10-24T12:00", ["2026-10-25T08:00", "2026-10-26T08:00"]),
        ("2027-03-27T12:00", ["2027-03-28T07:00", "2027-03-29T07:00"]),
        ("2027-10-30T12:00", ["2027-10-31T08:00", "2027-11-01T08:00"]),
        ("2028-02-28T12:00", ["2028-02-29T08:00", "2028-03-01T08:00"]),
    ],
)
def test_the_manager_of_a_found_child_hears_at_eight_each_morning(
    database_url: str, begins: str, mornings: list[str]
):
    with open_world(database_url, FakeClock(utc(begins))) as world:
        episode = world.report()
        world.returned(episode)
        world.letters()
        world.advance(hours=46)
        heard = [utc(begins) + one.minute * M for one in world.letters() if "daniel" in one.to]
        assert [at.replace(second=0, microsecond=0) for at in heard] == [utc(m) for m in mornings]
        world.heard()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
