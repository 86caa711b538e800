"""When day services get what the night leaves, and what it says."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from missing_service.domain import events as e
from missing_service.domain.calendar import Calendar
from missing_service.domain.day_services import Case, digest_due, digest_lines
from missing_service.domain.obligation import Obligation
from tests.domain.rules import Story

HALF_PAST_EIGHT, FIVE = time(8, 30), time(17)
CLOSED = Calendar(frozenset({date(2026, 12, 25), date(2026, 12, 29)}))  # a bank's, the council's


def at(year: int, month: int, day: int, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(2026, 11, 24, 8, 29, 59), None),
        (at(2026, 11, 24, 8, 30), at(2026, 11, 24, 8, 30)),
        (at(2026, 11, 24, 16, 59), at(2026, 11, 24, 8, 30)),  # missed, and sent on return
        (at(2026, 11, 24, 17, 0), None),  # EDT is on: the next says it
        (at(2026, 11, 28, 9, 0), None),  # Saturday
        (at(2026, 12, 25, 9, 0), None),  # Christmas Day, a Friday
        (at(2026, 12, 29, 9, 0), None),  # the council's own day
        (at(2026, 6, 2, 7, 30), at(2026, 6, 2, 7, 30)),  # 08:30 in summer
        (at(2026, 6, 2, 7, 29), None),
    ],
)
def test_it_is_due_on_a_working_day_while_day_services_are_there(now, due):
    assert digest_due(now, HALF_PAST_EIGHT, FIVE, CLOSED) == due


def case(story: Story) -> Case:
    return Case(story.episode, story.all(Obligation))


def test_it_says_in_parts_what_is_left():
    story = Story()
    story.reported()
    story.passes(minutes=20)
    said = digest_lines([case(story)], ["met/cad"], story.at)
    assert said == (
        "Open:\nHRW-AAAAA, STILL MISSING, owned by worker@harrow.example",
        "Police have not answered:\nHRW-AAAAA",
        "Not done in time:\nHRW-AAAAA: police acknowledgement, due 03:15",
        "Waits for the day:\nHRW-AAAAA: still missing review, due 04:00",
        "Does not take what is sent:\nmet/cad",
    )


def test_what_is_closed_is_named_by_what_is_owed_in_it_alone():
    story = Story()
    story.reported()
    story.answered()
    returned = {"returned_at": story.at, "well_being": True, "safe_there": "YES", "instead": None}
    story.happens(e.ChildReturned, content={}, **returned)
    story.happens(e.EpisodeClosed, reason="r")
    said = digest_lines([case(story)], [], story.at)
    assert said == ("Waits for the day:\nHRW-AAAAA: interview held, due 03:00 on Fri 27 Nov",)


def test_a_long_list_is_cut_and_says_so():
    story = Story()
    story.reported()
    (part,) = digest_lines([Case(story.episode, [])] * 103, [], story.at)
    assert part.split("\n")[-1] == "And 3 more."
    assert len(part.split("\n")) == 102


def test_the_duty_is_not_named_in_its_own_digest_and_a_person_takes_it_once():
    story = Story()
    story.reported()
    story.answered()
    story.passes(hours=5, minutes=30)
    story.happens(e.DayServicesAsked)
    duty = story.owed("day_services_told")
    assert duty.due_at - story.at == timedelta(minutes=30)
    assert not any("day services" in line for line in digest_lines([case(story)], [], story.at))
    for person in ("Farida", "Owen"):
        story.happens(e.ObligationTaken, obligation=duty.id, person=person)
        story.passes(minutes=1)
    taken = story.owed("day_services_told")
    assert (taken.is_open, taken.discharged_at) == (False, story.at - timedelta(minutes=2))
