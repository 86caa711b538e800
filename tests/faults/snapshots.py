"""A database as it stood before a flow, brought back after each run of it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


class SqliteSnapshot:
    """Held in memory; brought back page by page through a connection, as SQLite allows."""

    def __init__(self, url: str) -> None:
        self._file = make_url(url).database or ""
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self._file)) as now:
            now.backup(self._kept)

    def bring_back(self) -> None:
        with closing(sqlite3.connect(self._file)) as now:
            self._kept.backup(now)

    def close(self) -> None:
        self._kept.close()


class PostgresSnapshot:
    """Held in a schema of its own; brought back row by row, the tables' own triggers put aside."""

    def __init__(self, url: str) -> None:
        self._admin = psycopg.connect(url, autocommit=True)
        names = [name for (name,) in self._admin.execute(TABLES).fetchall()]
        self._admin.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
        for name in names:
            self._say("CREATE TABLE kept.{0} AS TABLE public.{0}", name)
        self._words = sql.SQL("").join([sql.SQL("BEGIN; "), *self._each(names), sql.SQL("COMMIT")])
        self._admin.execute("SET session_replication_role = replica")

    def _each(self, names: Sequence[str]) -> list[sql.Composed]:
        words = sql.SQL("DELETE FROM public.{0}; INSERT INTO public.{0} TABLE kept.{0}; ")
        return [words.format(sql.Identifier(name)) for name in names]

    def _say(self, words: Any, name: str) -> None:
        self._admin.execute(sql.SQL(words).format(sql.Identifier(name)))

    def bring_back(self) -> None:
        self._admin.execute(self._words)

    def close(self) -> None:
        self._admin.execute("DROP SCHEMA kept CASCADE")
        self._admin.close()


Snapshot = SqliteSnapshot | PostgresSnapshot


def keep(url: str) -> Snapshot:
    """The database as it stands now."""
    kind = SqliteSnapshot if url.startswith("sqlite") else PostgresSnapshot
    return kind(url)
