"""Databases of the bench's own: files in a folder, and a PostgreSQL server started for it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.postgres import Server, find_programs, programs_of_debian, start, stop

TABLES = 6
SIX_ROWS = "".join(
    f"CREATE TABLE six_{n} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " at timestamptz NOT NULL DEFAULT now(), body text NOT NULL);"
    for n in range(TABLES)
)
INSERT_SIX = "\n".join(
    f"INSERT INTO six_{n} (body) VALUES ('a row of some forty characters, no more');"
    for n in range(TABLES)
)


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server, durable as in production, and what it can be asked."""

    server: Server
    folder: Path

    def make(self, name: str, schema: str = "") -> str:
        """A new database, at this URL."""
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url = make_url(self.server.url).set(database=name).render_as_string(hide_password=False)
        if schema:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(schema.encode())
        return url

    def version(self) -> str:
        with psycopg.connect(self.server.url) as connection:
            return str(connection.info.parameter_status("server_version"))

    def wal_bytes(self) -> int:
        """How much was written to the write-ahead log since the server began."""
        with psycopg.connect(self.server.url) as connection:
            query = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
            found = connection.execute(query).fetchone()
        return int(found[0]) if found else 0

    def pgbench(self, url: str, clients: int, seconds: float) -> float:
        """Commits of six narrow rows a second, prepared, by PostgreSQL's own load program."""
        script = self.folder / "six.sql"
        script.write_text(f"BEGIN;\n{INSERT_SIX}\nCOMMIT;\n")
        words = ["-n", "-M", "prepared", "-f", str(script), "-c", str(clients), "-j", "1"]
        words += ["-T", f"{max(seconds, 1):.0f}", url]
        program = [str(programs_of_debian()[-1] / "pgbench"), *words]
        said = subprocess.run(program, check=True, capture_output=True, text=True).stdout
        rates = [line.split()[2] for line in said.splitlines() if line.startswith("tps")]
        return float(rates[0])


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server of our own; fsync is on, or there would be nothing to measure."""
    lifeline = folder / "lifeline"
    os.mkfifo(lifeline)
    held = os.open(lifeline, os.O_RDWR)
    server = start(find_programs(), lifeline)
    try:
        yield Postgres(server, folder)
    finally:
        stop(server)
        os.close(held)
