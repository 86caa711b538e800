"""An answer to what was asked in error, or has ended: it is heard, and counts where it can."""

import pytest

from missing_service.domain.errors import WrongRecord
from tests.builders import EDT
from tests.journeys.test_interview import held
from tests.journeys.world import World, only

BUCKINGHAMSHIRE = "E06000060"


def asked_twice(world: World) -> tuple[dict, dict]:
    """Away, acknowledged, missing after all; then the acknowledgement is undone."""
    episode = world.report(category="AWAY_UNAUTHORISED")
    first = world.owed(episode)
    world.answer(episode)
    world.advance(minutes=1)
    world.category(episode, "MISSING")
    world.types()
    world.undo_last(episode, "police.answered")
    world.letters()
    return episode, first


def test_police_are_told_what_was_asked_in_error_and_which_answer_is_owed(world: World):
    _, first = asked_twice(world)
    sent = only(world.heard()).data["data"]
    assert "opened in error" in sent["change"]["summary"]
    assert sent["acknowledge"]["obligation"] == first["id"]
    duties = [o for o in sent["episode"]["obligations"] if o["kind"] == "police_acknowledgement"]
    assert [o.get("discharged_as") or o["state"] for o in duties] == ["OPEN", "OPENED_IN_ERROR"]


@pytest.mark.parametrize("outcome", ["RECORDED_MISSING", "DECLINED"])
def test_an_answer_to_what_was_asked_in_error_is_the_answer_to_what_stands(
    world: World, outcome: str
):
    episode, first = asked_twice(world)
    in_error = world.owed(episode)
    assert in_error["id"] != first["id"]
    world.answer(episode, outcome=outcome, reason="as we see it")  # the duty last opened
    assert world.all_owed(episode, "police_acknowledgement")[0]["state"] == "DISCHARGED"
    assert "police_acknowledgement" not in world.open_kinds(episode)
    said = [i["what"] for i in world.story(episode) if i["kind"] == "police.answered"]
    assert ["opened in error" in sentence for sentence in said] == [False, True]
    world.undo_last(episode, "police.answered")
    assert world.all_owed(episode, "police_acknowledgement")[0]["state"] == "OPEN"
    world.types()
    world.letters()


def test_a_call_about_what_was_asked_in_error_is_said_in_what_stands(world: World):
    episode, _ = asked_twice(world)
    world.rang(episode)
    world.advance_to_minute(6)
    assert "Rung at 03:01: no answer." in only(world.letters()).text
    world.types()


def test_where_police_say_the_contrary_later_the_first_counts_and_people_are_told(world: World):
    episode = world.report()
    world.answer(episode)
    world.types()
    world.answer(episode, outcome="DECLINED", reason="not ours after all")
    letters = world.letters()
    assert [letter.to.partition(".")[0] for letter in letters] == ["asha", "daniel"]
    assert all("answer declined now" in letter.text for letter in letters)
    assert world.episode(episode)["police"]["state"] == "ACKNOWLEDGED"
    world.answer(episode, value="CAD 2")  # a further reference says nothing new
    world.returned(episode)
    world.letters()
    world.answer(episode, outcome="RECORDED_OTHER", reason="found")
    world.types()


def test_a_force_that_is_told_has_nothing_to_acknowledge_whatever_changes(world: World):
    episode = world.report(last_seen={"council": BUCKINGHAMSHIRE}, category="AWAY_UNAUTHORISED")
    world.answer(episode, actor=EDT, by_phone=True)
    world.category(episode, "MISSING")
    world.undo_last(episode, "police.answered")
    assert ["acknowledge" in one.data["data"] for one in world.heard()] == [False] * 4
    world.letters()


def test_a_version_that_was_replaced_is_not_acknowledged_in_the_place_of_the_last(world: World):
    episode, interview = held(world)
    world.end_interview(interview)
    first = world.sign(interview)["record"]["sha256"]
    world.answer(episode, "record_with_police", record_hash=first)
    world.advance(minutes=1)
    world.sign(interview, etag='"1-0"', where="at his brother's")
    number = [i["n"] for i in world.story(episode) if i["kind"] == "police.answered"][-1]
    world.types()
    world.undo(episode, number)
    correction = only(world.heard()).data["data"]
    owed = world.all_owed(episode, "record_with_police")
    assert [o.get("discharged_as") or o["state"] for o in owed] == ["REPLACED", "OPEN"]
    assert correction["acknowledge"]["obligation"] == owed[1]["id"]
    with pytest.raises(WrongRecord):
        world.answer(episode, owed[0]["id"], record_hash=first)
    assert world.open_kinds(episode) == ["record_with_police"]
