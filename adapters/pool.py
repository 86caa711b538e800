"""Connections kept open between messages to one place, for speed alone."""

import http.client
import select
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.clock import elapsed
from adapters.guard import PORTS
from adapters.sockets import Allowance, LimitedSocket, LimitedTLSSocket

IDLE_SECONDS = 20.0  # firewalls forget a quiet connection, and the attempt that uses it is lost
MOST_IDLE = 8  # for one place


@dataclass(frozen=True, slots=True)
class Key:
    """What two connections must have in common to be one as good as the other."""

    scheme: str
    host: str
    port: int


class Line(http.client.HTTPConnection):
    """One open connection; it never opens another by itself."""

    auto_open = 0

    def __init__(self, key: Key, opened: LimitedSocket | LimitedTLSSocket) -> None:
        super().__init__(key.host, key.port)
        self.default_port = PORTS[key.scheme]  # else it stands in Host
        self.key = key
        self.opened = opened
        self.address = str(opened.getpeername()[0])
        self.sock = opened
        self.used = False
        self._written: list[bytes] = []
        self.idle_since = 0.0

    def limit(self, allowance: Allowance) -> None:
        """Put the connection under the limits of the attempt that uses it now."""
        self.opened.allowance = allowance

    def ask(self, method: str, target: str, body: Any, headers: Mapping[str, str]) -> None:
        """Send one request, head and body in one write: the other side wakes once to read it."""
        self._written = []
        self.request(method, target, body, headers)
        self.opened.sendall(b"".join(self._written))

    def send(self, data: Any) -> None:
        """What the library would write in pieces."""
        self._written.append(data)

    def is_fit(self) -> bool:
        """Whether it was quiet, and not for long: closed by them or talkative, it is of no use."""
        if elapsed() - self.idle_since > IDLE_SECONDS:
            return False
        poll = select.poll()
        poll.register(self.opened, select.POLLIN | select.POLLHUP | select.POLLERR)
        return not poll.poll(0)


class Pool:
    """Open connections by place; any thread may take and give."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[Key, list[Line]] = {}

    def take(self, key: Key, addresses: Collection[str]) -> Line | None:
        """A connection to one of these addresses that seems open still, now the caller's alone."""
        while line := self._pop(key):
            if line.address in addresses and line.is_fit():
                return line
            line.close()
        return None

    def give(self, line: Line) -> None:
        """Keep a connection whose last answer was read to its end."""
        line.used, line.idle_since = True, elapsed()
        with self._lock:
            lines = self._idle.setdefault(line.key, [])
            lines.append(line)
            surplus = lines.pop(0) if len(lines) > MOST_IDLE else None
        if surplus:
            surplus.close()
        self._drop_old()

    def close(self) -> None:
        """Close all that are idle."""
        with self._lock:
            lines = [line for idle in self._idle.values() for line in idle]
            self._idle.clear()
        for line in lines:
            line.close()

    def _pop(self, key: Key) -> Line | None:
        with self._lock:
            lines = self._idle.get(key)
            return lines.pop() if lines else None

    def _drop_old(self) -> None:
        """A place that is never asked for again would else keep its connections."""
        with self._lock:
            lines = [line for idle in self._idle.values() for line in idle]
            old = [line for line in lines if elapsed() - line.idle_since > IDLE_SECONDS]
            for line in old:
                self._idle[line.key].remove(line)
        for line in old:
            line.close()
