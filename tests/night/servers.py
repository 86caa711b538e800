"""A PostgreSQL of one test alone: restarted, copied to a synchronous standby, lost, promoted."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from adapters.clock import elapsed, sleep
from tests.postgres import (
    SETTINGS,
    Server,
    find_programs,
    free_port,
    give_away,
    run_program,
    start,
)

STANDBY = "standby_1"
IN_STEP = "SELECT sync_state FROM pg_stat_replication WHERE application_name = %s"


@dataclass(frozen=True, slots=True)
class Owned:
    """One server that a test may do anything to."""

    server: Server

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def data(self) -> str:
        return f"{self.server.folder}/data"

    def restart(self) -> None:
        """As after a crash of the machine: nobody is let finish, the log is replayed."""
        self._control("restart", "-w", "-m", "immediate")

    def lose(self) -> None:
        """Gone for good: it says nothing and comes back no more."""
        self._control("stop", "-m", "immediate")

    def promote(self) -> None:
        self._control("promote", "-w")

    def _control(self, word: str, *more: str) -> None:
        log = f"{self.server.folder}/log"
        run_program(f"{self.server.programs}/pg_ctl", word, "-D", self.data, "-l", log, *more)

    def say(self, words: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(words)

    def standby(self) -> "Owned":
        """A copy that each commit waits for, from now on."""
        folder = Path(tempfile.mkdtemp(prefix="missing-standby-"))
        give_away(folder)
        source = make_url(self.url)
        come = f"host=127.0.0.1 port={source.port} user=postgres application_name={STANDBY}"
        copied = ("-D", f"{folder}/data", "-d", come, "-R", "-X", "stream", "-c", "fast")
        run_program(f"{self.server.programs}/pg_basebackup", *copied)
        port = free_port()
        url = source.set(port=port).render_as_string(hide_password=False)
        made = Owned(replace(self.server, url=url, folder=str(folder)))
        options = f"-h 127.0.0.1 -p {port} -k {folder}"
        options += "".join(f" -c {name}={value}" for name, value in SETTINGS.items())
        made._control("start", "-w", "-o", options)
        self.say(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'")
        self.say("SELECT pg_reload_conf()")
        self._until_in_step()
        return made

    def _until_in_step(self) -> None:
        until = elapsed() + 20
        while elapsed() < until:
            with psycopg.connect(self.url, autocommit=True) as connection:
                if connection.execute(IN_STEP, [STANDBY]).fetchall() == [("sync",)]:
                    return
            sleep(0.1)
        raise AssertionError("the standby never came in step")


@contextmanager
def own_server(folder: Path) -> Iterator[Owned]:
    """Started now, gone with the test, however that ends; never one that the environment names."""
    lifeline = folder / "lifeline"
    os.mkfifo(lifeline)
    held = os.open(lifeline, os.O_RDWR)
    try:
        yield Owned(start(find_programs(), lifeline))
    finally:
        os.close(held)


@contextmanager
def in_step(primary: Owned) -> Iterator[Owned]:
    """A standby for which each commit of the primary waits."""
    standby = primary.standby()
    try:
        yield standby
    finally:
        standby.lose()
        shutil.rmtree(standby.server.folder, ignore_errors=True)
