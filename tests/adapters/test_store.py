"""The store's door: one function, one transaction, whole, once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, text

from adapters.database import models as m
from adapters.database.store import PostgresStore
from missing_service.ports import StoreUnavailable
from missing_service.usecases.record_return import record_located
from missing_service.usecases.report_missing import report_missing, save_report
from missing_service.usecases.service import RequestKey, Service
from tests.adapters.stores import Desk, open_desk
from tests.builders import EDT, a_report
from tests.journeys.world import only

BEFORE, LOST, AFTER = "before", "answer lost", "after"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with open_desk(database_url) as desk:
        yield desk


@pytest.fixture
def postgres(migrated_postgres_url: str) -> Iterator[Desk]:
    with open_desk(migrated_postgres_url) as desk:
        yield desk


def end_backend(desk: Desk, pid: int) -> None:
    """From another connection, as an operator or a failing host would."""
    url = make_url(desk.application.settings.database_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def pid_of(connection: Any) -> int:
    found: int = connection.connection.dbapi_connection.info.backend_pid
    return found


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_the_whole_function_runs_again_when_the_database_says_so(postgres: Desk, code: str):
    tries = []

    def once(unit: Any) -> Any:
        done = save_report(unit, a_report(), EDT, postgres.clock.now())
        tries.append(done.body["reference"])
        if len(tries) < 3:
            words = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"
            unit.connection.execute(text(words))
        return done

    postgres.write(once)
    assert len(tries) == 3
    assert len(set(tries)) == 1  # drawn before, and drawn alike
    assert only(postgres.all(m.EpisodeTable)).reference == tries[0]


def test_a_connection_that_is_cut_in_the_middle_is_tried_again_whole(postgres: Desk):
    tries = []

    def once(unit: Any) -> Any:
        tries.append(1)
        done = save_report(unit, a_report(), EDT, postgres.clock.now())
        if len(tries) == 1:
            end_backend(postgres, pid_of(unit.connection))
        return done

    postgres.write(once)
    assert len(tries) == 2
    assert len(postgres.all(m.EpisodeTable)) == 1


class Unlucky(PostgresStore):
    """Its first COMMIT is cut: before the server has it, before the answer comes, or right after
    it."""

    desk: Desk
    where = BEFORE
    cuts = 1

    def _commit(self, transaction: Any) -> None:
        self.cuts, where = self.cuts - 1, self.where if self.cuts > 0 else ""
        if where == LOST:
            self._lose_the_answer()
        elif where == BEFORE:
            end_backend(self.desk, pid_of(transaction.connection))
        super()._commit(transaction)
        if where == AFTER:
            end_backend(self.desk, pid_of(transaction.connection))

    def _lose_the_answer(self) -> None:
        """The server commits; the driver hears only that the connection is gone."""
        dialect: Any = self.engine.dialect
        commit = dialect.do_commit

        def cut_off(connection: Any) -> None:
            dialect.do_commit = commit
            commit(connection)
            connection.dbapi_connection.close()
            raise psycopg.OperationalError("the answer is lost")

        dialect.do_commit = cut_off


@pytest.mark.parametrize("where", [BEFORE, LOST, AFTER])
def test_an_unknown_commit_is_looked_up_and_the_act_happens_once(postgres: Desk, where: str):
    old = postgres.store
    store = Unlucky(old.engine, old.keys, old.books, old.clock, offset=old.offset)
    store.desk, store.where = postgres, where
    service = Service(store=store, clock=postgres.clock, new_draw=postgres.service.new_draw)
    key = RequestKey("key:edt", "once", b"f")
    done = report_missing(a_report(), actor=EDT, service=service, key=key)
    assert only(postgres.all(m.EpisodeTable)).reference == done.body["reference"]
    again = report_missing(a_report(), actor=EDT, service=service, key=key)
    assert again.replayed
    assert again.body == done.body


def test_a_fault_of_the_function_saves_nothing_and_is_the_callers(desk: Desk):
    def once(unit: Any) -> None:
        save_report(unit, a_report(), EDT, desk.clock.now())
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        desk.write(once)
    assert desk.all(m.EpisodeTable) == []
    assert desk.report()["reference"]


def test_a_naive_instant_is_refused(desk: Desk):
    def once(unit: Any) -> None:
        save_report(unit, a_report(), EDT, datetime(2026, 11, 24, 3, 0))  # noqa: DTZ001

    with pytest.raises((ValueError, TypeError, StoreUnavailable)):
        desk.write(once)
    assert desk.all(m.EpisodeTable) == []


def test_twenty_callers_with_one_key_make_one_episode(desk: Desk):
    key = RequestKey("key:edt", "one", b"f")

    def call(_: int) -> Any:
        return report_missing(a_report(), actor=EDT, service=desk.service, key=key)

    with ThreadPoolExecutor(20) as callers:
        done = list(callers.map(call, range(20)))
    assert len({d.body["reference"] for d in done}) == 1
    assert sorted(d.replayed for d in done) == [False] + [True] * 19
    assert len(desk.all(m.EpisodeTable)) == 1


def test_no_update_is_lost_between_writers(desk: Desk):
    reference = desk.report()["reference"]

    def add(_: int) -> None:
        record_located(reference, desk.clock.now(), {}, actor=EDT, service=desk.service)

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(add, range(24)))
    assert only(desk.all(m.EpisodeTable)).version == 25
    events = [e.n for e in desk.all(m.EventTable) if e.kind == "episode.located"]
    assert len(set(events)) == 24


def test_on_sqlite_duty_is_written_before_looks(migrated_sqlite_url: str):
    with open_desk(migrated_sqlite_url) as desk:
        order: list[str] = []
        busy, go = threading.Event(), threading.Event()

        def hold(_: Any) -> None:
            busy.set()
            go.wait(5)

        with ThreadPoolExecutor(4) as callers:
            callers.submit(desk.write, hold)
            busy.wait(5)
            looks = [callers.submit(desk.write, lambda _: order.append("look"), look=True)]
            while desk.store._orders.qsize() < 1:
                pass
            looks.append(callers.submit(desk.write, lambda _: order.append("duty")))
            while desk.store._orders.qsize() < 2:
                pass
            go.set()
        assert order == ["duty", "look"]
