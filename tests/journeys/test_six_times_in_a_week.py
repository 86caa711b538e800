"""A child goes missing six times in a week: police are told of each, the council is asked once."""

from typing import Any

from tests.journeys.world import World

STRATEGY = "strategy_discussion"


def goes_missing(world: World, child: str | None = None) -> dict[str, Any]:
    said = {"name": "Robin Grey", "date_of_birth": "2010-05-01", "id": child}
    episode = world.report(child=said)
    world.answer(episode)
    return episode


def comes_back(world: World, episode: dict[str, Any]) -> None:
    world.advance(hours=2)
    world.returned(episode)
    world.advance(hours=22)


def test_six_times_in_a_week_is_six_alerts_and_one_question_at_a_time(world: World):
    first = goes_missing(world)
    child = first["child"]["id"]
    comes_back(world, first)
    second = goes_missing(world, child)
    comes_back(world, second)
    third = goes_missing(world, child)
    rules = [each["rule"] for each in world.episode(third)["triggers"]]
    assert rules == ["three_in_30_days", "three_in_90_days"]
    assert world.episode(second)["triggers"] == []
    question = world.owed(third, STRATEGY)
    comes_back(world, third)

    fourth = goes_missing(world, child)
    assert [each["rule"] for each in world.episode(fourth)["triggers"]] == rules
    assert world.all_owed(fourth, STRATEGY) == []  # it joined the question that is open
    world.decide(question, "YES")
    assert world.owed(third, STRATEGY)["state"] == "DISCHARGED"
    comes_back(world, fourth)

    fifth = goes_missing(world, child)
    world.letters()
    comes_back(world, fifth)
    asked = [one.text for one in world.letters() if "strategy discussion" in one.text]
    assert any("Does the plan still hold" in text for text in asked)

    sixth = goes_missing(world, child)
    assert sixth["reference"] != fifth["reference"]
    reported = [kind for kind, _ in world.types() if kind == "episode.reported"]
    assert len(reported) == 6  # the alert to police is never thinned
    world.advance(hours=1)
    world.types()
    world.letters()
