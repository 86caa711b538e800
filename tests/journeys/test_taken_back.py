"""A category, an interview's outcome and an *I have it* entered by mistake; the log vouches for all
of it."""

from uuid import UUID

import pytest

from missing_service.bootstrap import verify
from missing_service.domain.errors import Conflict, NotAllowed
from missing_service.domain.events import Actor
from missing_service.usecases.decide_obligation import take
from tests.builders import HARROW, MET
from tests.journeys.test_interview import held
from tests.journeys.world import World, only


def test_a_category_changed_by_mistake_ends_the_second_question_to_police(world: World):
    episode = world.report(category="AWAY_UNAUTHORISED")
    world.answer(episode)
    world.advance(minutes=1)
    world.category(episode, "MISSING")
    assert "police_acknowledgement" in world.open_kinds(episode)
    world.types()
    undone = world.undo_last(episode, "episode.category_changed")
    assert (undone["category"], undone["police"]["state"]) == ("AWAY_UNAUTHORISED", "ACKNOWLEDGED")
    assert world.owed(episode)["discharged_as"] == "OPENED_IN_ERROR"
    sent = only(world.heard()).data["data"]
    assert "category was changed by mistake" in sent["change"]["summary"]
    assert "acknowledge" not in sent
    world.answer(episode, value="CAD 2")  # to what was opened in error: a further reference
    assert len(world.episode(episode)["police"]["references"]) == 2
    assert verify(world.application).is_sound


def test_police_are_asked_anew_where_the_child_was_called_away_by_mistake(world: World):
    episode = world.report()
    world.category(episode, "AWAY_UNAUTHORISED")
    world.answer(episode, outcome="RECORDED_OTHER", reason="a concern")
    world.types()
    world.advance(minutes=1)
    undone = world.undo_last(episode, "episode.category_changed")
    assert (undone["category"], undone["police"]["state"]) == ("MISSING", "UNACKNOWLEDGED")
    asked = only(world.heard()).data["data"]["acknowledge"]
    assert asked["obligation"] == world.owed(episode)["id"]
    world.answer(episode)
    assert "police_acknowledgement" not in world.open_kinds(episode)
    assert verify(world.application).is_sound


def test_an_outcome_entered_by_mistake_is_owed_from_the_first_clock(world: World):
    episode, interview = held(world)
    first = world.owed(episode, "interview_held")
    world.end_interview(interview)
    signed = world.sign(interview)["record"]
    world.types()
    world.advance(days=3, hours=5)
    world.types()
    world.letters()
    number = next(i["n"] for i in world.story(episode) if i["kind"] == "interview.outcome")
    with pytest.raises(NotAllowed):
        world.undo(episode, number, actor=MET)
    world.undo_last(episode, "interview.outcome")
    again = world.owed(episode, "interview_held")
    assert (again["id"], again["due_at"], again["overdue"]) == (first["id"], first["due_at"], True)
    assert world.told_now() == ["farida", "kofi"]  # what lapsed meanwhile
    change = only(world.heard()).data["data"]["change"]
    assert "rely on none" in change["summary"]
    with pytest.raises(Conflict, match="opened in error"):
        world.answer(episode, "record_with_police", record_hash=signed["sha256"])
    world.end_interview(interview)
    sent = only(world.heard())
    assert (sent.type, sent.data["data"]["record_hash"]) == ("interview.record", signed["sha256"])
    world.answer(episode, "record_with_police", record_hash=signed["sha256"])
    assert world.open_kinds(episode) == []
    assert verify(world.application).is_sound


def test_nobody_is_shown_to_have_what_they_took_on_the_wrong_episode(world: World):
    episode = world.report()
    world.types()
    world.advance(minutes=6)
    assert world.told() == [(5, "asha")]
    asha = Actor("key:Harrow EDT desk", HARROW, "edt", "asha.patel@harrow.example")
    take(UUID(world.owed(episode)["id"]), actor=asha, service=world.service)
    assert world.owed(episode)["steps_told"][0]["taken_by"] == "Asha Patel"
    world.undo_last(episode, "obligation.taken")
    assert world.owed(episode)["steps_told"][0]["taken_by"] is None
    assert verify(world.application).is_sound
