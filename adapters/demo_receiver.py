"""The demonstration's police: takes signed alerts and people's mail, and shows both."""

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import orjson

from adapters.clock import SystemClock
from adapters.demo_mail import DemoMail
from adapters.demo_page import STYLE, page
from adapters.signature import is_signed
from missing_service.domain.stored import plain

MOST_READ = 1024 * 1024
HOOK = "/hooks/police"
POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
JSON, HTML, CSS = "application/json", "text/html; charset=utf-8", "text/css; charset=utf-8"
Item = dict[str, Any]


class DemoReceiver:
    """Answers 200 to what is signed well, keeps one item an id, and acknowledges nothing."""

    def __init__(self, port: int, secret: str) -> None:
        self._secret = secret
        self._clock = SystemClock()
        self._items: dict[str, Item] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), self)
        self._mail = DemoMail(self._clock)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.hook_url = f"{self.url}{HOOK}"
        self.smtp_url = self._mail.url
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._mail.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._mail.stop()

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status that a message is answered with: 200 when it was signed well, else 401."""
        now = self._clock.now()
        good = is_signed([self._secret], headers, body, now)
        item = _read(headers, body) if good else {"type": "refused"}
        item |= {"signature": "good" if good else "bad", "received_at": plain(now), "times": 1}
        with self._lock:
            key = str(headers.get("webhook-id", "")) if good else f"bad {len(self._items)}"
            if known := self._items.get(key):
                known["times"] += 1
            elif good or len(self._items) < MOST_READ:
                self._items[key] = item
        return 200 if good else 401

    @property
    def received(self) -> list[Item]:
        """What came, the newest first."""
        with self._lock:
            return [dict(item) for item in reversed(self._items.values())]

    @property
    def told(self) -> list[Item]:
        """The mail that people were sent, the newest first."""
        return self._mail.told

    def show(self, path: str) -> tuple[str, bytes] | None:
        """What stands under a path: its type and content."""
        if path == "/received":
            return JSON, orjson.dumps({"items": self.received})
        if path == "/told":
            return JSON, orjson.dumps({"items": self.told})
        if path == "/style.css":
            return CSS, STYLE.encode()
        return (HTML, page(self.received, self.told).encode()) if path == "/" else None


def _read(headers: Mapping[str, str], body: bytes) -> Item:
    message = orjson.loads(body)
    data = message.get("data", {})
    return {
        "id": headers.get("webhook-id"),
        "type": message.get("type"),
        "reference": (data.get("episode") or {}).get("reference"),
        "number": data.get("number"),
        "summary": (data.get("change") or {}).get("summary"),
        "queued_at": message.get("timestamp"),
        "acknowledge": data.get("acknowledge"),
        "record_hash": data.get("record_hash"),
        "data": data,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], receiver: DemoReceiver) -> None:
        self.receiver = receiver
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    server: _Server

    def do_POST(self) -> None:
        """Called for each message."""
        length = self.headers.get("content-length", "")
        if self.path != HOOK or not length.isdigit() or int(length) > MOST_READ:
            self.close_connection = True
            self._answer(404 if self.path != HOOK else 413, JSON, b"{}")
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._answer(self.server.receiver.take(headers, self.rfile.read(int(length))), JSON, b"{}")

    def do_GET(self) -> None:
        """Called for each page."""
        found = self.server.receiver.show(self.path)
        self._answer(200, *found) if found else self._answer(404, JSON, b"{}")

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(content))}
        headers |= {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
        for name, value in {**headers, "Cache-Control": "no-store"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing: the page shows what came."""
