"""The service looks at its own records each hour: it finds what was altered, and tells the
administrator."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.database.verify import verify
from missing_service.domain.events import SelfChecked
from missing_service.domain.telling import SERVICE_STREAM
from tests.journeys.world import Letter, World
from workers.timetable import HOUR, Job, run_once

ADMIN = "priya@harrow.example"


class Hours:
    """One hour after the other, with the look that each begins with."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.job = Job("self.checked", HOUR, world.application.check_itself)

    def pass_by(self, hours: int = 1) -> list[Letter]:
        """What people were told meanwhile of the records."""
        for _ in range(hours):
            self.world.advance(hours=1)
            run_once(self.world.application, self.job)
            self.world.run_workers()
        return [one for one in self.world.letters() if "own records" in one.subject]

    def last(self) -> SelfChecked:
        with self.world.application.store.reading() as reading:
            found: SelfChecked = reading.last_told(SERVICE_STREAM, SelfChecked)
        return found


@pytest.fixture
def hours(world: World) -> Hours:
    return Hours(world)


def alter(world: World, line: str) -> None:
    """Somebody with the database in their hands."""
    with world.application.store.engine.begin() as connection:
        connection.execute(text(line))


def test_of_an_honest_day_nobody_hears(hours: Hours):
    assert hours.pass_by(30) == []
    assert hours.last().faults == ()


def test_a_row_altered_is_found_and_told_once_then_daily_and_when_it_is_mended(hours: Hours):
    world = hours.world
    hours.pass_by(2)
    alter(world, "UPDATE stream SET kind = 'child' WHERE kind = 'service'")
    letters = hours.pass_by()
    assert letters
    assert {one.to for one in letters} == {a.email for a in admins(world)}
    assert "stream" in letters[0].text
    assert "kind is not service" in letters[0].text
    assert hours.pass_by(5) == []
    assert hours.last().faults
    assert len(hours.pass_by(24)) == len(letters)
    alter(world, "UPDATE stream SET kind = 'service' WHERE kind = 'child'")
    over = hours.pass_by()
    assert {one.subject for one in over} == {"The service's own records hold together again"}
    assert hours.pass_by(3) == []


def admins(world: World):
    return world.application.store.directory().administrators(world.clock.now())


def test_what_did_not_move_since_is_looked_at_by_night(hours: Hours):
    """An episode answered and over, altered later: the hourly look is at what moved alone."""
    world = hours.world
    hours.pass_by(2)
    whole = hours.last().all_at
    hours.pass_by(5)
    assert hours.last().all_at == whole
    hours.pass_by(20)
    assert hours.last().all_at > whole
    assert (world.clock.now() - hours.last().all_at) < timedelta(days=1)


def test_a_letter_names_no_child(hours: Hours):
    world = hours.world
    episode = world.report()
    world.types()
    world.answer(episode)
    alter(world, "UPDATE child_copy SET name = 'Zachary Quill'")
    for letter in hours.pass_by():
        assert "Quill" not in letter.text
        assert "child_copy" in letter.text
    alter(world, "UPDATE child_copy SET name = 'Zebedee Quill'")
    hours.pass_by()
    world.types()
    world.letters()


def test_of_two_processes_one_looks(world: World):
    looked = []
    job = Job("self.checked", HOUR, lambda: looked.append(1))
    assert run_once(world.application, job)
    assert not run_once(world.application, job)
    assert looked == [1]


def test_the_log_stays_whole(hours: Hours):
    hours.pass_by(3)
    store = hours.world.application.store
    assert verify(store.engine, store.keys).is_sound
