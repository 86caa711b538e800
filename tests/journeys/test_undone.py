"""What was entered by mistake is undone: both stay on record, and nothing that was owed is lost."""

import pytest

from missing_service.domain.errors import Conflict, Invalid, NotAllowed
from tests.builders import MET
from tests.journeys.world import World, only


def test_a_mistaken_acknowledgement_undone_is_owed_from_its_first_clock_and_lapses_are_told_at_once(
    world: World,
):
    episode = world.report()
    first = world.owed(episode)
    world.advance(minutes=6)
    world.answer(episode)
    world.advance_to_minute(40)
    assert world.told() == [(5, "asha")]
    world.types()

    undone = world.undo_last(episode, "police.answered")

    assert undone["police"] == {**undone["police"], "state": "UNACKNOWLEDGED", "references": []}
    again = world.owed(episode)
    assert again["state"] == "OPEN"
    assert (again["id"], again["started_at"]) == (first["id"], first["started_at"])
    assert world.told() == [(40, "daniel"), (40, "ruth"), (40, "siobhan")]
    correction = only(world.heard())
    assert correction.data["data"]["change"]["summary"].startswith("CORRECTION")
    assert world.owed(episode, "police_update")["discharged_as"] == "OPENED_IN_ERROR"
    world.advance_to_minute(61)
    assert world.told() == [(60, "asha"), (60, "marcus")]


def test_a_further_acknowledgement_still_ends_it_after_the_first_was_undone(world: World):
    episode = world.report()
    world.answer(episode, value="CAD 1")
    world.advance(minutes=1)
    world.answer(episode, value="CAD 2")
    first = next(item["n"] for item in world.story(episode) if item["kind"] == "police.answered")
    world.types()

    undone = world.undo(episode, first)

    assert undone["police"]["state"] == "ACKNOWLEDGED"
    assert [r["value"] for r in undone["police"]["references"]] == ["CAD 2"]
    assert world.open_kinds(episode) == ["police_update", "still_missing_review"]
    world.advance(minutes=50)
    assert world.types() == [("episode.updated", 2)]

    undone = world.undo_last(episode, "police.answered")
    assert undone["police"]["state"] == "UNACKNOWLEDGED"
    assert world.open_kinds(episode) == ["police_acknowledgement", "still_missing_review"]
    world.letters()
    world.types()


def test_a_mistaken_return_undone_opens_the_reviews_again_and_voids_the_interview(world: World):
    episode = world.report()
    world.answer(episode)
    world.advance(minutes=30)
    world.returned(episode)
    world.advance(minutes=90)  # the one hour review would have been due
    assert world.types() == [("episode.reported", 1), ("episode.returned", 2)]

    undone = world.undo_last(episode, "episode.returned")

    assert (undone["state"], undone["interview"]) == ("MISSING", None)
    assert world.owed(episode, "interview_held")["discharged_as"] == "OPENED_IN_ERROR"
    reviews = world.all_owed(episode, "still_missing_review")
    assert [(r["state"], r["due_at"][11:16]) for r in reviews] == [
        ("OPEN", "04:00"),
        ("OPEN", "09:00"),
    ]
    assert world.told() == [(120, "asha"), (120, "daniel")]  # both steps of the lapsed review
    assert world.types() == [("episode.updated", 3)]
    world.advance_to_minute(6 * 60 + 1)
    assert (360, "asha") in world.told()  # the six hour review
    world.types()


def test_a_return_undone_after_a_decided_review_goes_on_with_the_next(world: World):
    episode = world.report()
    world.answer(episode)
    world.decide(world.owed(episode, "still_missing_review"), "CONTINUE")
    world.returned(episode)
    world.advance(hours=2)
    world.undo_last(episode, "episode.returned")
    reviews = world.all_owed(episode, "still_missing_review")
    assert [r["state"] for r in reviews] == ["DISCHARGED", "OPEN"]
    world.types()
    world.letters()


def test_steps_passed_over_while_the_child_was_wrongly_thought_well_are_told_when_that_is_undone(
    world: World,
):
    episode = world.report()
    world.returned(episode)
    world.advance_to_minute(40)
    assert world.told() == [(30, "asha")]
    world.undo_last(episode, "episode.returned")
    told = world.letters()
    names = sorted(letter.to.partition(".")[0] for letter in told)
    assert names == ["asha", "asha", "daniel", "ruth", "siobhan"]
    assert sum("marked found by mistake" in letter.text for letter in told) == 1
    world.types()


