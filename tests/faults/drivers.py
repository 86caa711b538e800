"""Connections of the two drivers that fail where they are told to, handed to an engine as its
own."""

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.errors import lookup
from sqlalchemy import Engine, event

from tests.faults.steps import COMMIT, STATEMENT, Steps

# Said by the server itself, so that a pipeline is broken as a real fault breaks it.
SAY = "DO $$ BEGIN RAISE EXCEPTION 'put in by a test' USING ERRCODE = '{}'; END $$"
GONE = "server closed the connection unexpectedly"


class LiteCursor(sqlite3.Cursor):
    """Counts each statement before it is sent."""

    def execute(self, *given: Any) -> "LiteCursor":
        self.connection.steps.reached(STATEMENT, self.connection)  # type: ignore[attr-defined]
        super().execute(*given)
        return self


class LiteConnection(sqlite3.Connection):
    """Counts COMMIT as well; a transaction that SQLite would have rolled back is."""

    steps: Steps

    def cursor(self, factory: Any = LiteCursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        if not self.in_transaction:
            return
        self.steps.reached(STATEMENT, self)
        self.steps.reached(COMMIT, self)
        super().commit()

    def commit_for_good(self) -> None:
        super().commit()

    def undo(self) -> None:
        """What SQLite does by itself when the disk is full or fails."""
        if self.in_transaction:
            super().rollback()


class PostgresCursor(psycopg.Cursor[Any]):
    """Counts each statement; a fault's words are sent in its place."""

    def execute(self, query: Any, *given: Any, **how: Any) -> Any:
        instead = self.connection.steps.reached(STATEMENT, self.connection)  # type: ignore[attr-defined]
        if instead:
            return super().execute(SAY.format(instead))
        return super().execute(query, *given, **how)


class PostgresConnection(psycopg.Connection[Any]):
    """Counts BEGIN and COMMIT as well, which the driver sends by itself."""

    steps: Steps

    def __init__(self, *given: Any, **how: Any) -> None:
        super().__init__(*given, **how)
        self.cursor_factory = PostgresCursor

    def _exec_command(self, command: Any, *how: Any, **more: Any) -> Any:
        if isinstance(command, bytes) and command.startswith(b"BEGIN"):
            state = self.steps.reached(STATEMENT, self)
            if state:
                raise lookup(state)("put in by a test")
        return super()._exec_command(command, *how, **more)

    def commit(self) -> None:
        if self.pgconn.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            state = self.steps.reached(STATEMENT, self)
            if state:
                self._refuse_commit(state)
            self.steps.reached(COMMIT, self)
        super().commit()

    def _refuse_commit(self, state: str) -> None:
        """A COMMIT that is refused has rolled back."""
        try:
            psycopg.Cursor(self).execute(SAY.format(state))
        finally:
            super().rollback()

    def commit_for_good(self) -> None:
        super().commit()

    def cut(self) -> psycopg.OperationalError:
        """The connection is gone; what its driver says then."""
        self.pgconn.finish()
        return psycopg.OperationalError(GONE)


def attach(engine: Engine, steps: Steps) -> None:
    """From now on the engine's connections are counted; call it before the first is made."""
    make = _sqlite if engine.dialect.name == "sqlite" else _postgres

    @event.listens_for(engine, "do_connect")
    def connect(_: Any, __: Any, given: list[Any], how: dict[str, Any]) -> Any:
        connection = make(steps, given, how)
        connection.steps = steps
        return connection


Make = Callable[[Steps, list[Any], dict[str, Any]], Any]


def _sqlite(_: Steps, given: list[Any], how: dict[str, Any]) -> LiteConnection:
    connection: LiteConnection = sqlite3.connect(*given, **how, factory=LiteConnection)
    return connection


def _postgres(steps: Steps, given: list[Any], how: dict[str, Any]) -> PostgresConnection:
    if steps.is_down:
        raise psycopg.OperationalError("connection refused")
    connection = PostgresConnection.connect(*given, **how)
    assert isinstance(connection, PostgresConnection)
    return connection
