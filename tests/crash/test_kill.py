"""A process is killed between its durable steps: nothing is lost, and police see one id."""

from collections.abc import Iterator

import pytest

from adapters.clock import SystemClock
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.crash.processes import killed_at
from tests.fakes.clock import FakeClock
from tests.journeys.world import World, only, open_world

pytestmark = pytest.mark.slow


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A world at the real time, in which its children live too."""
    with open_world(database_url, FakeClock(SystemClock().now())) as world:
        yield world
        world.nothing_more()


def crash(world: World, mode: str) -> None:
    """A child of the same database is killed at that place; its lease then runs out."""
    with killed_at(mode, world.application.settings.database_url, world.mail.url):
        world.clock.advance_to(SystemClock().now())
        world.hold_offset()


@pytest.mark.parametrize("mode", ["claim-before", "claim-after", "before-send", "after-send"])
def test_a_dispatcher_killed_anywhere_loses_nothing_and_sends_one_id(world: World, mode: str):
    done = report_missing(a_report(), actor=EDT, service=world.service)
    crash(world, mode)
    world.advance(seconds=40)
    heard = world.heard()
    assert len(heard) == (2 if mode == "after-send" else 1)
    assert {(m.type, m.number) for m in heard} == {("episode.reported", 1)}
    assert len({m.id for m in heard}) == len({m.body for m in heard}) == 1
    assert world.episode(done.body)["police"]["alert"] == "TAKEN"


def test_a_report_killed_before_its_commit_never_was_and_after_it_is_alerted(world: World):
    crash(world, "report-before")
    world.run_workers()
    assert world.heard() == []
    crash(world, "report-after")
    world.run_workers()
    assert only(world.heard()).number == 1
