"""What police make of a report: a "no" is never the quiet end."""

from typing import Any
from uuid import UUID

import pytest

from missing_service.domain.errors import Invalid
from tests.builders import EDT, without_reference
from tests.journeys.world import World, only


def decline(world: World, **other):
    episode = world.report(**other)
    world.types()
    return episode


def test_declined_with_a_reference_ends_the_duty_and_the_council_reviews_it_within_the_hour(
    world: World,
):
    episode = decline(world)
    answered = world.answer(episode, outcome="DECLINED", reason="with her aunt")
    assert answered["police"]["state"] == "DECLINED"
    assert world.open_kinds(episode) == ["police_declined_review", "still_missing_review"]
    assert world.told() == [(0, "daniel")]
    world.advance(minutes=61)
    assert world.told() == [(60, "asha"), (60, "daniel"), (60, "siobhan")]

    world.decide(world.owed(episode, "police_declined_review"), "ACCEPT")
    assert world.open_kinds(episode) == ["still_missing_review"] * 2


def test_declined_without_a_reference_tells_worker_and_manager_and_ends_nothing(world: World):
    episode = decline(world)
    answered = world.answer(episode, **without_reference("DECLINED", reason="too soon"))
    assert answered["police"]["state"] == "UNACKNOWLEDGED"
    assert world.told() == [(0, "asha"), (0, "daniel")]
    assert "police_acknowledgement" in world.open_kinds(episode)


def test_recorded_as_other_is_reviewed_where_the_child_is_missing(world: World):
    episode = decline(world)
    answered = world.answer(episode, outcome="RECORDED_OTHER", reason="a concern")
    assert answered["police"]["state"] == "ACKNOWLEDGED"
    assert world.told() == [(0, "daniel")]
    assert world.open_kinds(episode) == ["police_declined_review", "still_missing_review"]


def test_recorded_as_other_is_not_reviewed_where_the_child_is_away(world: World):
    episode = decline(world, category="AWAY_UNAUTHORISED")
    world.answer(episode, outcome="RECORDED_OTHER", reason="a concern")
    assert world.open_kinds(episode) == ["still_missing_review"]


def test_escalating_a_refusal_reminds_police_tells_their_supervisor_and_asks_again_in_an_hour(
    world: World,
):
    episode = decline(world)
    world.answer(episode, outcome="DECLINED", reason="with her aunt")
    world.letters()
    world.advance(minutes=10)
    world.decide(world.owed(episode, "police_declined_review"), "ESCALATE")
    assert world.types() == [("obligation.reminder", 2)]
    assert world.told() == [(10, "daniel"), (10, "ruth"), (10, "siobhan")]
    again = world.owed(episode, "police_declined_review")
    assert (again["state"], again["due_at"][11:16]) == ("OPEN", "04:10")


def test_a_duplicate_ends_only_against_an_open_acknowledged_episode_of_the_same_child(
    world: World,
):
    first = world.report()
    child = {"id": first["child"]["id"], "name": "Zebedee Quill"}
    second = world.report(child=child)
    stranger = world.report()
    world.answer(stranger)
    world.types()
    for of in (None, "HRW-99999", second["reference"], first["reference"], stranger["reference"]):
        world.answer(second, outcome="DUPLICATE_OF", duplicate_of=of)
        assert world.episode(second)["police"]["state"] == "UNACKNOWLEDGED"
        told = world.letters()
        assert [one.to.split(".")[0] for one in told] == ["asha", "daniel"]
        assert all("duplicate" in one.text for one in told)

    world.answer(first)
    world.answer(second, outcome="DUPLICATE_OF", duplicate_of=first["reference"])
    assert world.episode(second)["police"]["state"] == "ACKNOWLEDGED"
    assert world.open_kinds(second) == ["police_update", "still_missing_review"]

    third = world.report(child=child)  # a duplicate of a duplicate is recorded nowhere
    world.types()
    world.answer(third, outcome="DUPLICATE_OF", duplicate_of=second["reference"])
    assert world.episode(third)["police"]["state"] == "UNACKNOWLEDGED"
    assert len(world.letters()) == 2


def test_the_same_answer_again_changes_nothing_and_a_further_reference_is_kept_beside(
    world: World,
):
    episode = decline(world)
    before = world.answer(episode)
    assert world.answer(episode) == before
    answered = world.answer(episode, value="CAD 9")
    assert [r["value"] for r in answered["police"]["references"]] == ["CAD 4471", "CAD 9"]
    assert len(world.all_owed(episode, "police_update")) == 1


@pytest.mark.parametrize("value", ["", " ", "N/A", "none", "-", "Unknown"])
def test_what_is_no_reference_acknowledges_nothing(world: World, value: str):
    episode = decline(world)
    with pytest.raises(Invalid):
        world.answer(episode, value=value)
    assert "police_acknowledgement" in world.open_kinds(episode)


def test_an_answer_by_telephone_counts_and_police_are_sent_what_was_recorded_of_them(
    world: World,
):
    episode = decline(world)
    with pytest.raises(Invalid):
        world.answer(episode, actor=EDT)
    world.answer(episode, actor=EDT, by_phone=True)
    sent = only(world.heard())
    assert sent.type == "episode.updated"
    assert "by telephone" in sent.data["data"]["change"]["summary"]
    assert sent.data["data"]["change"]["fields"][0]["now"]["reference"]["value"] == "CAD 4471"


def test_an_update_is_owed_four_hours_after_the_answer_then_at_the_pace_of_the_reviews(
    world: World,
):
    episode = decline(world)
    world.answer(episode)
    first = world.owed(episode, "police_update")
    assert first["due_at"][11:16] == "07:00"
    world.advance(minutes=241)
    asked = [one for one in world.told() if one[0] == 240]
    assert asked == [(240, "asha"), (240, "daniel"), (240, "ruth")]
    assert world.types() == [("obligation.reminder", 2)]

    risk: dict[str, Any] = {"level": "MEDIUM", "by": "Sgt Cole", "by_phone": True, "note": ""}
    world.update(episode, "police_risk", **risk)
    second = world.owed(episode, "police_update")
    assert second["id"] != first["id"]
    assert second["due_at"][11:16] == "09:00"  # the six hour review
    assert world.episode(episode)["police"]["risk"] == "MEDIUM"
    world.answer(episode, value="CAD 2")  # a further reference opens none
    assert len(world.all_owed(episode, "police_update")) == 2
    world.returned(episode)
    assert world.open_kinds(episode) == ["interview_held"]
    world.types()
    world.letters()


def test_a_written_record_acknowledged_makes_no_episode_one_to_be_a_duplicate_of(world: World):
    first = world.report()
    world.answer(first, outcome="RECORDED_OTHER", reason="a concern")
    interview = UUID(world.returned(first)["interview"]["id"])
    world.end_interview(interview)
    signed = world.sign(interview)["record"]
    world.answer(first, "record_with_police", record_hash=signed["sha256"])
    world.undo_last(first, "episode.returned")
    second = world.report(child={"id": first["child"]["id"], "name": "Zebedee Quill"})
    world.answer(second, outcome="DUPLICATE_OF", duplicate_of=first["reference"])
    assert world.episode(second)["police"]["state"] == "UNACKNOWLEDGED"
    world.types()
    world.letters()
