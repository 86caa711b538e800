"""The receiver of docs/police-receiver.md, run as it stands, against what really sends."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from adapters.clock import SystemClock
from adapters.guard import Guard
from adapters.guarded_http import GuardedClient
from adapters.police_webhook import PoliceWebhook
from missing_service.domain.delivery import Message, Outcome

PAGE = Path(__file__).parents[2] / "docs/police-receiver.md"
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"
NOW = SystemClock().now()


@pytest.fixture
def receiver(monkeypatch) -> Iterator[SimpleNamespace]:
    """The page's program, listening."""
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("TOKEN", "token")
    monkeypatch.setenv("NO_PROXY", "*")
    names: dict[str, Any] = {"__name__": "receiver"}
    exec(compile(CODE, str(PAGE), "exec"), names)
    names["Receiver"].log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), names["Receiver"]) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield SimpleNamespace(**names, url=f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
        thread.join()


def send(receiver, message: Message, *, secrets=(SECRET,), now=None) -> Outcome:
    guard = Guard(allow_cidrs=["127.0.0.0/8"], allow_http_loopback=True)
    with GuardedClient(guard) as client:
        sent = PoliceWebhook(client, receiver.url, secrets).send(
            message, now or SystemClock().now()
        )
    return sent.outcome


def news(number: int, state: str = "MISSING", **more: Any) -> Message:
    episode = {"reference": "HRW-7K3M9", "state": state}
    data = {"number": number, "episode": episode, "change": {"summary": "x", "fields": []}, **more}
    body = json.dumps({"type": "episode.updated", "timestamp": NOW.isoformat(), "data": data})
    return Message(uuid4(), body.encode(), NOW)


def test_it_is_forty_lines():
    assert len([line for line in CODE.splitlines() if line.strip()]) <= 40


def test_it_takes_what_is_signed_and_keeps_each_id_once(receiver):
    message = news(1)
    assert send(receiver, message) is Outcome.TAKEN
    assert send(receiver, message) is Outcome.TAKEN
    assert [UUID(each) for each in receiver.messages] == [message.id]


@pytest.mark.parametrize("secrets", [(OTHER, SECRET), (SECRET, OTHER)])
def test_it_takes_any_of_several_signatures(receiver, secrets):
    assert send(receiver, news(1), secrets=secrets) is Outcome.TAKEN


def test_it_refuses_what_another_signed_and_what_is_old(receiver):
    assert send(receiver, news(1), secrets=(OTHER,)) is Outcome.REFUSED
    old = SystemClock().now() - timedelta(minutes=6)
    assert send(receiver, news(1), now=old) is Outcome.REFUSED
    assert not receiver.messages


def test_the_highest_number_wins_in_whatever_order_they_come(receiver):
    for number, state in ((1, "MISSING"), (3, "RETURNED"), (2, "LOCATED")):
        send(receiver, news(number, state))
    assert receiver.newest["HRW-7K3M9"]["episode"]["state"] == "RETURNED"
    assert len(receiver.messages) == 3


def test_a_type_that_it_does_not_know_is_taken(receiver):
    body = json.dumps({"type": "ping", "timestamp": NOW.isoformat(), "data": {}}).encode()
    assert send(receiver, Message(uuid4(), body, NOW)) is Outcome.TAKEN


def test_an_officer_answers_at_the_address_that_came_with_the_hash_that_came(receiver):
    with Council() as council:
        asked = {"acknowledge": {"url": f"{council.url}/answer"}, "record_hash": "ab" * 32}
        send(receiver, news(1, **asked))
        (message,) = receiver.messages.values()
        officer = {"name": "PC Ann Lee"}
        said = receiver.acknowledge(message, officer, {"system": "CAD", "value": "4471"})
    assert said == {"state": "DISCHARGED"}
    assert council.token == "Bearer token"
    assert council.answer["record_hash"] == "ab" * 32
    assert council.answer["acknowledged_by"] == officer


class Council:
    """Stands for the service's side of an acknowledgement."""

    answer: dict[str, Any]
    token: str

    def __enter__(self) -> "Council":
        council = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                council.token = self.headers["Authorization"]
                council.answer = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"state": "DISCHARGED"}')

            def log_message(self, *_: object) -> None: ...

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.handle_request)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._server.server_close()
