"""A real server on loopback that speaks no protocol: each connection is a script of bytes."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class Wire:
    """One connection that somebody opened to us."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        self._connection = connection
        self._stopping = stopping
        self.heard = b""

    @property
    def is_over(self) -> bool:
        return self._stopping.is_set()

    def write(self, data: bytes) -> None:
        """Put bytes on the wire."""
        self._connection.sendall(data)

    def read_line(self) -> bytes:
        """Take in what comes up to a line's end, or until they close."""
        return self.read_until(b"\n")

    def read_until(self, mark: bytes) -> bytes:
        """Take in what comes up to these bytes, or until they close."""
        line = b""
        while mark not in line and (piece := self._connection.recv(65536)):
            line += piece
            self.heard += piece
        return line

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the peer is stopped."""
        self._stopping.wait(seconds)


Script = Callable[[Wire], None]


def says_nothing(wire: Wire) -> None:
    """Take the connection, and then nothing."""
    wire.wait(60)


def drips(data: bytes, every: float = 0.05) -> Script:
    """A byte at a time."""

    def script(wire: Wire) -> None:
        for index in range(len(data)):
            wire.write(data[index : index + 1])
            wire.wait(every)

    return script


class RawPeer:
    """Runs the script on each connection; `heard` is all that was read, `connections` how many."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._stopping = threading.Event()
        self._wires: list[Wire] = []
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    @property
    def heard(self) -> bytes:
        return b"".join(wire.heard for wire in self._wires)

    @property
    def connections(self) -> int:
        return len(self._wires)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for opened in [self._listener, *self._sockets]:
            with suppress(OSError):  # it may be gone already
                opened.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # how accept ends when the listener is shut down
            while not self._stopping.is_set():
                connection, _ = self._listener.accept()
                self._sockets.append(connection)
                self._wires.append(Wire(connection, self._stopping))
                self._start(self._run, connection, self._wires[-1])

    def _run(self, connection: socket.socket, wire: Wire) -> None:
        with connection, suppress(OSError):
            self._script(wire)
