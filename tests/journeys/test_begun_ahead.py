"""A child is reported, or comes back, while the clock runs ahead; it is put right, and what is owed
to the child does not wait for the time that it had shown."""

from datetime import datetime, timedelta

import pytest

from missing_service.bootstrap import verify
from missing_service.usecases.wind_back import wind_back
from tests.builders import without_reference
from tests.journeys.world import World, only

AHEAD = [{"hours": 1}, {"days": 1}, {"days": 365}]


def set_ahead(world: World, ahead: dict[str, int]) -> None:
    world.clock.set_by(**ahead)
    world.hold_offset()


def put_right(world: World, ahead: dict[str, int]) -> None:
    world.clock.set_by(**{unit: -count for unit, count in ahead.items()})
    world.hold_offset()
    assert wind_back(world.service) > 0
    assert wind_back(world.service) == 0


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_report_taken_meanwhile_has_its_whole_ladder_from_now(
    world: World, ahead: dict[str, int]
):
    set_ahead(world, ahead)
    episode = world.report()
    put_right(world, ahead)
    world.advance(minutes=61)
    told = [(round(minute), name) for minute, name in world.told()]
    assert [pair for pair in told if pair[0] < 60] == [
        (5, "asha"),
        (15, "daniel"),
        (30, "ruth"),
        (30, "siobhan"),
    ]
    assert {name for minute, name in told if minute == 60} == {"asha", "marcus"}  # and the review
    assert world.owed(episode)["overdue"]
    assert verify(world.application).is_sound
    world.heard()


def test_what_was_told_meanwhile_is_not_told_again_and_the_rest_comes(world: World):
    ahead = {"days": 365}
    set_ahead(world, ahead)
    episode = world.report()
    world.advance(minutes=20)
    assert [name for _, name in world.told()] == ["asha", "daniel"]
    put_right(world, ahead)
    world.advance(seconds=1)
    assert world.owed(episode)["overdue"]  # it had lapsed: nothing takes that back
    world.advance(minutes=120)
    steps = [str(step["step"]) for step in world.owed(episode)["steps_told"]]
    assert sorted(steps) == ["1", "2", "3", "4", "repeat", "repeat"]
    told = [name for _, name in world.told()]
    assert told.count("marcus") >= 1
    world.heard()


@pytest.mark.parametrize("ahead", AHEAD)
def test_reviews_of_a_child_reported_meanwhile_follow_one_another(
    world: World, ahead: dict[str, int]
):
    set_ahead(world, ahead)
    episode = world.report()
    world.answer(episode, risk="HIGH")
    put_right(world, ahead)
    begun = world.clock.now()
    world.advance(hours=25)
    due = [r["due_at"] for r in world.all_owed(episode, "still_missing_review")]
    hours = [round((_instant(at) - begun).total_seconds() / 3600) for at in due]
    assert sorted(hours) == [1, 6, 24, 48]
    world.letters()
    world.heard()


def _instant(text: str):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("ahead", AHEAD)
def test_an_interview_of_a_child_who_came_back_meanwhile_is_due_in_72_hours_from_now(
    world: World, ahead: dict[str, int]
):
    episode = world.report()
    world.answer(episode)
    set_ahead(world, ahead)
    world.returned(episode)
    world.letters()
    world.heard()
    put_right(world, ahead)
    owed = world.owed(episode, "interview_held")
    interview = world.episode(episode)["interview"]
    assert interview["due_at"] == owed["due_at"]
    length = _instant(owed["due_at"]) - _instant(owed["started_at"])
    assert length == timedelta(hours=72)
    assert timedelta() <= _instant(owed["started_at"]) - world.clock.now() < timedelta(seconds=9)
    world.advance(hours=73)
    assert "farida" in {name for _, name in world.told()}
    world.heard()


def test_a_refusal_of_police_recorded_meanwhile_is_reviewed_within_the_hour(world: World):
    ahead = {"days": 1}
    episode = world.report()
    set_ahead(world, ahead)
    world.answer(episode, **without_reference("DECLINED", reason="no crime"))
    world.answer(episode, outcome="DECLINED", reason="no crime")
    world.letters()
    put_right(world, ahead)
    world.advance(minutes=61)
    review = only(world.all_owed(episode, "police_declined_review"))
    assert review["overdue"]
    assert "daniel" in {name for _, name in world.told()}
    world.heard()


def test_a_clock_that_is_right_moves_nothing(world: World):
    episode = world.report()
    before = world.owed(episode)
    assert wind_back(world.service) == 0
    world.clock.set_by(seconds=-30)  # another host's is half a minute ahead
    world.hold_offset()
    assert wind_back(world.service) == 0
    assert world.owed(episode)["due_at"] == before["due_at"]
    world.heard()
