"""The police endpoint is down all night, or refuses, or comes back."""

from tests.journeys.world import World, only
from tests.peers.behaviours import answer_lost, drop, ok, refuse

TROUBLE = "The police system has not taken what was sent for two minutes"


def test_a_dead_endpoint_is_tried_for_ever_and_people_and_the_next_channel_come_in(
    world: World,
):
    world.police.behave(drop())
    episode = world.report()
    world.advance(minutes=3)
    brought_in = world.letters()
    assert sorted(one.to for one in brought_in) == [
        "asha.patel@harrow.example",
        "daniel.okafor@harrow.example",
        "missing.persons@met.example",
    ]
    assert all(2 <= one.minute <= 3 for one in brought_in)
    mailbox = only([one for one in brought_in if one.to == "missing.persons@met.example"])
    assert mailbox.subject == f"URGENT {episode['reference']}: missing child, Harrow"
    assert TROUBLE in only([o for o in brought_in if o.to.startswith("asha")]).subject
    assert world.episode(episode)["police"]["alert"] == "FAILING"

    world.advance(hours=2)

    assert len({attempt.id for attempt in world.police.attempts if attempt.number == 1}) == 1
    tries = [attempt for attempt in world.police.attempts if attempt.number == 1]
    assert len(tries) > 2 * 60
    assert len({attempt.body for attempt in tries}) == 1
    assert world.types() == []
    assert not [one for one in world.letters() if "two minutes" in one.subject]  # told once

    world.police.behave(ok())
    world.advance(minutes=2)

    heard = world.heard()
    assert [(one.type, one.number) for one in heard[:1]] == [("episode.reported", 1)]
    assert heard[0].id == tries[0].id
    assert [one.number for one in heard] == sorted(one.number or 0 for one in heard)
    assert world.episode(episode)["police"]["alert"] == "TAKEN"
    assert world.police.ids == [one.id for one in heard]


def test_a_refused_alert_tells_people_and_the_next_channel_at_once_and_goes_on_being_tried(
    world: World,
):
    world.police.behave(refuse(410))
    episode = world.report()
    told = world.letters()
    assert {one.minute for one in told} == {0}
    assert sorted(one.to for one in told) == [
        "asha.patel@harrow.example",
        "daniel.okafor@harrow.example",
        "missing.persons@met.example",
    ]
    assert "The police system refused what was sent (410)" in told[0].subject + told[1].subject

    world.advance(minutes=10)
    assert len(world.police.attempts) >= 10
    assert len({attempt.id for attempt in world.police.attempts}) == 1
    assert world.told() == [(5, "asha")]

    world.police.behave(ok())
    world.advance(minutes=2)
    assert world.types() == [("episode.reported", 1)]
    assert world.episode(episode)["police"]["alert"] == "TAKEN"


def test_a_refused_message_does_not_hold_up_the_next(world: World):
    world.police.behave(refuse(422), ok())
    episode = world.report()
    assert world.told_now() == ["asha", "daniel", "mailbox"]
    world.update(episode, "sighting", at=None, place="Harrow bus station", by="a driver", note="")
    assert world.types() == [("episode.updated", 2)]
    assert world.told_now() == ["mailbox"]
    world.advance(minutes=2)
    assert world.types() == [("episode.reported", 1)]  # lower numbers may come late


def test_what_is_urgent_passes_a_head_that_was_stuck_for_five_minutes(world: World):
    episode = world.report()
    assert world.types() == [("episode.reported", 1)]
    world.police.behave(refuse(503))
    world.update(episode, "sighting", at=None, place="Harrow bus station", by="a driver", note="")
    world.advance(minutes=1)
    world.returned(episode)
    world.advance(minutes=3)
    assert {attempt.number for attempt in world.police.attempts} == {1, 2}  # in order until then

    world.advance(minutes=2)
    assert {attempt.number for attempt in world.police.attempts} == {1, 2, 3}
    world.police.behave(ok())
    world.advance(minutes=2)
    assert sorted(number or 0 for _, number in world.types()) == [2, 3]
    world.letters()


def test_a_receiver_that_keeps_it_and_breaks_off_sees_one_id_twice_and_never_two(world: World):
    world.police.behave(answer_lost(), answer_lost(), ok())
    world.report()
    world.advance(minutes=1)
    heard = world.heard()
    assert [one.number for one in heard] == [1, 1, 1]
    assert len({one.id for one in heard}) == len({one.body for one in heard}) == 1
    assert len({one.headers["webhook-timestamp"] for one in heard}) > 1
