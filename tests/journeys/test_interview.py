"""Back: the interview within 72 hours, and its written record in the hands of police."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from missing_service.domain.errors import Conflict, Invalid, WrongRecord
from tests.journeys.world import World, only


def jcs(value: Any) -> bytes:
    """RFC 8785 for what these records hold: ASCII names, strings, true, null and small integers."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def held(world: World) -> tuple[dict[str, Any], UUID]:
    episode = world.report()
    world.answer(episode)
    interview = UUID(world.returned(episode)["interview"]["id"])
    world.types()
    return episode, interview


def test_an_interview_not_held_is_told_in_waking_hours_up_the_line(world: World):
    episode, interview = held(world)
    world.allocate(interview)
    world.advance(days=11)
    days = [(round(minute / 1440, 3), name) for minute, name in world.told()]
    seven = round(4 / 24, 3)  # returned at 03:00; what falls due then is told at 07:00
    assert days == [
        (2 + seven, "tomasz"),
        (3 + seven, "farida"),
        (4 + seven, "owen"),
        (7 + seven, "helen"),
        (10 + seven, "jonathan"),
    ]
    assert world.owed(episode, "interview_held")["overdue"] is True


def test_the_signed_record_reaches_police_and_is_owed_until_its_hash_is_acknowledged(
    world: World,
):
    episode, interview = held(world)
    world.allocate(interview)
    world.end_interview(interview)
    withheld = {
        "item": "/analysis",
        "reason": "r",
        "test": "MORE_DETRIMENTAL",
        "authorised_by": "S",
    }
    signed = world.sign(interview, withheld=[withheld])["record"]

    sent = only(world.heard())
    data = sent.data["data"]
    assert sent.type == "interview.record"
    assert data["record"]["analysis"] is None
    assert data["record"]["withheld"] == [withheld]
    assert data["record_hash"] == signed["sha256"] == sha256(jcs(data["record"])).hexdigest()
    raw = json.loads(sent.body)["data"]["record"]  # the bytes that came, read by nobody of ours
    assert sha256(jcs(raw)).hexdigest() == signed["sha256"]
    assert data["acknowledge"]["obligation"] == world.owed(episode, "record_with_police")["id"]

    with pytest.raises(Invalid):
        world.answer(episode, "record_with_police")
    with pytest.raises(WrongRecord):
        world.answer(episode, "record_with_police", record_hash="0" * 64)
    assert world.open_kinds(episode) == ["record_with_police"]
    world.answer(episode, "record_with_police", record_hash=signed["sha256"][:8])
    assert world.open_kinds(episode) == []


def test_the_whole_hash_is_taken_as_well_as_the_check_code(world: World):
    episode, interview = held(world)
    world.end_interview(interview)
    signed = world.sign(interview)["record"]
    world.types()
    world.answer(episode, "record_with_police", record_hash=signed["sha256"])
    assert world.open_kinds(episode) == []


def test_a_record_nobody_acknowledges_is_asked_for_again_and_told_up_the_line(world: World):
    _, interview = held(world)
    world.end_interview(interview)
    world.sign(interview)
    world.types()
    world.advance(days=3)
    assert world.types() == [("obligation.reminder", 4), ("obligation.reminder", 5)]
    assert [name for _, name in world.told()] == ["farida", "owen"]


def test_an_interview_that_was_declined_is_told_to_police_all_the_same(world: World):
    episode, interview = held(world)
    with pytest.raises(Invalid) as refused:
        world.end_interview(interview, "DECLINED")
    assert {field for field, _ in refused.value.errors} == {"reason", "parent_offered"}
    world.end_interview(interview, "DECLINED", reason="Not today.", parent_offered=True)
    sent = only(world.heard())
    data = sent.data["data"]
    assert sent.type == "interview.outcome"
    assert data["outcome"]["status"] == "DECLINED"
    assert data["record_hash"] == sha256(jcs(data["outcome"])).hexdigest()
    assert world.open_kinds(episode) == ["record_with_police"]
    world.answer(episode, "record_with_police", record_hash=data["record_hash"])
    assert world.open_kinds(episode) == []


def test_an_interview_whose_return_was_undone_takes_no_allocation_outcome_or_record(world: World):
    episode, interview = held(world)
    world.end_interview(interview)
    world.undo_last(episode, "episode.returned")
    with pytest.raises(Conflict, match="undone"):
        world.allocate(interview)
    with pytest.raises(Conflict, match="undone"):
        world.end_interview(interview, "NOT_POSSIBLE", reason="r")
    with pytest.raises(Conflict, match="undone"):
        world.sign(interview)
    world.types()
    world.letters()


def test_a_record_whose_return_was_undone_is_owed_no_more_and_police_are_told_to_rely_on_none_of_it(
    world: World,
):
    episode, interview = held(world)
    world.end_interview(interview)
    signed = world.sign(interview)["record"]
    world.types()
    world.undo_last(episode, "episode.returned")
    duty = world.owed(episode, "record_with_police")
    assert duty["discharged_as"] == "OPENED_IN_ERROR"
    change = only(world.heard()).data["data"]["change"]
    assert change["summary"].startswith("CORRECTION")
    assert "rely on none" in change["summary"]
    assert change["fields"] == [{"field": "record_hash", "was": signed["sha256"], "now": None}]
    with pytest.raises(Conflict, match="opened in error"):
        world.answer(episode, "record_with_police", record_hash=signed["sha256"])
    world.letters()
    world.advance(hours=30)
    reminders = {one.data["data"]["change"]["summary"] for one in world.heard()}
    assert reminders == {"No risk grade or update has come from police."}
    assert "written record" not in " ".join(letter.text for letter in world.letters())


def test_a_return_said_again_at_a_later_time_tells_the_interviewer_again_for_the_new_due(
    world: World,
):
    episode = world.report()
    world.answer(episode)
    early = world.clock.now() - timedelta(days=3)
    world.returned(episode, at=early)
    world.types()
    world.letters()
    world.advance(hours=5)
    assert "farida" in world.told_now()
    world.returned(episode)
    assert world.told_now() == []
    assert world.owed(episode, "interview_held")["overdue"] is False
    world.advance(days=3, hours=8)
    assert "farida" in world.told_now()
    world.types()


def test_a_return_whose_time_goes_forward_and_back_tells_nobody_twice_of_the_same_instant(
    world: World,
):
    episode = world.report()
    world.answer(episode)
    early = world.clock.now() - timedelta(days=3)
    world.returned(episode, at=early)
    world.advance(hours=5)
    assert "farida" in world.told_now()
    told = world.owed(episode, "interview_held")["steps_told"]
    world.returned(episode)
    world.returned(episode, at=early)
    again = world.owed(episode, "interview_held")
    assert (world.told_now(), again["steps_told"]) == ([], told)
    assert again["overdue"] is True
    world.advance(days=1)
    assert world.told_now() == ["owen"]  # the ladder goes on from where it was
    world.types()
