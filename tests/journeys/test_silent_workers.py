"""The workers stop: the web processes tell people by themselves, once for all of them."""

import pytest

from missing_service.domain.telling import SERVICE_STREAM as SERVICE
from tests.journeys.world import World
from workers.main import Workers
from workers.watch import LOOK_EVERY, Watch

ON_CALL = ["asha", "daniel"]  # the worker and the manager; the administrator is named below


class Night:
    """Several web processes that look, and workers that beat until they are stopped."""

    def __init__(self, world: World, webs: int = 2) -> None:
        self.world = world
        self.watches = [Watch(world.application) for _ in range(webs)]
        self.workers = Workers(world.application)
        self.beats = True

    def passes(self, *, seconds: float = 0, minutes: float = 0) -> None:
        """Time, in which each web process looks every few seconds, and workers beat every ten."""
        for tick in range(round((seconds + 60 * minutes) / LOOK_EVERY)):
            self.world.clock.advance(seconds=LOOK_EVERY)
            self.world.hold_offset()
            if self.beats:
                self._beat(tick)
            for watch in self.watches:
                watch.turn()
        self.world._note_letters()

    def _beat(self, tick: int) -> None:
        if tick % 2 == 0:
            self.world.application.pulse.beat("worker")


@pytest.fixture
def night(world: World) -> Night:
    found = Night(world)
    found.passes(seconds=30)
    return found


def told(night: Night) -> list[str]:
    """Whom the letters went to; each is of the watch."""
    found = night.world.letters()
    assert all("lerts are" in letter.subject for letter in found)
    return sorted(letter.to.split("@")[0].split(".")[0] for letter in found)


def test_while_workers_beat_nobody_is_told_of_them(night: Night):
    night.passes(minutes=5)


def test_within_a_minute_of_the_last_beat_each_person_is_told_once_by_the_web_alone(night: Night):
    night.beats = False
    night.passes(seconds=20)
    assert told(night) == []
    night.passes(seconds=25)
    people = told(night)
    assert len(people) == len(set(people))
    assert set(ON_CALL) < set(people)
    night.passes(minutes=13)


def test_they_are_told_again_each_quarter_of_an_hour_and_once_when_it_is_over(night: Night):
    night.beats = False
    night.passes(minutes=1)
    people = told(night)
    night.passes(minutes=15)
    assert told(night) == people
    night.passes(minutes=15)
    assert told(night) == people
    night.beats = True
    night.passes(seconds=20)
    over = night.world.letters()
    assert {letter.subject.split("(")[0].strip() for letter in over} == {
        "Alerts are being sent again"
    }
    assert len(over) == len(people)
    night.passes(minutes=20)


def test_a_second_silence_is_told_of_like_the_first(night: Night):
    for _ in range(2):
        night.beats = False
        night.passes(minutes=1)
        assert set(ON_CALL) < set(told(night))
        night.beats = True
        night.passes(minutes=1)
        assert set(ON_CALL) < set(told(night))


def test_the_letter_names_the_reports_that_wait_and_no_child(night: Night):
    episode = night.world.report()
    night.beats = False
    night.passes(minutes=1)
    for letter in night.world.letters():
        assert episode["reference"] in letter.text
        assert "Zebedee" not in letter.text
    night.world.run_workers()
    assert night.world.types() == [("episode.reported", 1)]
    night.world.letters()


def test_a_backlog_of_other_letters_and_a_stuck_one_do_not_hold_up_the_watch(night: Night):
    """The workers died with letters to the same people in their lanes."""
    world = night.world
    world.report()
    night.beats = False
    world.mail.to_letter = "451 later"
    world.advance(minutes=16)  # asha and daniel are owed letters that the server does not take
    world.mail.to_letter = "250 OK"
    world.types()
    night.passes(seconds=45)
    assert set(ON_CALL) < set(told(night))
    world.advance(minutes=2)
    world.letters()


def test_a_mail_server_that_is_away_is_tried_again_by_the_web(night: Night):
    night.beats = False
    night.world.mail.to_letter = "451 later"
    night.passes(seconds=45)
    assert told(night) == []
    night.world.mail.to_letter = "250 OK"
    night.passes(minutes=2)
    assert set(ON_CALL) < set(told(night))


def test_a_web_process_that_begins_after_a_long_night_waits_to_hear_a_beat(world: World):
    world.application.pulse.beat("worker")
    world.move_to(world.clock.advance(hours=6))
    night = Night(world)
    night.passes(seconds=25)
    night.beats = False
    night.passes(seconds=20)
    assert told(night) == []


def test_a_clock_set_forward_or_back_is_no_silence(night: Night):
    night.world.clock.at = night.world.clock.at.replace(year=2027)
    for watch in night.watches:
        watch._seen_at = night.world.clock.monotonic()  # the monotonic clock did not step
    night.passes(seconds=60)
    night.world.clock.at = night.world.clock.at.replace(year=2026)
    for watch in night.watches:
        watch._seen_at = night.world.clock.monotonic()
    night.passes(seconds=60)


def test_workers_that_never_came_are_told_of_too(world: World):
    night = Night(world)
    night.beats = False
    night.passes(minutes=1)
    assert set(ON_CALL) < set(told(night))
    night.beats = True
    night.passes(minutes=1)
    assert set(ON_CALL) < set(told(night))


def test_what_was_told_stands_in_the_log(night: Night):
    night.beats = False
    night.passes(minutes=16)
    told(night)
    night.beats = True
    night.passes(minutes=1)
    told(night)
    with night.world.application.store.reading() as reading:
        kinds = [event.KIND for _, event in reading.whole_story(SERVICE)]
    assert [kind for kind in kinds if kind.startswith("workers.")] == [
        "workers.silent",
        "workers.silent",
        "workers.back",
    ]
