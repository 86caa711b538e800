"""A hint that there is work, between processes on one PostgreSQL."""

import select
import socket
import threading
from contextlib import suppress

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.pq import ExecStatus
from psycopg.rows import TupleRow

from adapters.clock import elapsed
from adapters.event_wake import EventWake

CHANNEL = "missing_work"
SAY = b"SELECT pg_notify($1, $2)"
CHECK = "check"  # what a listener says to itself, to hear whether it hears
CHECK_EVERY = 10.0
RECONNECT_AFTER = 1.0
PATIENCE = 5.0  # for the answer to what was said: one that never comes must not hold us
# A server that vanishes without a word would else hold the connection for a quarter of an hour.
IMPATIENT = {"connect_timeout": "5", "tcp_user_timeout": "10000", "keepalives_idle": "10"}


class PostgresWake:
    """The same between processes; while the database is away, a hint within this one.

    Neither `set` nor `wait` touches the database, so neither is ever held up by it: a thread does
    that, started here, so make one of these in each process and not before a fork.
    """

    def __init__(
        self, url: str, *, check_every: float = CHECK_EVERY, patience: float = PATIENCE
    ) -> None:
        # SQLAlchemy names the driver in its URLs, which libpq does not know.
        url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._conninfo = make_conninfo(url, **IMPATIENT)
        self._check_every, self._patience = check_every, patience
        self._here = EventWake()
        self._stopping = threading.Event()
        self._bell, self._rope = socket.socketpair()
        self._rope.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="wake", daemon=True)
        self._thread.start()

    def set(self) -> None:
        """Say that there is work: here at once, elsewhere as soon as the database passes it on."""
        self._here.set()
        self._ring()

    def nudge(self) -> None:
        """Say so here alone: it costs the database nothing."""
        self._here.set()

    def wait(self, timeout: float) -> bool:
        """Wait until somebody anywhere says so, or `timeout` seconds; clears the hint."""
        return self._here.wait(timeout)

    def close(self) -> None:
        """Stop listening; call nothing after it."""
        self._stopping.set()
        self._ring()
        self._thread.join()
        self._bell.close()
        self._rope.close()

    def _ring(self) -> None:
        with suppress(BlockingIOError):  # so many unheard rings are one ring
            self._rope.send(b"!")

    def _run(self) -> None:
        while not self._stopping.is_set():
            # A hint may fail in any way the database can: then waiting times out, no more.
            with suppress(psycopg.Error, OSError):
                self._listen()
            self._stopping.wait(RECONNECT_AFTER)

    def _listen(self) -> None:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._here.set()  # for all that was said while nobody listened
            ear = _Ear(connection, self._bell, self._check_every, self._patience)
            while not self._stopping.is_set():
                if ear.hears_news():
                    self._here.set()


class _Ear:
    """One connection that listens, speaks for us, and finds out when it has gone deaf."""

    def __init__(
        self,
        connection: Connection[TupleRow],
        bell: socket.socket,
        check_every: float,
        patience: float,
    ) -> None:
        self._connection = connection
        self._bell = bell
        self._check_every, self._patience = check_every, patience
        self._wire = select.poll()
        self._wire.register(connection.fileno(), select.POLLIN)
        self._poll = select.poll()
        self._poll.register(connection.fileno(), select.POLLIN)
        self._poll.register(bell, select.POLLIN)
        self._heard, self._checked_at = True, elapsed() - check_every
        self._news = False
        connection.add_notify_handler(lambda notice: self._note(notice.pid, notice.payload))

    def hears_news(self) -> bool:
        """Wait for news, the bell or the next check; whether another process has work for us."""
        left = max(0.0, self._checked_at + self._check_every - elapsed())
        ready = {descriptor for descriptor, _ in self._poll.poll(left * 1000)}
        if self._bell.fileno() in ready:
            self._bell.recv(4096)
            self._say("")
        self._listen()
        if elapsed() - self._checked_at >= self._check_every:
            self._check()
            self._listen()
        news, self._news = self._news, False
        return news

    def _listen(self) -> None:
        # Not notifies(): it looks at the wire alone, and what came with an answer is off it.
        libpq = self._connection.pgconn
        libpq.consume_input()
        while notice := libpq.notifies():
            self._note(notice.be_pid, notice.extra.decode())

    def _note(self, pid: int, payload: str) -> None:
        is_own = pid == self._connection.info.backend_pid
        self._heard = self._heard or (is_own and payload == CHECK)
        self._news = self._news or not (is_own or payload == CHECK)

    def _check(self) -> None:
        if not self._heard:
            raise OSError("what was said on this connection is not heard on it")
        self._heard, self._checked_at = False, elapsed()
        self._say(CHECK)

    def _say(self, payload: str) -> None:
        # Not execute(): it would wait for ever where the answer is swallowed on its way.
        libpq, until = self._connection.pgconn, elapsed() + self._patience
        libpq.send_query_params(SAY, [CHANNEL.encode(), payload.encode()])
        libpq.flush()
        while libpq.is_busy():
            if not self._wire.poll(max(0.0, until - elapsed()) * 1000):
                raise OSError("what was said on this connection is not answered")
            libpq.consume_input()
        while answer := libpq.get_result():
            if answer.status != ExecStatus.TUPLES_OK:
                raise OSError("what was said on this connection is refused")
