"""A TCP middleman before a real PostgreSQL, which can stop passing answers on without a word."""

import selectors
import socket
import threading
from contextlib import suppress
from typing import Self

from sqlalchemy import make_url

LISTEN = b"LISTEN"


class Between:
    """`url` is the database's, by way of the middleman.

    `deafen()`: from now on nothing reaches whoever listens for hints; what they say is still taken.
    """

    def __init__(self, url: str) -> None:
        made = make_url(url)
        self._target = (made.host or "127.0.0.1", made.port or 5432)
        self._door = socket.create_server(("127.0.0.1", 0))
        port = self._door.getsockname()[1]
        self.url = made.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        self.swallowed = 0
        self._deaf: set[int] = set()
        self._listeners: set[int] = set()
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def deafen(self) -> int:
        """How many connections that listen are deaf from now on."""
        self._deaf |= self._listeners
        return len(self._deaf)

    def move_to(self, url: str) -> None:
        """Whoever connects from now on comes to another server, as when an address is moved."""
        made = make_url(url)
        self._target = (made.host or "127.0.0.1", made.port or 5432)

    def _accept(self) -> None:
        with suppress(OSError):  # the door was closed
            while True:
                client, _ = self._door.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(self._target) as server:
            self._open += [client, server]
            key = client.fileno()
            self._listeners.discard(key)
            self._deaf.discard(key)
            self._pass_on(key, client, server)

    def _pass_on(self, key: int, client: socket.socket, server: socket.socket) -> None:
        with selectors.DefaultSelector() as either:
            either.register(client, selectors.EVENT_READ, server)
            either.register(server, selectors.EVENT_READ, client)
            while True:
                for ready, _ in either.select():
                    data = ready.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        return
                    if ready.fileobj is client and LISTEN in data:
                        self._listeners.add(key)
                    if ready.fileobj is server and key in self._deaf:
                        self.swallowed += 1
                    else:
                        ready.data.sendall(data)
