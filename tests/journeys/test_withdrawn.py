"""A child who never was missing: the search ends at once, and police are asked until they say that
they know."""

import json

from tests.journeys.world import World, only


def test_police_are_asked_until_they_acknowledge_that_the_child_never_was_missing(world: World):
    episode = world.report()
    world.answer(episode)
    world.advance(minutes=5)
    world.types()
    found = world.withdrawn(episode)
    assert (found["state"], found["police"]["state"]) == ("WITHDRAWN", "UNACKNOWLEDGED")
    news = only(world.heard())
    assert (news.type, news.number) == ("episode.withdrawn", 2)
    change = json.loads(news.body)["data"]["change"]
    assert change["summary"].startswith("CORRECTION: ")
    assert world.open_kinds(episode) == ["police_acknowledgement"]
    world.advance(minutes=20)
    assert world.all_owed(episode, "police_acknowledgement")[-1]["steps_told"]
    world.answer(episode)
    assert world.open_kinds(episode) == []
    world.advance(hours=72)
    assert world.open_kinds(episode) == []
    world.types()
    world.letters()


def test_who_was_told_hears_that_it_was_withdrawn_and_that_it_was_not(world: World):
    episode = world.report()
    world.advance(minutes=5)
    heard = {letter.to for letter in world.letters()}
    assert heard
    world.withdrawn(episode)
    letters = world.letters()
    assert {letter.to for letter in letters} == heard
    assert all("WITHDRAWN" in letter.subject for letter in letters)
    world.undo_last(episode, "episode.withdrawn")
    letters = world.letters()
    assert {letter.to for letter in letters} == heard
    assert all("STILL MISSING" in letter.subject for letter in letters)
    assert world.open_kinds(episode) == ["police_acknowledgement", "still_missing_review"]
    assert len(world.all_owed(episode, "police_acknowledgement")) == 1
    world.types()
