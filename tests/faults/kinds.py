"""The kinds of fault that the loop puts in, for each database."""

import os
import signal
import sqlite3
from typing import Any

import psycopg

from missing_service.domain.delivery import Answer, Outcome
from tests.faults.steps import ANSWER, COMMIT, SEND, SENT, STATEMENT, Kind

LOCKED, FULL, BROKEN = "database is locked", "database or disk is full", "disk I/O error"


def _busy(_: Any) -> None:
    raise sqlite3.OperationalError(LOCKED)


def _full(connection: Any) -> None:
    connection.undo()
    raise sqlite3.OperationalError(FULL)


def _broken(connection: Any) -> None:
    connection.undo()
    raise sqlite3.OperationalError(BROKEN)


def _done_but_lost(connection: Any) -> None:
    connection.commit_for_good()
    raise sqlite3.OperationalError(BROKEN)


def _say(state: str) -> Any:
    return lambda _: state


def _away(connection: Any) -> None:
    raise connection.cut()


def _terminated(connection: Any) -> None:
    """By an administrator, at this very moment; what the driver then says is its own."""
    pid, where = connection.info.backend_pid, connection.info.dsn
    with psycopg.connect(where, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def _done_but_cut(connection: Any) -> None:
    connection.commit_for_good()
    raise connection.cut()


def _not_sent(_: Any) -> Answer:
    return Answer(Outcome.UNREACHABLE, ms=1, error="refused")


def _answer_lost(_: Any) -> Answer:
    return Answer(Outcome.UNREACHABLE, ms=1, error="reset")


def _dies(_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


EVERY = (STATEMENT,)  # BEGIN and COMMIT are statements too
SENDS = (
    Kind("send refused once", (SEND,), _not_sent),
    Kind("sends refused until healed", (SEND,), _not_sent, lasts=True),
    Kind("send's answer lost", (SENT,), _answer_lost),
    Kind("sends' answers lost until healed", (SENT,), _answer_lost, lasts=True),
)
SQLITE = (
    Kind("busy once", EVERY, _busy),
    Kind("busy until healed", EVERY, _busy, lasts=True),
    Kind("disk full once", EVERY, _full),
    Kind("disk full until healed", EVERY, _full, lasts=True),
    Kind("I/O error once", EVERY, _broken),
    Kind("commit done, answer lost", (COMMIT,), _done_but_lost),
    Kind("commit undone, answer lost", (COMMIT,), _broken),
    *SENDS,
)
POSTGRES = (
    Kind("disk full once", EVERY, _say("53100")),
    Kind("away until healed", EVERY, _away, lasts=True),
    Kind("backend terminated", EVERY, _terminated),
    Kind("serialisation failure", EVERY, _say("40001")),
    Kind("deadlock", EVERY, _say("40P01")),
    Kind("lock not to be had", EVERY, _say("55P03")),
    Kind("commit done, answer lost", (COMMIT,), _done_but_cut),
    Kind("commit undone, answer lost", (COMMIT,), _away),
    *SENDS,
)
KILL = Kind("kill -9", (STATEMENT, SEND, SENT, ANSWER), _dies)


def kinds_of(database: str) -> tuple[Kind, ...]:
    """The faults that this database can have."""
    return SQLITE if database == "sqlite" else POSTGRES
