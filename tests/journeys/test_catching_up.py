"""The workers come back after hours or days: each person gets one message with all that lapsed,
the most urgent first, and nothing is told less, or more, than if they had never been away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from missing_service.bootstrap import verify
from missing_service.usecases.deliver_next import Paces, deliver_due
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.conftest import migrate
from tests.databases import Run, copy_sqlite
from tests.domain.directories import slot
from tests.fakes.clock import FakeClock
from tests.journeys.nights import STARTS, a_night, all_told
from tests.journeys.world import World, only, open_world

SIOBHAN = "siobhan.kelly@harrow.example"


@contextmanager
def a_story(url: str, start: str) -> Iterator[World]:
    with open_world(url, FakeClock(STARTS[start])) as world:
        yield world


def one_letter_each(world: World) -> dict[str, str]:
    """What each person got, as one text."""
    letters = world.letters()
    assert len({letter.to for letter in letters}) == len(letters)
    return {letter.to.split(".")[0]: letter.text for letter in letters}


@pytest.mark.parametrize("start", list(STARTS))
def test_six_hours_away_tell_what_six_hours_at_work_tell(
    run: Run, tmp_path: Path, database_url: str, start: str
):
    copy_sqlite(run.sqlite_template(migrate), tmp_path / "twin.db")
    with a_story(f"sqlite:///{tmp_path / 'twin.db'}", start) as at_work:
        episodes = a_night(at_work)
        at_work.advance(hours=6)
        expected = all_told(at_work, episodes)
    assert sum(expected.values()) > 60

    with a_story(database_url, start) as away:
        episodes = a_night(away)
        away.letters()
        away.heard()
        away.outage(hours=6)
        one_letter_each(away)
        assert all_told(away, episodes) == expected
        asked = [message.data["data"]["episode"]["reference"] for message in away.heard()]
        assert sorted(asked) == sorted({*asked})  # police, too, are reminded once of each
        away.run_workers()
        away.nothing_more()


@pytest.mark.parametrize("away", [{"hours": 6}, {"days": 3}])
def test_the_most_urgent_stands_first_with_since_when(world: World, away: dict[str, int]):
    danger, answered, found, _, _, unanswered = (e["reference"] for e in a_night(world))
    world.letters()
    world.heard()
    world.outage(**away)
    letters = one_letter_each(world)
    for person, last in {"asha": found, "daniel": answered}.items():
        text = letters[person]
        assert "Waiting since 03:00" in text
        places = [text.index(each) for each in (danger, unanswered, last)]
        assert places == sorted(places)
    assert "The first has waited since 03:00" in letters["asha"]
    world.run_workers()
    world.heard()


def test_after_three_days_each_step_is_one_row_and_nothing_comes_twice(world: World):
    episodes = a_night(world)
    world.letters()
    world.heard()
    world.outage(days=3)
    one_letter_each(world)
    for episode in episodes:
        for owed in world.episode(episode)["obligations"]:
            steps = [str(step["step"]) for step in owed["steps_told"]]
            assert len(steps) == len(set(steps))
    halved = only(world.all_owed(episodes[0], "police_acknowledgement"))
    repeat = halved["steps_told"][-1]
    assert (repeat["step"], repeat["count"]) == ("repeat", 3 * 24 * 4 - 2)  # each 15 minutes
    assert verify(world.application).is_sound
    world.heard()
    world.outage(minutes=1)
    world.outage(minutes=13.9)
    world.nothing_more()


def test_a_second_outage_tells_what_lapsed_since_the_first(world: World):
    episode = world.report()
    for hours in (6, 6):
        world.outage(hours=hours)
        assert "asha" in one_letter_each(world)
    repeats = [s for s in world.owed(episode)["steps_told"] if s["step"] == "repeat"]
    assert [repeat["count"] for repeat in repeats] == [10, 12]
    assert repeats[0]["until"] < repeats[1]["from"]
    world.heard()


def test_a_role_with_nobody_is_told_to_the_administrator_in_one_message(world: World):
    world.load(slot(SIOBHAN, on="head_of_service", end="2026-01-01T00:00:00Z"))
    for _ in range(3):
        world.report()
    world.heard()
    world.outage(hours=6)
    letters = one_letter_each(world)
    assert letters["kofi"].count("Nobody is on the rota as head_of_service") == 3
    world.heard()


def test_two_escalators_that_come_back_together_tell_each_person_once(
    migrated_postgres_url: str, clock: FakeClock
):
    with open_world(migrated_postgres_url, clock) as world:
        for _ in range(40):
            report_missing(a_report(), actor=EDT, service=world.service)
        world.move_to(world.clock.now() + timedelta(hours=6))
        with _somebody_at_work(world, seconds=0.3):
            _together(lambda: escalate_due(world.service), 3)
        world.run_workers()
        assert set(one_letter_each(world)) >= {"asha", "daniel", "ruth", "siobhan", "marcus"}
        world.heard()


def test_two_of_each_worker_that_come_back_together_tell_and_send_each_thing_once(
    migrated_postgres_url: str, clock: FakeClock
):
    with open_world(migrated_postgres_url, clock) as world:
        episodes = a_night(world)
        world.letters()
        world.heard()
        world.move_to(world.clock.now() + timedelta(hours=6))
        sender = world.application.sender
        _together(
            lambda: (
                escalate_due(world.service),
                deliver_due(world.service, sender, Paces(), lambda: 0.5),
            ),
            3,
        )
        world.run_workers()
        one_letter_each(world)
        reminded = [(m.data["data"]["episode"]["reference"], m.number) for m in world.heard()]
        assert len(set(reminded)) == len(reminded)
        assert {reference for reference, _ in reminded} <= {e["reference"] for e in episodes}


@contextmanager
def _somebody_at_work(world: World, seconds: float) -> Iterator[None]:
    """An act on one episode is under way, and ends in a moment."""
    has_begun, ends = threading.Event(), threading.Event()

    def act(unit: Any) -> None:
        unit.lock(unit.due_streams(1)[0])
        has_begun.set()
        ends.wait(seconds)

    draw = world.service.new_draw(world.clock.now())
    thread = threading.Thread(target=lambda: world.service.store.write(act, draw))
    thread.start()
    assert has_begun.wait(10)
    yield
    thread.join(10)


def _together(work, count: int) -> None:
    gate, faults = threading.Barrier(count, timeout=10), []

    def begin() -> None:
        gate.wait()
        try:
            work()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=begin) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
