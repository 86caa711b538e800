"""The clock runs far ahead and is put right: nothing un-lapses, nothing is said twice, and nobody
falls silent until the time it had reached."""

import pytest

from missing_service.usecases.deliver_next import Paces, claim_errands
from missing_service.usecases.wind_back import wind_back
from tests.journeys.world import MAILBOX, World, only
from tests.peers.behaviours import drop, ok


def put_right(world: World, **ahead: float) -> None:
    """The clock is set back by so much, and the workers notice."""
    world.clock.set_by(**{unit: -count for unit, count in ahead.items()})
    world.hold_offset()
    wind_back(world.service)


@pytest.mark.parametrize("ahead", [{"hours": 1}, {"days": 1}, {"days": 365}])
def test_repeats_go_on_from_the_true_time(world: World, ahead: dict[str, int]):
    world.report()
    world.advance(minutes=95)
    world.letters()
    world.heard()
    world.outage(**ahead)
    world.letters()
    world.heard()

    put_right(world, **ahead)
    world.advance(hours=3)

    said = {round(one.minute) for one in world.letters() if "asha" in one.to}
    assert said == {150, 180, 210, 240, 270}  # 120 was said before its time, as the first of many
    world.heard()


def test_what_was_told_ahead_of_its_time_is_not_told_again(world: World):
    world.report()
    world.advance(minutes=95)
    world.letters()
    world.outage(hours=1)
    assert {round(one.minute) for one in world.letters() if "asha" in one.to} == {155}
    put_right(world, hours=1)
    assert wind_back(world.service) == 0
    world.advance(minutes=50)
    assert world.letters() == []
    world.heard()


def test_a_lease_taken_by_a_clock_that_ran_ahead_ends(world: World):
    world.police.behave(drop())
    world.report()
    world.heard()
    world.clock.advance(days=1)
    world.hold_offset()
    assert claim_errands(world.service, Paces())  # and its worker dies
    world.police.behave(ok())

    put_right(world, days=1)
    world.advance(minutes=2)

    assert only([one for one in world.heard() if one.number == 1]).type == "episode.reported"
    world.letters()


@pytest.mark.parametrize("back", [{"seconds": 1}, {"hours": 1}, {"days": 1}, {"days": 365}])
def test_a_destination_that_was_given_up_for_five_seconds_is_not_given_up_for_longer(
    world: World, back: dict[str, int]
):
    world.police.behave(drop())
    for _ in range(3):
        world.report()
    world.advance(minutes=1)  # its breaker is open
    world.police.behave(ok())
    put_right(world, **back)
    world.advance(minutes=2)
    assert [one.number for one in world.heard() if one.type == "episode.reported"] == [1, 1, 1]
    world.letters()


@pytest.mark.parametrize("ahead", [{"hours": 1}, {"days": 365}])
def test_a_channel_that_fails_since_a_time_to_come_brings_in_the_next(
    world: World, ahead: dict[str, int]
):
    world.police.behave(drop())
    world.clock.set_by(**ahead)
    world.hold_offset()
    world.report()
    world.advance(minutes=1)
    assert [one for one in world.letters() if one.to == MAILBOX] == []
    put_right(world, **ahead)
    world.advance(minutes=3)
    assert only([one for one in world.letters() if one.to == MAILBOX])
    world.heard()
