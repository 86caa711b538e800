"""The watchdog outside hears once a minute that all is well, and nothing as soon as it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.deadman import DeadMan
from adapters.guard import Guard
from adapters.guarded_http import GuardedClient
from tests.domain.directories import channel
from tests.journeys.test_self_check import alter
from tests.journeys.world import SECRET, World
from tests.peers.behaviours import ok, redirect, refuse
from tests.peers.police import PolicePeer
from workers.main import jobs_of
from workers.timetable import Job, run_once

MINUTE = timedelta(minutes=1)


@dataclass
class Outside:
    """Minutes, in each of which the workers beat and each job is looked at in its turn."""

    world: World
    peer: PolicePeer
    beats: bool = True
    escalates: bool = True
    checks: bool = True

    def passes(self, minutes: int) -> int:
        """How many pings came meanwhile."""
        before = len(self.peer.gets)
        for _ in range(minutes):
            self.world.move_to(self.world.clock.now() + MINUTE)
            if self.beats:
                self.world.application.pulse.beat("worker")
            for job in sorted(jobs_of(self.world.application), key=lambda each: each.after):
                self._run(job)
        return len(self.peer.gets) - before

    def _run(self, job: Job) -> None:
        if self.checks or job.name != "self.checked":
            run_once(self.world.application, job)
        if self.escalates:
            self.world.run_workers()

    def pings(self) -> int:
        """How many canaries police took since this was asked."""
        heard = self.world.types()
        assert set(heard) <= {("ping", None)}
        return len(heard)


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    guard = Guard(allow_cidrs=("127.0.0.0/8",), allow_http_loopback=True)
    with PolicePeer(SECRET) as peer, GuardedClient(guard) as client:
        world.application.deadman = DeadMan(client, f"{peer.url}/4711")
        yield Outside(world, peer)
        world.types()


def test_while_all_is_well_it_hears_each_minute_and_police_get_a_ping_each_five(outside: Outside):
    assert outside.passes(20) == 20
    assert outside.pings() == 5
    assert set(outside.peer.gets) == {"/hook/4711"}


def test_silent_workers_stop_it_within_a_minute_and_the_next_beat_lets_it_go_on(outside: Outside):
    assert outside.passes(2) == 2
    outside.beats = False
    assert outside.passes(5) == 0
    outside.beats = True
    assert outside.passes(2) == 2


def test_a_message_that_gets_nowhere_for_ten_minutes_stops_it(outside: Outside):
    outside.passes(6)
    outside.world.police.behave(refuse(503))
    stopped = [outside.passes(1) for _ in range(20)]
    assert stopped[:4] == [1, 1, 1, 1]
    assert sum(stopped) < 10
    assert stopped[-5:] == [0, 0, 0, 0, 0]
    outside.world.police.behave(ok())
    outside.passes(2)
    assert outside.passes(2) == 2
    assert outside.pings() <= 4  # none was put behind one that waits


def test_a_ping_that_is_refused_tells_nobody_and_is_tried_again(outside: Outside):
    outside.world.police.behave(refuse(410))
    assert outside.passes(12) == 0
    assert outside.world.letters() == []
    outside.world.police.behave(ok())
    outside.passes(2)
    assert outside.passes(2) == 2


def test_a_step_that_nobody_was_told_of_stops_it(outside: Outside):
    outside.passes(3)
    outside.world.report()
    outside.escalates = False
    assert sum(outside.passes(1) for _ in range(4)) == 4
    assert outside.passes(3) < 3
    assert outside.passes(3) == 0
    outside.escalates = True
    outside.passes(1)
    assert outside.passes(2) == 2
    outside.world.letters()
    assert ("episode.reported", 1) in outside.world.types()


def test_records_that_do_not_hold_together_stop_it(outside: Outside):
    outside.passes(3)
    alter(outside.world, "UPDATE stream SET kind = 'child' WHERE kind = 'service'")
    outside.passes(60)
    assert outside.passes(3) == 0
    alter(outside.world, "UPDATE stream SET kind = 'service' WHERE kind = 'child'")
    outside.passes(60)
    assert outside.passes(3) == 3
    outside.world.letters()
    outside.world.types()


def test_records_that_nobody_looked_at_for_two_hours_stop_it(outside: Outside):
    outside.passes(1)
    outside.checks = False
    outside.passes(119)
    assert outside.passes(3) < 3
    assert outside.passes(3) == 0
    outside.world.types()


def test_a_service_that_never_looked_at_its_records_says_nothing(outside: Outside):
    outside.checks = False
    assert outside.passes(5) == 0


def test_where_no_force_has_a_machine_no_message_can_show_it(outside: Outside):
    ended = channel("met", "cad", until="2026-01-01T00:00:00Z")
    outside.world.load(ended)
    assert outside.passes(12) == 12
    assert outside.pings() == 0


@pytest.mark.parametrize("answer", [refuse(500), redirect("/hook/other")])
def test_an_outside_that_does_not_answer_well_harms_nothing(outside: Outside, answer):
    outside.passes(1)
    outside.peer.behave(answer)
    run = outside.world.application.ping_outside
    assert not run()
    assert "/hook/other" not in outside.peer.gets
    outside.peer.behave(ok())
    assert run()


def test_it_leaves_by_the_guarded_client_alone(outside: Outside):
    outside.passes(1)
    with GuardedClient(Guard(allow_http_loopback=True)) as client:
        outside.world.application.deadman = DeadMan(client, outside.peer.url)
        before = len(outside.peer.gets)
        assert not outside.world.application.ping_outside()
        assert len(outside.peer.gets) == before


def test_without_an_address_nothing_is_sent_and_no_canary(world: World):
    assert {job.name for job in jobs_of(world.application)} == {
        "attempts.sealed",
        "shifts.handed_over",
        "digest.sent",
        "self.checked",
    }
    assert not world.application.ping_outside()


def test_each_day_s_canaries_stand_in_a_stream_of_their_own(outside: Outside):
    outside.passes(1)
    outside.world.move_to(outside.world.clock.now() + timedelta(days=1))
    outside.passes(6)
    query = text("SELECT count(*) FROM stream WHERE kind = 'canary'")
    store = outside.world.application.store
    assert store.read(lambda reader: reader.connection.execute(query).scalar()) == 2
    outside.world.types()
