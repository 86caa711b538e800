"""A world for each story, on each database in turn."""

from collections.abc import Iterator

import pytest

from tests.fakes.clock import FakeClock
from tests.journeys.world import World, open_world


@pytest.fixture
def clock() -> FakeClock:
    """Where the story begins: 03:00 on a Tuesday in winter."""
    return FakeClock()


@pytest.fixture
def world(database_url: str, clock: FakeClock) -> Iterator[World]:
    """The whole service; at the end nothing may have come that the story did not ask for, and the
    service finds nothing wrong in its own records."""
    with open_world(database_url, clock) as world:
        yield world
        world.nothing_more()
        assert world.faults() == ()
