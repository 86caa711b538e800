"""What the tests' own databases promise to the tests."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, inspect

from tests.databases import Run, exists, fresh, named
from tests.postgres import Server, programs_of_debian, programs_of_pip, start, stop

SOURCES = {"debian": programs_of_debian(), "pip": programs_of_pip()}
FOUND = {source: found[-1] for source, found in SOURCES.items() if found}


@pytest.fixture
def another_run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path / "missing-run-of-its-own")
    run.folder.mkdir()
    lifeline = run.open()
    yield run
    os.close(lifeline)


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def make_table(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE episode (n int)")


def answers(server: Server) -> bool:
    try:
        psycopg.connect(server.url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(bool(os.environ.get("MISSING_TEST_POSTGRES")), reason="not our server")
def test_what_is_committed_is_on_the_disk_as_in_production(postgres_url):
    assert one(postgres_url, "SHOW fsync") == "on"
    assert one(postgres_url, "SHOW synchronous_commit") == "on"


def test_each_test_has_a_database_of_its_own(run):
    with fresh(run.server()) as first, fresh(run.server()) as second:
        make_table(first)
        assert one(second, "SELECT to_regclass('episode')") is None


def test_a_database_is_dropped_though_somebody_is_connected(run):
    with fresh(run.server()) as url:
        connection = psycopg.connect(url)
    connection.close()
    assert not exists(run.server(), url.rsplit("/", 1)[1])


def test_the_schema_is_migrated_once_and_copied(run, another_run):
    migrated = []

    def migrate(url: str) -> None:
        migrated.append(url)
        make_table(url)

    another_run._note(Server(run.server().url))
    for _ in range(2):
        with fresh(run.server(), another_run.postgres_template(migrate)) as url:
            assert one(url, "SELECT count(*) FROM episode") == 0
    another_run.close()
    assert len(migrated) == 1
    assert not exists(run.server(), another_run._template)


def test_a_failed_migration_leaves_no_template(another_run):
    def fail(url: str) -> None:
        sqlite3.connect(url.removeprefix("sqlite:///")).close()
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            another_run.sqlite_template(fail)


def test_an_sqlite_template_holds_what_was_only_in_the_write_ahead_log(another_run):
    def migrate(url: str) -> None:
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE episode (n)")
        connection.close()

    template = another_run.sqlite_template(migrate)
    with closing(sqlite3.connect(template)) as copy:
        assert copy.execute("SELECT count(*) FROM episode").fetchone() == (0,)


def test_the_environment_may_name_a_server_by_any_sqlalchemy_url(monkeypatch):
    monkeypatch.setenv("MISSING_TEST_POSTGRES", "postgresql+psycopg://a:b@db.example:5433/c")
    assert named() == Server("postgresql://a:b@db.example:5433/c")


@pytest.mark.slow
@pytest.mark.parametrize("source", FOUND)
def test_each_postgres_to_be_had_here_starts_and_stops_without_a_trace(source, another_run):
    server = start(FOUND[source], another_run._lifeline)
    assert answers(server)
    stop(server)
    assert not answers(server)
    assert not Path(server.folder).exists()


@pytest.mark.slow
def test_a_killed_run_takes_its_server_with_it(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from tests.databases import Run\n"
        "run = Run(Path(sys.argv[1])); held = run.open(); run.server()\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "MISSING_TEST_POSTGRES"}
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout
        assert child.stdout.readline() == b"ready\n"
        server = Run(tmp_path)._noted()
        child.kill()
    assert server
    assert eventually(lambda: not answers(server))
    assert eventually(lambda: not Path(server.folder).exists())


def test_a_database_at_the_newest_schema_is_to_be_had_of_each_kind(database_url):
    engine = create_engine(database_url)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    assert "alembic_version" in tables
    assert len(tables) > 1
