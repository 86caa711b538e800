"""Whoever owns an episode is told what its owner owes."""

from tests.journeys.world import World

DANIEL = "daniel.okafor@harrow.example"


def test_the_steps_that_tell_the_owner_follow_who_owns_it(world: World):
    episode = world.report()
    world.answer(episode)
    world.own(episode, DANIEL)
    (letter,) = world.letters()
    assert letter.to == DANIEL
    assert "You own this episode" in letter.subject
    world.ask(episode)
    assert world.told_now() == ["daniel"]
    world.own(episode, "Asha Patel")  # she takes it herself
    assert world.told() == []
    world.advance(minutes=15)
    assert sorted(world.told_now()) == ["asha", "daniel"]  # the owner, and the manager
    world.types()
