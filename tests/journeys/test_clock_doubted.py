"""A clock is wrong: the administrator hears of it once, and no alert waits for anybody to say that
it is right."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from missing_service.bootstrap import verify
from missing_service.domain.clocks import Doubt
from tests.fakes.clock import FakeClock
from tests.journeys.world import World, only, open_world
from workers.clocks import ClockKeeper, Doubts

ADMIN = "kofi.mensah@harrow.example"


@dataclass
class HostClock:
    """One host's own clock: minutes away from the story's, which is the database's."""

    story: FakeClock
    apart: timedelta

    def now(self) -> datetime:
        return self.story.now() + self.apart

    def monotonic(self) -> float:
        return self.story.monotonic()


class Process:
    """One worker process that looks after the clocks."""

    def __init__(self, world: World, **apart: float) -> None:
        service = world.application.service
        if apart:
            service = replace(service, clock=HostClock(world.clock, timedelta(**apart)))
        self.application = replace(world.application, service=service)
        self.doubts = Doubts(self.application)
        self.planned_anew = 0
        self.keeper = ClockKeeper(self.application, self.doubts, self._plan)

    def _plan(self) -> None:
        self.planned_anew += 1


def look(world: World, *processes: Process) -> None:
    world.hold_offset()
    for process in processes:
        process.keeper.turn()
    world.run_workers()


def subjects(world: World) -> list[str]:
    found = world.letters()
    assert {letter.to for letter in found} <= {ADMIN}
    return [letter.subject for letter in found]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"seconds": -3}, "moved back by 3 seconds"),
        ({"hours": -1}, "moved back by 1 hour"),
        ({"days": -1}, "moved back by 1 day"),
        ({"hours": 1}, "moved ahead by 1 hour"),
        ({"days": 365}, "moved ahead by 365 days"),
    ],
)
def test_a_step_of_the_clock_is_told_to_the_administrator_once(
    world: World, step: dict[str, int], said: str
):
    two = Process(world), Process(world)
    look(world, *two)
    world.clock.advance(seconds=5)
    look(world, *two)
    world.clock.set_by(**step)
    look(world, *two)
    told = subjects(world)
    assert len(told) == (2 if world.application.store.is_postgres else 1)  # host, and database
    assert all(said in subject for subject in told)
    assert all(process.planned_anew for process in two)
    world.clock.advance(seconds=5)
    look(world, *two)
    assert verify(world.application).is_sound


@pytest.mark.parametrize("seconds", [-1, 1])
def test_a_second_is_a_correction_of_which_nobody_hears(world: World, seconds: int):
    process = Process(world)
    look(world, process)
    world.clock.set_by(seconds=seconds)
    look(world, process)
    assert process.planned_anew == 0


def test_ahead_and_put_right_are_two_steps(world: World):
    process = Process(world)
    look(world, process)
    for step in (365, -365):
        world.clock.set_by(days=step)
        look(world, process)
        assert subjects(world)


def test_workers_that_start_with_a_clock_behind_the_log_say_so_and_send_all_the_same(
    world: World,
):
    world.clock.set_by(hours=1)
    world.hold_offset()
    world.report()
    world.clock.set_by(hours=-1)
    started = Process(world)
    look(world, started)
    assert only(subjects(world)).endswith("is 1 hour behind the last event that was recorded")
    look(world, started)
    world.report()
    assert world.types() == [("episode.reported", 1)] * 2


def test_a_clock_that_was_right_all_night_is_not_doubted_at_the_start(world: World):
    world.report()
    world.clock.advance(hours=6)
    look(world, Process(world))
    world.run_workers()
    world.letters()
    world.heard()


@pytest.mark.parametrize(("minutes", "said"), [(3, "3 minutes ahead of"), (-3, "3 minutes behind")])
def test_a_host_whose_clock_is_not_the_databases_is_told_of_once_a_day(
    migrated_postgres_url: str, clock: FakeClock, minutes: int, said: str
):
    with open_world(migrated_postgres_url, clock) as world:
        two = Process(world, minutes=minutes), Process(world, minutes=minutes)
        look(world, *two)
        look(world, *two)
        assert said in only(subjects(world))
        world.clock.advance(days=1)
        look(world, *two)
        assert said in only(subjects(world))
        world.nothing_more()


def test_a_force_whose_clock_is_not_ours_is_told_of_once_a_day(world: World):
    two = Process(world), Process(world)
    now = world.clock.now()
    for process in two:
        process.doubts.hear_of_police("met/cad", now - timedelta(seconds=50))
        process.doubts.hear_of_police("met/cad", None)
        process.doubts.hear_of_police("met/cad", now - timedelta(minutes=4))
        process.doubts.hear_of_police("met/cad", now - timedelta(minutes=4))
    look(world, *two)
    assert only(subjects(world)) == "The clock of met/cad is 4 minutes behind ours"


def test_what_cannot_be_told_now_is_told_at_the_next_turn(world: World):
    process = Process(world)
    process.doubts.hear(Doubt.POLICE, "met/cad", timedelta(minutes=9))
    away = OSError("the database went away")

    def fail(*_: object) -> None:
        raise away

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.application.store, "write", fail)
        with pytest.raises(OSError, match="went away"):
            process.doubts.tell()
    process.doubts.tell()
    world.run_workers()
    assert only(subjects(world))
