"""Two escalators and three dispatchers on one PostgreSQL, one of each killed at work."""

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from adapters.clock import SystemClock, sleep
from adapters.database import models as m
from missing_service.domain.merkle import Frontier, leaf_hash
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.crash.processes import crew, kill
from tests.fakes.clock import FakeClock
from tests.journeys.world import World, open_world

pytestmark = pytest.mark.slow
LOG = "SELECT l.n, leaf_hash, leaf FROM duty_log l JOIN event e ON e.id = l.event ORDER BY 1"
REPORTS = 60
EVERY = timedelta(seconds=2)
POLICY = """
[figures]
lease = "2s"

[obligation.police_acknowledgement]
step = [
    { after = "1s", tell = ["edt_worker"], say = "One." },
    { after = "2s", tell = ["edt_manager"], say = "Two." },
    { after = "3s", tell = ["head_of_service"], say = "Three." },
]
repeat = [{ every = "2s", tell = ["director_on_call"], say = "Again." }]
"""


class RealClock(FakeClock):
    """The time as it is."""

    def now(self) -> Any:
        return SystemClock().now()


def test_no_step_is_told_twice_and_none_is_missed_though_one_of_each_is_killed(
    migrated_postgres_url: str, tmp_path: Path
):
    policy = tmp_path / "own.toml"
    policy.write_text(POLICY)
    with open_world(migrated_postgres_url, RealClock(), policy) as world:
        url, smtp = migrated_postgres_url, world.mail.url
        modes = ["escalate", "escalate", "deliver", "deliver", "deliver"]
        with crew(modes, url, smtp, str(policy)) as children:
            with ThreadPoolExecutor(4) as desks:
                list(desks.map(lambda _: report(world), range(REPORTS)))
            sleep(1)
            kill(children[0])
            kill(children[2])
            sleep(3)
            wait_for(lambda: world.police.received and alerted(world) == REPORTS, seconds=20)
        assert_each_step_once(rows(world, m.StepToldTable), rows(world, m.ObligationTable))
        assert_one_id_for_each_number(world)
        assert_the_log_is_whole(world)
        assert world.police.bad_signatures == 0


def report(world: World) -> None:
    report_missing(a_report(), actor=EDT, service=world.service)


def alerted(world: World) -> int:
    return len({episode for episode, number in numbers(world) if number == 1})


def numbers(world: World) -> dict[tuple[str, int | None], set[str]]:
    found: dict[tuple[str, int | None], set[str]] = defaultdict(set)
    for message in list(world.police.received):
        found[message.data["data"]["episode"]["reference"], message.number].add(message.id)
    return found


def assert_one_id_for_each_number(world: World) -> None:
    assert {len(ids) for ids in numbers(world).values()} == {1}


def assert_each_step_once(told: list[Any], owed: list[Any]) -> None:
    """Each step once, in the order of the ladder; repeats every two seconds without a gap."""
    kinds = {row.id for row in owed if row.kind == "police_acknowledgement"}
    assert len(kinds) == REPORTS
    of: dict[UUID, list[Any]] = defaultdict(list)
    for row in told:
        of[row.obligation].append(row)
    started = {row.id: row.started_at for row in owed}
    for duty in kinds:
        count = Counter(row.step for row in of[duty] if row.step != "repeat")
        assert count == {"1": 1, "2": 1, "3": 1}
        expected = started[duty] + timedelta(seconds=3) + EVERY
        for row in sorted((r for r in of[duty] if r.step == "repeat"), key=lambda r: r.due_at):
            assert row.due_at == expected
            expected += row.count * EVERY
            assert (row.until or row.due_at) == expected - EVERY


def assert_the_log_is_whole(world: World) -> None:
    """Gapless, each event once, and the head's root is the root of what is stored."""
    with world.application.store.engine.connect() as connection:
        log = connection.execute(text(LOG)).all()
        head = connection.execute(text("SELECT size, root FROM log_head WHERE log = 'duty'")).one()
        events = connection.execute(text("SELECT count(*) FROM event")).scalar()
    assert [row.n for row in log] == list(range(1, len(log) + 1))
    assert all(bytes(row.leaf_hash) == leaf_hash(bytes(row.leaf)) for row in log)
    frontier = Frontier()
    for row in log:
        frontier = frontier.append(bytes(row.leaf_hash))
    assert (head.size, bytes(head.root)) == (events, frontier.root())


def rows(world: World, table: Any) -> list[Any]:
    with world.application.store.engine.connect() as connection:
        return list(connection.execute(select(table.__table__)).all())


def wait_for(is_so: Any, seconds: float) -> None:
    for _ in range(int(seconds / 0.1)):
        if is_so():
            return
        sleep(0.1)
    raise AssertionError("it did not come to that in time")


def test_eight_writers_make_no_fork_in_the_log_and_no_deadlock(database_url: str):
    with open_world(database_url, RealClock()) as world:
        each = 50 if world.application.store.is_postgres else 12

        def write(_: int) -> None:
            for _ in range(each):
                report(world)

        with ThreadPoolExecutor(8) as writers:
            list(writers.map(write, range(8)))
        assert_the_log_is_whole(world)
        assert len(rows(world, m.EpisodeTable)) == 8 * each
