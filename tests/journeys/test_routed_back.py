"""A re-routing by mistake, a record that is declined, an interview whose return was undone."""

from typing import Any
from uuid import UUID

import pytest

from missing_service.domain.errors import Conflict, Invalid
from tests.builders import EDT, an_answer, without_reference
from tests.domain.directories import channel, force
from tests.journeys.world import World

BUCKINGHAMSHIRE = "E06000060"


def test_a_re_routing_undone_gives_the_duty_back_to_the_first_force(world: World):
    episode = world.report()
    world.types()
    world.answer(episode, **without_reference("WRONG_FORCE", force="thames-valley"))
    world.letters()
    world.undo_last(episode, "police.answered")
    assert world.episode(episode)["force"] == "met"
    again = world.heard()
    assert [one.type for one in again] == ["episode.reported"]
    assert again[0].data["data"]["change"]["summary"].startswith("CORRECTION")
    world.letters()
    answered = world.answer(episode)
    assert answered["police"]["state"] == "ACKNOWLEDGED"
    assert "police_acknowledgement" not in world.open_kinds(episode)


def test_an_interview_whose_return_was_undone_takes_no_outcome(world: World):
    episode = world.report()
    interview = UUID(world.returned(episode)["interview"]["id"])
    world.undo_last(episode, "episode.returned")
    world.types()
    with pytest.raises(Conflict, match="undone"):
        world.end_interview(interview, status="NOT_POSSIBLE", reason="gone again")


def test_a_record_is_received_or_not_and_cannot_be_declined(world: World):
    episode = world.report()
    world.answer(episode)
    interview = UUID(world.returned(episode)["interview"]["id"])
    world.end_interview(interview)
    signed = world.sign(interview)["record"]
    world.types()
    for outcome in ("DECLINED", "WRONG_FORCE", "RECORDED_OTHER"):
        said = {"outcome": outcome, "reason": "no", "record_hash": signed["sha256"]}
        with pytest.raises(Invalid, match="received or not"):
            world.answer(episode, "record_with_police", **said)
    assert world.open_kinds(episode) == ["record_with_police"]


def by_phone(outcome: str = "RECORDED_MISSING", **other: Any) -> dict[str, Any]:
    said = without_reference if outcome == "WRONG_FORCE" else an_answer
    return said(outcome=outcome, actor=EDT, by_phone=True, **other)


def routings(world: World, episode: dict[str, Any]) -> list[int]:
    return [i["n"] for i in world.story(episode) if i["kind"] == "police.answered"]


def test_a_re_routing_upon_which_another_act_stands_is_undone_after_that_act(world: World):
    episode = world.report()
    for named in ("thames-valley", "met", "thames-valley"):
        world.answer(episode, **by_phone("WRONG_FORCE", force=named))
    world.answer(episode, **by_phone())
    first, *_, last, answered = routings(world, episode)
    with pytest.raises(Conflict, match="re-routed again"):
        world.undo(episode, first)
    with pytest.raises(Conflict, match="has acknowledged it"):
        world.undo(episode, last)
    world.undo(episode, answered)
    assert world.undo(episode, last)["force"] == "met"
    assert "police_acknowledgement" in world.open_kinds(episode)
    world.types()
    world.letters()


def test_a_force_that_was_told_from_the_first_is_told_on_after_a_re_routing_to_it_is_undone(
    world: World,
):
    episode = world.report(last_seen={"council": BUCKINGHAMSHIRE})
    assert episode["force"] == "thames-valley"
    world.answer(episode, **by_phone("WRONG_FORCE", force="met"))
    assert world.undo_last(episode, "police.answered")["force"] == "thames-valley"
    world.types()
    world.located(episode)
    assert [kind for kind, _ in world.types()] == ["episode.located"]
    world.letters()


def test_a_record_that_is_still_owed_goes_to_the_force_named_with_the_report(world: World):
    world.load(
        force("thames-valley", covers=(BUCKINGHAMSHIRE,)),
        channel("thames-valley", "desk", kind="email", url=None, address="desk@tvp.example"),
    )
    episode = world.report()
    interview = UUID(world.returned(episode)["interview"]["id"])
    world.end_interview(interview)
    signed = world.sign(interview)["record"]
    world.types()
    world.answer(episode, **without_reference("WRONG_FORCE", force="thames-valley"))
    letters = [one for one in world.letters() if one.to == "desk@tvp.example"]
    assert len(letters) == 2  # the report, then the record
    world.undo_last(episode, "police.answered")
    again = world.heard()
    assert [one.type for one in again] == ["episode.reported", "interview.record"]
    assert again[1].data["data"]["record_hash"] == signed["sha256"]
    world.answer(episode, "record_with_police", record_hash=signed["sha256"])
    assert world.open_kinds(episode) == ["police_acknowledgement"]
    world.letters()


def test_what_is_owed_again_is_owed_by_the_force_whose_episode_it_is_now(world: World):
    world.load(
        force("thames-valley", covers=(BUCKINGHAMSHIRE,)),
        channel("thames-valley", "desk", kind="email", url=None, address="desk@tvp.example"),
    )
    episode = world.report()
    interview = UUID(world.returned(episode)["interview"]["id"])
    world.end_interview(interview)
    signed = world.sign(interview)["record"]
    world.answer(episode, "record_with_police", record_hash=signed["sha256"])
    acknowledged = routings(world, episode)[-1]
    world.answer(episode, **without_reference("WRONG_FORCE", force="thames-valley"))
    world.types()
    world.letters()
    world.undo(episode, acknowledged)
    assert len([one for one in world.letters() if one.to == "desk@tvp.example"]) == 2
    world.advance(hours=30)
    assert world.types() == []  # the first force's view is frozen: it is reminded of nothing
    world.letters()
