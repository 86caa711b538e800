"""Police said by mistake that a child is another force's: they undo it themselves, and nobody else
does."""

from typing import Any

import pytest

from missing_service.access.looks import Looks
from missing_service.domain.errors import Conflict, NotAllowed
from missing_service.domain.events import Actor
from missing_service.usecases.read_episode import read_chronology
from missing_service.usecases.read_with_look import Looker
from tests.builders import EDT, MET, without_reference
from tests.domain.directories import channel, force
from tests.journeys.world import World, only

BUCKINGHAMSHIRE = "E06000060"
TVP = Actor("key:tvp desk", "thames-valley", "police", "PC Iris Bell", "control room")


def re_routed(world: World) -> dict[str, Any]:
    """The Met names Thames Valley, which has a mailbox."""
    world.load(
        force("thames-valley", covers=(BUCKINGHAMSHIRE,)),
        channel(
            "thames-valley", "desk", kind="email", url=None, address="d@tvp.example", content="full"
        ),
    )
    episode = world.report()
    world.answer(episode, **without_reference("WRONG_FORCE", force="thames-valley"))
    world.types()
    world.letters()
    return episode


def number(world: World, episode: dict[str, Any]) -> int:
    return max(int(i["n"]) for i in world.story(episode) if i["kind"] == "police.answered")


def test_the_force_that_said_it_undoes_it_and_owes_the_answer_again(world: World):
    episode = re_routed(world)
    said = number(world, episode)
    first = world.owed(episode)
    assert world.undo(episode, said, actor=MET)["force"] == "met"
    duty = only(world.all_owed(episode, "police_acknowledgement"))
    assert (duty["id"], duty["started_at"], duty["state"]) == (
        first["id"],
        first["started_at"],
        "OPEN",
    )
    back = only(world.heard())
    assert back.type == "episode.reported"
    assert back.data["data"]["acknowledge"]["obligation"] == duty["id"]
    letter = only(world.letters())  # the other force hears that it is theirs no more
    assert letter.to == "d@tvp.example"
    assert "CORRECTION" in letter.text
    assert "owes the answer again" in letter.text
    with pytest.raises(NotAllowed):
        world.answer(episode, actor=TVP)
    looker = Looker(TVP, "session", "chronology", Looks())
    read = read_chronology(episode["reference"], looker=looker, service=world.service)["items"]
    assert (read[0]["kind"], read[-1]["kind"]) == ("episode.reported", "act.undone")
    assert world.answer(episode)["police"]["state"] == "ACKNOWLEDGED"
    world.located(episode)
    assert world.types() == [("episode.located", back.data["data"]["number"] + 1)]


def test_a_force_that_let_go_undoes_nothing_else_and_no_other_undoes_it(world: World):
    episode = re_routed(world)
    said = number(world, episode)
    world.located(episode)
    with pytest.raises(NotAllowed, match="re-routed to another force"):
        world.undo(episode, world.story(episode)[-1]["n"], actor=MET)
    with pytest.raises(NotAllowed, match="re-routed to another force"):
        world.undo(episode, 999, actor=MET)
    with pytest.raises(NotAllowed, match="Another recorded this"):
        world.undo(episode, said, actor=TVP)
    world.letters()


def test_what_has_moved_on_since_is_put_right_by_the_council(world: World):
    episode = re_routed(world)
    said = number(world, episode)
    world.answer(episode, actor=TVP)
    with pytest.raises(Conflict, match="ring the council"):
        world.undo(episode, said, actor=MET)
    world.undo(episode, number(world, episode), actor=TVP)
    world.advance(minutes=1)
    world.answer(episode, **without_reference("WRONG_FORCE", force="met", actor=TVP))
    with pytest.raises(Conflict, match="re-routed again"):
        world.undo(episode, said, actor=MET)
    world.advance(minutes=1)
    world.undo(episode, number(world, episode), actor=TVP)
    with pytest.raises(NotAllowed, match="re-routed to another force"):
        world.answer(episode)
    world.advance(minutes=1)
    assert world.undo(episode, said, actor=MET)["force"] == "met"
    world.types()
    world.letters()


def test_what_the_council_recorded_by_telephone_is_the_councils_to_undo(world: World):
    episode = world.report()
    world.answer(episode, actor=EDT, by_phone=True)
    world.types()
    with pytest.raises(NotAllowed, match="Another recorded this"):
        world.undo(episode, number(world, episode), actor=MET)
