"""The matrix: every rule has its row, told by a machine, by a person, or not, and why."""

from typing import Any

import pytest

from missing_service.domain import events as e
from missing_service.domain.delivery import Delivery
from missing_service.domain.told_matrix import still_to_tell, told_matrix
from missing_service.domain.who_is_told import RULES
from tests.builders import a_report, a_return
from tests.domain import directories as d
from tests.domain.others_told import a_child_placed_away, all_with_machines
from tests.domain.rules import Story


def rows(story: Story) -> dict[str, Any]:
    found = told_matrix(story.state, story.episode, story.directory, story.book.calendar)
    return {row["kind"]: row for row in found}


def a_story(report: dict[str, Any]) -> Story:
    story = Story(directory=all_with_machines())
    story.reported(report=report)
    return story


def all_is_taken(story: Story) -> None:
    seal = e.SealedAttempts(delivery=story.episode.id, first=1, last=0, sha256="")
    for row in story.all(Delivery):
        if row.taken_at is None:
            story.happens(e.DeliveryTaken, delivery=row.id, status=200, seal=seal)


def by_hand(story: Story, who: str, **more: Any) -> None:
    story.happens(e.ToldByPerson, told_at=story.at, content={"who": who, "by": "Asha", **more})


def is_back(story: Story) -> None:
    back = {"returned_at": story.at, "safe_there": "YES", "instead": None, "content": a_return()}
    story.happens(e.ChildReturned, well_being=True, **back)  # type: ignore[arg-type]


def test_every_rule_has_its_row_and_each_says_told_or_why_not_or_waits_for_its_machine():
    for report in (a_report(), a_child_placed_away()):
        found = rows(a_story(report))
        assert {rule.who for rule in RULES} - {"force"} <= set(found)
        for row in found.values():
            if row["kind"] != "force":
                assert row["told_at"] or row["why_not"] or row["state"] == "QUEUED"
                assert not row["needed"] or (row["by_when"] and row["owner"])


def test_what_a_machine_took_is_told_and_then_told_found():
    story = a_story(a_child_placed_away())
    assert rows(story)["host_council"]["state"] == "QUEUED"
    story.passes(minutes=1)
    all_is_taken(story)
    host = rows(story)["host_council"]
    assert (host["who"], host["state"], host["level"]) == ("Barnet EDT", "TAKEN", "ALERT")
    assert host["told_at"]
    assert host["found_by_when"] is None
    story.passes(hours=1)
    is_back(story)
    host = rows(story)["host_council"]
    assert (host["state"], host["found_told_at"]) == ("QUEUED", None)
    all_is_taken(story)
    assert rows(story)["host_council"]["found_told_at"] == host["found_by_when"]


def test_the_school_that_reported_it_knows_and_is_told_found():
    story = a_story(a_child_placed_away())
    school = rows(story)["school"]
    assert (school["who"], school["told_at"] is not None) == ("Larkspur School", True)
    is_back(story)
    assert rows(story)["school"]["found_by_when"]


@pytest.mark.parametrize("who", ["urn-1", "larkspur school", "School", "school (the lead)"])
def test_what_people_say_of_it_counts_for_its_row_and_is_no_row_of_its_own(who: str):
    report = a_child_placed_away()
    report["reporter"]["role"] = "OTHER"
    story = Story(directory=all_with_machines())
    story.reported(report=report)
    before = set(rows(story))
    assert rows(story)["school"]["told_at"] is None
    by_hand(story, who)
    assert rows(story)["school"]["told_at"]
    assert set(rows(story)) == before


def test_a_person_may_say_why_not_and_then_tell_them_after_all():
    story = a_story(a_report())
    by_hand(story, "parent", why_not="Not practicable at this hour.")
    assert rows(story)["parent"]["why_not"] == "Not practicable at this hour."
    by_hand(story, "parent", method="phone")
    assert (rows(story)["parent"]["why_not"], rows(story)["parent"]["needed"]) == (None, True)


def test_a_drill_has_no_others():
    story = Story(directory=d.directory(d.council(), d.force()))
    story.reported(drill=True)
    assert set(rows(story)) == {"force"}


def still(story: Story, *, only_now: bool) -> set[str]:
    found = told_matrix(story.state, story.episode, story.directory, story.book.calendar)
    return {row["kind"] for row in still_to_tell(found, only_now=only_now)}


def test_out_of_hours_the_desk_is_shown_only_what_cannot_wait():
    story = a_story(a_report())
    assert still(story, only_now=True) == {"parent"}
    assert still(story, only_now=False) == {"parent", "social_worker", "school"}


def test_whoever_was_told_or_is_not_to_be_told_is_off_the_list_until_the_child_is_found():
    story = a_story(a_report())
    by_hand(story, "parent", method="phone")
    by_hand(story, "school", why_not="It is the holidays.")
    all_is_taken(story)
    assert still(story, only_now=False) == set()
    story.passes(hours=1)
    is_back(story)
    assert still(story, only_now=False) == {"parent", "social_worker"}
    all_is_taken(story)
    by_hand(story, "parent", method="phone")
    assert still(story, only_now=False) == set()
