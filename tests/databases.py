"""Fresh databases for tests, of both kinds, and what one test run's processes share of them."""

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.postgres import Server, find_programs, start, stop

Migrate = Callable[[str], None]
TEMPLATE = "template.db"


@dataclass(frozen=True)
class Run:
    """The folder that all processes of one test run share: its server, its templates, its lock."""

    folder: Path

    def open(self) -> int:
        """Begin; the run ends when the answer, a file descriptor, is closed or its holder dies."""
        os.mkfifo(self._lifeline)
        return os.open(self._lifeline, os.O_RDWR)

    def server(self) -> Server:
        """The run's PostgreSQL: the one named by the environment, else started on first asking."""
        with self._alone():
            return self._noted() or self._note(named() or start(find_programs(), self._lifeline))

    def postgres_template(self, migrate: Migrate) -> str:
        """The name of a database at the newest schema, migrated once a run, to copy from."""
        server, name = self.server(), self._template
        with self._alone():
            if not exists(server, name):
                with fresh(server) as url:
                    migrate(url)
                    copy(server, make_url(url).database or "", name)
        return name

    def sqlite_template(self, migrate: Migrate) -> Path:
        """An SQLite file at the newest schema, migrated once a run, to copy from."""
        with self._alone():
            if not (self.folder / TEMPLATE).exists():
                making = self.folder / "making.db"
                migrate(f"sqlite:///{making}")
                copy_sqlite(making, self.folder / TEMPLATE)
        return self.folder / TEMPLATE

    def close(self) -> None:
        """Stop what the run started, and drop what it left on a server that is not its own."""
        server = self._noted()
        if server and server.folder:
            stop(server)
        elif server:
            drop(server, self._template)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _lifeline(self) -> Path:
        return self.folder / "lifeline"

    @cached_property
    def _template(self) -> str:
        return self.folder.name.lower().replace("-", "_")

    def _noted(self) -> Server | None:
        note = self.folder / "server.json"
        return Server(**json.loads(note.read_text())) if note.exists() else None

    def _note(self, server: Server) -> Server:
        (self.folder / "server.json").write_text(json.dumps(asdict(server)))
        return server

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def named() -> Server | None:
    """The server that MISSING_TEST_POSTGRES names, by a URL whose user may make databases."""
    url = os.environ.get("MISSING_TEST_POSTGRES")
    if not url:
        return None
    plain = make_url(url).set(drivername="postgresql")
    return Server(plain.render_as_string(hide_password=False))


def url_of(server: Server, name: str) -> str:
    """The URL, for SQLAlchemy and for libpq alike, of one database on a server."""
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


def copy(server: Server, source: str, target: str) -> None:
    """Make a database, whole or not at all, from another that nobody is connected to."""
    words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _say(server, words.format(sql.Identifier(target), sql.Identifier(source)))


def drop(server: Server, name: str) -> None:
    """Remove a database, whoever is still connected to it."""
    _say(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def exists(server: Server, name: str) -> bool:
    """Whether the server has a database of this name."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


@contextmanager
def fresh(server: Server, template: str = "template1") -> Iterator[str]:
    """The URL of a new database, a copy of `template`, which is dropped afterwards."""
    name = f"missing_test_{uuid4().hex}"
    copy(server, template, name)
    try:
        yield url_of(server, name)
    finally:
        drop(server, name)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite database whole, with what still lies in its write-ahead log."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _say(server: Server, words: sql.Composed) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(words)
