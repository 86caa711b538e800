"""The database was restarted: every kept connection is dead, and the next asker must not pay."""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest

from adapters.clock import SystemClock
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.fakes.clock import FakeClock
from tests.journeys.world import World, open_world

KEPT = 10
CUT_ALL = """SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.fixture
def world(migrated_postgres_url: str) -> Iterator[World]:
    with open_world(migrated_postgres_url, FakeClock(SystemClock().now())) as world:
        yield world


def keep_connections(world: World) -> None:
    """As many as the pool keeps, all of them used."""
    with ExitStack() as stack:
        for _ in range(KEPT):
            stack.enter_context(world.application.store.engine.connect())


def cut_all(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(CUT_ALL).fetchone()
    assert found
    return int(found[0])


def test_the_first_report_after_a_restart_is_taken_at_once(
    world: World, migrated_postgres_url: str
) -> None:
    keep_connections(world)
    assert cut_all(migrated_postgres_url) >= KEPT
    done = report_missing(a_report(), actor=EDT, service=world.service)
    assert done.status == 201
    world.run_workers()
    assert [message.number for message in world.heard()] == [1]


def test_the_first_to_read_after_a_restart_is_answered(
    world: World, migrated_postgres_url: str
) -> None:
    """Reads, and the question how far the directory has come, are not asked twice in vain."""
    keep_connections(world)
    cut_all(migrated_postgres_url)
    store = world.application.store
    assert store.directory().councils
    assert store.now()
