"""A real little HTTP server on loopback that stands for the machine of a force.

with PolicePeer(secret) as police:
    police.behave(refuse(503), ok())   # each request takes the next; the last one stays
    ...
    police.wait_for(1)
    assert police.received[0].type == "episode.reported"
"""

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from uuid import uuid4

from standardwebhooks import Webhook, WebhookVerificationError

from adapters.clock import SystemClock, elapsed, sleep
from tests.peers.behaviours import Behaviour, Exchange, ok

TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came, its signature verified."""

    id: str
    type: str
    number: int | None
    body: bytes
    data: dict[str, Any]
    headers: dict[str, str]  # names in small letters
    path: str
    at: datetime


class PolicePeer:
    """Verifies signatures, keeps ids, and behaves as told.

    `now` is the clock to judge signatures' age by, where a test moves time; else the real one.
    `tls` makes it https; `host` is what stands in its URL.
    """

    def __init__(
        self,
        secret: str,
        *,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.received: list[Received] = []  # kept; the same id twice is here twice
        self.attempts: list[Received] = []  # every request with a good signature, kept or not
        self.gets: list[str] = []  # paths fetched
        self.bad_signatures = 0
        self.connections = 0
        self._webhook = Webhook(secret)
        self._now = now
        self._plan: list[Behaviour] = [ok()]
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = _Server(self, tls)
        self.url = f"{'https' if tls else 'http'}://{host}:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.stop()
        self._thread.join()

    @property
    def ids(self) -> list[str]:
        """Each id kept, once, in the order it first came."""
        return list(dict.fromkeys(message.id for message in self.received))

    def behave(self, *behaviours: Behaviour) -> None:
        """Do these in turn, one for each request; the last one for all that follow."""
        with self._lock:
            self._plan = list(behaviours)

    def wait_for(self, count: int, seconds: float = 5.0) -> list[Received]:
        """The messages kept, as soon as there are so many; fails the test when they do not come."""
        until = elapsed() + seconds
        while len(self.received) < count and elapsed() < until:
            sleep(0.005)
        assert len(self.received) >= count, f"{len(self.received)} of {count} messages came"
        return self.received

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request; called by the server in a thread of the connection."""
        if handler.command == "GET":
            self.gets.append(handler.path)
            self._next()(Exchange(handler, self._stopping, lambda: None))
            return
        message = self._verified(handler)
        if message is None:
            self.bad_signatures += 1
            Exchange(handler, self._stopping, lambda: None).answer(401, {}, b"bad signature")
            return
        self.attempts.append(message)
        self._next()(Exchange(handler, self._stopping, lambda: self.received.append(message)))

    def _next(self) -> Behaviour:
        with self._lock:
            return self._plan.pop(0) if len(self._plan) > 1 else self._plan[0]

    def _verified(self, handler: BaseHTTPRequestHandler) -> Received | None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        try:
            data = self._verify(body, headers)
        except (WebhookVerificationError, ValueError, KeyError):
            return None
        inner = data.get("data") or {}
        at = SystemClock().now() if self._now is None else self._now()
        return Received(
            headers["webhook-id"],
            data.get("type", ""),
            inner.get("number"),
            body,
            data,
            headers,
            handler.path,
            at,
        )

    def _verify(self, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        if self._now is None:
            verified: dict[str, Any] = self._webhook.verify(body, headers)
            return verified
        # Their verify() reads the real clock; where time is moved, their sign() is compared with.
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        expected = self._webhook.sign(headers["webhook-id"], at, body.decode())
        is_signed = expected in headers["webhook-signature"].split(" ")
        if not is_signed or abs(self._now() - at) > TOLERANCE:
            raise WebhookVerificationError("no matching signature, or too old")
        parsed: dict[str, Any] = json.loads(body)
        return parsed


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:
        self.server.peer.handle(self)

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # a full queue costs whoever calls a second, which tests do not have
    daemon_threads = False  # so that closing waits for them, and no socket is left open

    def __init__(self, peer: PolicePeer, tls: ssl.SSLContext | None) -> None:
        self.peer = peer
        self._tls = tls
        self._open: dict[str, socket.socket] = {}
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection to its end, whatever that is."""
        self.peer.connections += 1
        key = uuid4().hex
        self._open[key] = request
        with suppress(OSError):  # they hang up on us, which is what many tests are about
            if self._tls:
                request.settimeout(5)
                request = self._tls.wrap_socket(request, server_side=True)
                self._open[key] = request
            with request:
                super().finish_request(request, client_address)
        del self._open[key]

    def shutdown_request(self, request: Any) -> None:
        """Close without a farewell, so that a reset stays a reset."""
        self.close_request(request)

    def stop(self) -> None:
        """Cut every connection, then wait for their threads."""
        self.shutdown()
        for connection in list(self._open.values()):
            with suppress(OSError):  # it may be gone already
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
