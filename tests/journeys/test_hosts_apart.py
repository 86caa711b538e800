"""Two hosts whose clocks are three minutes apart share the database and the work: web, escalator
and dispatcher run on both."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from missing_service.bootstrap import verify
from missing_service.usecases.deliver_next import Paces, deliver_due
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.report_missing import report_missing
from missing_service.usecases.service import Service
from missing_service.usecases.wind_back import wind_back
from tests.builders import EDT, a_report
from tests.fakes.clock import FakeClock
from tests.journeys.world import MAILBOX, MOST_ROUNDS, World, open_world
from tests.peers.behaviours import drop

APART = timedelta(minutes=1, seconds=30)


@dataclass
class HostClock:
    """So far from the database's, which is the story's."""

    story: FakeClock
    apart: timedelta

    def now(self) -> datetime:
        return self.story.now() + self.apart

    def monotonic(self) -> float:
        return self.story.monotonic()


@dataclass
class TwoHosts(World):
    """Its workers are those of both hosts, by turns."""

    def __post_init__(self) -> None:
        own = self.application.service
        clocks = [HostClock(self.clock, APART), HostClock(self.clock, -APART)]
        self.hosts = [(replace(own, clock=clock), Paces()) for clock in clocks]

    def run_workers(self) -> None:
        for _ in range(MOST_ROUNDS):
            if not [host for host in self.hosts if self._work(*host)]:
                break
            self.hosts.reverse()
        else:
            raise AssertionError("the workers never come to rest")
        self._note_letters()

    def _work(self, service: Service, paces: Paces) -> bool:
        told = escalate_due(service)
        return deliver_due(service, self.application.sender, paces, lambda: 0.5) or told

    def report_at(self, host: int) -> dict:
        body = report_missing(a_report(), actor=EDT, service=self.hosts[host][0]).body
        self.run_workers()
        return body


@pytest.fixture
def hosts(migrated_postgres_url: str, clock: FakeClock) -> Iterator[TwoHosts]:
    with open_world(migrated_postgres_url, clock) as world:
        two = TwoHosts(world.application, world.clock, world.police, world.mail, world.began)
        yield two
        two.nothing_more()


@pytest.mark.parametrize("host", [0, 1])
def test_a_ladder_is_told_once_and_no_more_than_the_skew_from_its_time(hosts: TwoHosts, host: int):
    episode = hosts.report_at(host)
    hosts.advance(minutes=130)
    steps = [str(step["step"]) for step in hosts.owed(episode)["steps_told"]]
    assert Counter(steps) == {"1": 1, "2": 1, "3": 1, "4": 1, "repeat": 2}
    letters = [one for one in hosts.letters() if "answered this report" in one.text]
    first = {one.to.split(".")[0]: one.minute for one in reversed(letters)}
    for name, minute in {"asha": 5, "daniel": 15, "ruth": 30, "marcus": 60}.items():
        assert abs(first[name] - minute) <= APART / timedelta(minutes=1) + 0.1
    assert len({(one.to, one.minute, one.subject) for one in letters}) == len(letters)
    hosts.heard()


def test_after_an_outage_each_person_gets_one_letter(hosts: TwoHosts):
    for host in (0, 1, 0, 1):
        hosts.report_at(host)
    hosts.heard()
    hosts.outage(hours=6)
    letters = hosts.letters()
    assert len({one.to for one in letters}) == len(letters)
    hosts.run_workers()
    hosts.heard()


def test_a_channel_that_fails_brings_in_the_next_after_two_true_minutes(hosts: TwoHosts):
    hosts.police.behave(drop())
    hosts.report_at(0)
    hosts.advance(minutes=1.9)
    assert [one for one in hosts.letters() if one.to == MAILBOX] == []
    hosts.advance(minutes=1.3)
    assert len([one for one in hosts.letters() if one.to == MAILBOX]) == 1
    hosts.heard()


def test_an_alert_is_taken_by_police_whichever_host_signs_it(hosts: TwoHosts):
    for host in (0, 1):
        hosts.report_at(host)
    assert hosts.types() == [("episode.reported", 1)] * 2


def test_the_start_of_a_worker_on_either_host_moves_no_clock_by_more_than_the_skew(
    hosts: TwoHosts,
):
    episode = hosts.report_at(0)
    hosts.advance(minutes=20)
    hosts.letters()
    before = hosts.owed(episode)
    for service, _ in hosts.hosts:
        wind_back(service)
    hosts.run_workers()
    assert hosts.letters() == []
    after = hosts.owed(episode)
    assert [s["step"] for s in after["steps_told"]] == [s["step"] for s in before["steps_told"]]
    assert after["due_at"] == before["due_at"]
    assert verify(hosts.application).is_sound
    hosts.heard()
