"""A re-routing by mistake, a record that is declined, an interview whose return was undone."""

from uuid import UUID

import pytest

from missing_service.domain.errors import Conflict, Invalid
from tests.builders import without_reference
from tests.journeys.world import World


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