def test_a_return_said_twice_keeps_its_interview_when_one_of_them_is_undone(world: World):
    episode = world.report()
    world.answer(episode)
    first = world.clock.now()
    world.advance(minutes=10)
    world.returned(episode, at=first, well_being_confirmed_by=None)
    world.returned(episode)
    held = world.owed(episode, "interview_held")
    assert held["started_at"][11:16] == "03:10"

    world.undo_last(episode, "episode.returned")

    held = only(world.all_owed(episode, "interview_held"))
    assert (held["state"], held["started_at"][11:16]) == ("OPEN", "03:00")
    assert world.episode(episode)["interview"]["due_at"] == held["due_at"]
    assert "still_missing_review" in world.open_kinds(episode)  # nobody says well any more
    world.returned(episode)
    number = next(i["n"] for i in world.story(episode) if i["kind"] == "episode.returned")
    world.undo(episode, number)
    assert world.open_kinds(episode) == ["interview_held"]
    world.undo_last(episode, "episode.returned")
    assert "still_missing_review" in world.open_kinds(episode)
    assert world.episode(episode)["interview"] is None
    world.types()
    world.letters()


def test_a_decision_undone_is_owed_again_with_what_it_opened(world: World):
    episode = world.report()
    world.answer(episode, outcome="DECLINED", reason="not missing")
    world.decide(world.owed(episode, "police_declined_review"), "ESCALATE")
    assert [o["state"] for o in world.all_owed(episode, "police_declined_review")] == [
        "DISCHARGED",
        "OPEN",
    ]
    world.undo_last(episode, "obligation.decided")
    first, second = world.all_owed(episode, "police_declined_review")
    assert (first["state"], second["discharged_as"]) == ("OPEN", "OPENED_IN_ERROR")
    world.types()
    world.letters()


def test_an_answer_undone_takes_with_it_every_review_that_followed(world: World):
    episode = world.report()
    world.answer(episode, outcome="DECLINED", reason="not missing")
    world.decide(world.owed(episode, "police_declined_review"), "ESCALATE")
    world.undo_last(episode, "police.answered")
    assert world.open_kinds(episode) == ["police_acknowledgement", "still_missing_review"]
    world.types()
    world.letters()


def test_located_and_closed_are_undone_each_to_what_stood_before(world: World):
    episode = world.report()
    world.answer(episode)
    world.located(episode)
    assert world.undo_last(episode, "episode.located")["state"] == "MISSING"
    world.returned(episode)
    assert world.closed(episode)["state"] == "CLOSED"
    assert world.undo_last(episode, "episode.closed")["state"] == "RETURNED"
    world.closed(episode)
    undone = world.undo_last(episode, "episode.returned")
    assert undone["state"] == "MISSING"  # a closing stands on the return that it was said upon
    assert "still_missing_review" in world.open_kinds(episode)
    world.types()
    world.letters()


def test_only_an_act_that_stands_can_be_undone_and_police_undo_their_own_alone(world: World):
    episode = world.report()
    world.located(episode)
    number = world.story(episode)[-1]["n"]
    located = next(i["n"] for i in world.story(episode) if i["kind"] == "episode.located")
    with pytest.raises(NotAllowed):
        world.undo(episode, located, actor=MET)
    world.undo(episode, located)
    with pytest.raises(Conflict):
        world.undo(episode, located)
    with pytest.raises(Invalid):
        world.undo(episode, number + 50)
    world.answer(episode)
    answered = next(i["n"] for i in world.story(episode) if i["kind"] == "police.answered")
    assert world.undo(episode, answered, actor=MET)["police"]["state"] == "UNACKNOWLEDGED"
    world.types()


def test_an_acknowledgement_undone_after_away_became_missing_is_asked_for_once(world: World):
    episode = world.report(category="AWAY_UNAUTHORISED")
    first = world.owed(episode)
    world.answer(episode)
    world.advance(minutes=1)
    world.category(episode, "MISSING")
    world.types()
    world.undo_last(episode, "police.answered")
    duties = world.all_owed(episode, "police_acknowledgement")
    assert [d.get("discharged_as") or d["state"] for d in duties] == ["OPEN", "OPENED_IN_ERROR"]
    assert duties[0]["id"] == first["id"]
    world.letters()
    world.advance_to_minute(6)
    assert world.told() == [(5, "asha")]
    world.types()
