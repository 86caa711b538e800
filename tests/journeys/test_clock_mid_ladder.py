"""The clock is set back in the middle of every kind of ladder: nothing un-lapses, nothing is told
twice, and nobody falls silent."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from missing_service.bootstrap import verify
from missing_service.usecases.wind_back import wind_back
from tests.journeys.nights import a_night
from tests.journeys.world import World

BACK = [{"seconds": 1}, {"hours": 1}, {"days": 1}]
MIDDLES = [{"minutes": 7}, {"minutes": 40}, {"hours": 5}, {"hours": 30}, {"hours": 75}]


def owed(world: World, episodes: list[dict]) -> Iterator[dict]:
    for episode in episodes:
        yield from world.episode(episode)["obligations"]


def rows(world: World, episodes: list[dict]) -> dict[tuple[str, str, str], str]:
    """Each step told: of which duty, which, due when; and when it was told."""
    return {
        (each["id"], str(step["step"]), step.get("from") or step["due_at"]): step["told_at"]
        for each in owed(world, episodes)
        for step in each["steps_told"]
    }


def has_been_told_late(each: dict) -> bool:
    """A lapse is a row from when people were told of it, which may wait for the morning."""
    return any(step["due_at"] >= each["due_at"] for step in each["steps_told"])


@pytest.mark.parametrize("middle", MIDDLES, ids=str)
@pytest.mark.parametrize("back", BACK, ids=str)
def test_whatever_is_owed_the_clock_is_set_back_in_the_midst_of_it(
    world: World, middle: dict[str, int], back: dict[str, int]
):
    episodes = a_night(world)
    world.outage(**middle)
    before = rows(world, episodes)
    lapsed = {each["id"] for each in owed(world, episodes) if has_been_told_late(each)}
    world.letters()
    world.heard()

    world.clock.set_by(**{unit: -count for unit, count in back.items()})
    world.hold_offset()
    wind_back(world.service)
    world.run_workers()
    assert [letter.subject for letter in world.letters()] == []  # nothing is told again
    begun = world.clock.now()
    world.move_to(begun + timedelta(seconds=1))
    is_open = {each["id"] for each in owed(world, episodes) if each["state"] == "OPEN"}
    still = {each["id"] for each in owed(world, episodes) if each["overdue"]}
    assert lapsed & is_open <= still

    world.advance(minutes=95)
    after = rows(world, episodes)
    assert before.items() <= after.items()
    numbered = [(duty, step) for duty, step, _ in after if step != "repeat"]
    assert len(numbered) == len(set(numbered))
    told = [letter for letter in world.letters() if episodes[0]["reference"] in letter.text]
    assert {"asha"} <= {letter.to.split(".")[0] for letter in told}
    minutes = sorted({letter.minute for letter in told})
    since = (begun - world.began) / timedelta(minutes=1)
    waits = [b - a for a, b in zip([since, *minutes], minutes, strict=False)]
    assert max(waits) <= 31
    assert verify(world.application).is_sound
    world.heard()
