"""Whoever has a machine is told missing and found, each by itself; of the rest nobody is sent."""

import json
from typing import Any

import pytest

from missing_service.domain import events as e
from missing_service.domain.delivery import Delivery
from missing_service.domain.effects import Queued
from missing_service.domain.episode import Party
from tests.builders import a_report, a_return
from tests.domain import directories as d
from tests.domain.others_told import PLACES, a_child_placed_away, all_with_machines, organisation
from tests.domain.rules import Story, people_and_forces


def a_story(**other) -> Story:
    return Story(directory=all_with_machines(), **other)


def to_others(story: Story) -> list[tuple[str, str, int]]:
    rows = [q.row for q in story.effects if isinstance(q, Queued) and q.row.recipient in PLACES]
    return sorted((row.recipient, row.type, row.number) for row in rows)


def each(kind: str, number: int) -> list[tuple[str, str, int]]:
    return sorted((code, kind, number) for code in PLACES)


def comes_back(story: Story, *, well_being: bool = True) -> None:
    said: dict[str, Any] = {"returned_at": story.at, "safe_there": "YES", "instead": None}
    story.happens(e.ChildReturned, **said, well_being=well_being, content=a_return())


def the_return_is_undone(story: Story) -> None:
    n, back = next(
        (n, t) for n, t in story.state.story(story.episode.stream) if "returned" in t.KIND
    )
    story.happens(e.ActUndone, act=back.id, act_kind=back.KIND, n=n, reason="Another child.")


def test_each_is_told_missing_found_once_and_missing_again_with_a_number_of_its_own():
    story = a_story()
    story.reported(report=a_child_placed_away())
    assert to_others(story) == each("episode.reported", 1)
    comes_back(story, well_being=False)
    assert to_others(story) == []  # back, and nobody has seen that they are well
    comes_back(story)
    assert to_others(story) == each("episode.returned", 2)
    comes_back(story)
    assert to_others(story) == []


def test_told_found_by_mistake_they_hear_that_the_child_is_still_missing():
    story = a_story()
    story.reported(report=a_child_placed_away())
    comes_back(story)
    the_return_is_undone(story)
    assert to_others(story) == each("episode.updated", 3)
    body = next(json.loads(b) for row, b in story.bodies() if row.recipient == "urn-1")
    assert body["data"]["change"]["summary"].startswith("CORRECTION: ")
    assert body["data"]["episode"]["state"] == "MISSING"


def test_what_is_learned_later_tells_who_was_not_told_and_nobody_twice():
    story = a_story()
    story.reported(report=a_report())
    assert to_others(story) == [("hrw-sw", "episode.reported", 1)]
    details = {"host_council": d.BARNET}
    story.happens(e.EpisodeUpdated, topic="details", content=details)
    assert to_others(story) == [("bnt-edt", "episode.reported", 1)]
    story.happens(e.EpisodeUpdated, topic="details", content=details)
    assert to_others(story) == []


def test_nobody_is_told_missing_of_a_child_who_is_found():
    story = a_story()
    story.reported(report=a_report())
    comes_back(story)
    story.happens(e.EpisodeUpdated, topic="details", content={"host_council": d.BARNET})
    assert to_others(story) == []
    the_return_is_undone(story)
    assert ("bnt-edt", "episode.reported", 1) in to_others(story)


def test_a_drill_reaches_police_alone():
    story = a_story()
    story.reported(report=a_child_placed_away(), drill=True)
    assert to_others(story) == []
    assert story.queued()


def test_whoever_has_no_machine_is_sent_nothing_and_has_no_part():
    school = organisation("urn-1", "Larkspur School", "school", d.HARROW)
    story = Story(directory=d.directory(*people_and_forces(), school))
    story.reported(report=a_child_placed_away())
    assert [party.who for party in story.all(Party)] == ["met"]


def test_no_other_is_asked_for_an_answer_and_police_hear_nothing_of_them():
    story = a_story()
    story.reported(report=a_child_placed_away())
    assert [party.who for party in story.all(Party) if party.owes] == ["met"]
    bodies = {row.recipient: json.loads(body) for row, body in story.bodies()}
    assert "acknowledge" not in bodies["urn-1"]["data"]
    assert bodies["met"]["data"]["acknowledge"]


@pytest.mark.parametrize(("who", "told"), [("bnt-edt", ["worker@harrow.example"]), ("urn-1", [])])
def test_a_machine_that_refuses_wakes_somebody_only_for_what_cannot_wait(who: str, told: list):
    story = a_story()
    story.reported(report=a_child_placed_away())
    sent = next(row for row in story.all(Delivery) if row.recipient == who)
    story.happens(e.DeliveryRefused, delivery=sent.id, error="410", status=410)
    assert [to for kind, to in story.queued() if kind == "people.message"] == told
    story.happens(e.ChannelBroughtIn, recipient=who, failing=sent.channel, deliveries=(sent.id,))
    assert [to for kind, to in story.queued() if kind == "people.message"] == told


def test_the_next_channel_carries_the_same_letter_and_nothing_more():
    second = d.channel("bnt-edt", "mail", kind="email", url=None, address="b@x.example", position=1)
    story = Story(directory=all_with_machines(second))
    story.reported(report=a_child_placed_away())
    sent = next(row for row in story.all(Delivery) if row.recipient == "bnt-edt")
    story.happens(e.DeliveryRefused, delivery=sent.id, error="410", status=410)
    (letter,) = [json.loads(b) for row, b in story.bodies() if row.channel == "bnt-edt/mail"]
    assert letter["subject"] == "HRW-AAAAA: a child is reported missing, Harrow"
    assert "Zebedee" not in letter["text"]
