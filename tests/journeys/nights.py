"""A night with a child in each state that a council can be owed something for."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.journeys.world import World

Body = dict[str, Any]
STARTS = {
    "a winter night": datetime(2026, 11, 24, 3, tzinfo=UTC),
    "clocks go forward, 2026": datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
    "clocks go back, 2026": datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
    "clocks go forward, 2027": datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    "clocks go back, 2027": datetime(2027, 10, 31, 0, 15, tzinfo=UTC),
    "New Year": datetime(2026, 12, 31, 21, tzinfo=UTC),
    "29 February": datetime(2028, 2, 28, 22, tzinfo=UTC),
}


def a_night(world: World) -> list[Body]:
    """In danger and unanswered; answered, an update owed; found, but unanswered; declined; back,
    the record with police; unanswered."""
    danger = world.report(immediate_danger="YES")
    answered = world.report()
    world.answer(answered)
    found = world.report()
    world.returned(found)
    declined = world.report()
    world.answer(declined, outcome="DECLINED", reason="no crime")
    written = world.report()
    world.answer(written)
    interview = UUID(world.returned(written)["interview"]["id"])
    world.allocate(interview)
    world.end_interview(interview)
    world.sign(interview)
    unanswered = world.report()
    return [danger, answered, found, declined, written, unanswered]


def all_told(world: World, episodes: list[Body]) -> Counter[tuple[int, str, str, str]]:
    """How often each step of each duty was told: the number of the child, the kind, when the duty
    is due, the step."""
    told: Counter[tuple[int, str, str, str]] = Counter()
    for number, episode in enumerate(episodes):
        for owed in world.episode(episode)["obligations"]:
            for step in owed["steps_told"]:
                key = (number, owed["kind"], owed["due_at"][:19], str(step["step"]))
                told[key] += step.get("count") or 1
    return told
