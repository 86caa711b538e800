"""Whoever was told *missing* is told *found*; a force without a machine hears of it from a
person."""

from tests.domain.directories import channel
from tests.journeys.world import World
from tests.peers.behaviours import drop

BUCKINGHAMSHIRE = "E06000060"


def names(world: World) -> list[str]:
    return sorted(letter.to.partition(".")[0] for letter in world.letters())


def test_who_was_told_at_once_because_the_force_has_no_machine_hears_that_the_child_is_found(
    world: World,
):
    episode = world.report(last_seen={"council": BUCKINGHAMSHIRE})
    assert names(world) == ["asha"]
    world.returned(episode)
    letters = world.letters()
    assert {letter.to for letter in letters} == {"asha.patel@harrow.example"}
    assert ["FOUND" in letter.subject for letter in letters] == [True, True]
    assert sum("ring 101" in letter.text for letter in letters) == 1  # police there must hear it
    world.types()


def test_who_was_told_found_by_mistake_hears_that_the_child_is_still_missing(world: World):
    episode = world.report()
    world.advance(minutes=5)
    assert names(world) == ["asha"]
    world.returned(episode)
    assert names(world) == ["asha"]
    world.undo_last(episode, "episode.returned")
    letters = world.letters()
    assert [letter.to for letter in letters] == ["asha.patel@harrow.example"]
    assert "STILL MISSING" in letters[0].subject
    world.types()


def test_the_next_channel_comes_in_for_one_that_has_ended_while_news_was_stuck_in_it(world: World):
    world.police.behave(drop())
    world.report()
    world.load(
        channel("met", "cad", url=world.police.url, position=0, until="2026-11-24T00:00:00Z")
    )
    world.advance(minutes=4)
    assert "missing.persons@met.example" in [letter.to for letter in world.letters()]
    world.types()
