"""The demonstration's police: judge signatures, keep ids once, show everything as text."""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.request import ProxyHandler, build_opener
from uuid import uuid4

import pytest

from adapters.clock import SystemClock
from adapters.demo_page import page
from adapters.demo_receiver import DemoReceiver
from adapters.guard import Guard
from adapters.guarded_http import GuardedClient
from adapters.mail_server import mail_server
from adapters.mailbox import Mailbox
from adapters.police_webhook import PoliceWebhook
from adapters.smtp import Post
from adapters.sockets import tls_context
from missing_service.domain.delivery import Message, Outcome

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"
NASTY = "<script>alert('x')</script> & {braces}"
GUARD = Guard(allow_cidrs=["127.0.0.0/8"], allow_http_loopback=True)


@pytest.fixture
def receiver() -> Iterator[DemoReceiver]:
    with DemoReceiver(0, SECRET) as running:
        yield running


def news(summary: str = "A child is reported missing.") -> Message:
    data = {
        "number": 1,
        "episode": {"reference": "HRW-7K3M9"},
        "change": {"summary": summary},
        "acknowledge": {"url": "http://x/answer", "due_at": "2026-11-24T03:15:00Z"},
    }
    body = {"type": "episode.reported", "timestamp": "2026-11-24T03:00:00Z", "data": data}
    return Message(uuid4(), json.dumps(body).encode(), SystemClock().now())


def send(receiver: DemoReceiver, message: Message, secret: str = SECRET, **ago: float) -> Outcome:
    with GuardedClient(GUARD) as client:
        now = SystemClock().now() - timedelta(**ago)
        return PoliceWebhook(client, receiver.hook_url, [secret]).send(message, now).outcome


def mail(receiver: DemoReceiver, text: str, message: Message | None = None) -> Message:
    body = json.dumps({"subject": f"HRW-7K3M9 STILL MISSING: {text}", "text": text}).encode()
    message = message or Message(uuid4(), body, SystemClock().now())
    server = mail_server(receiver.smtp_url, "missing@harrow.example")
    post = Post(server, GUARD, tls_context())
    sent = Mailbox(post, "asha.patel@harrow.example").send(message, SystemClock().now())
    assert sent.outcome is Outcome.TAKEN
    return message


def read(receiver: DemoReceiver, path: str = "/") -> str:
    opener = build_opener(ProxyHandler({}))
    with opener.open(f"{receiver.url}{path}", timeout=5) as answer:
        text: str = answer.read().decode()
    return text


def test_the_same_id_again_is_the_same_news(receiver):
    message = news()
    assert send(receiver, message) is Outcome.TAKEN
    assert send(receiver, message) is Outcome.TAKEN
    (item,) = json.loads(read(receiver, "/received"))["items"]
    assert item["id"] == str(message.id)
    assert (item["times"], item["signature"], item["number"]) == (2, "good", 1)


def test_a_bad_signature_and_an_old_one_are_refused_and_shown_as_bad(receiver):
    assert send(receiver, news(), OTHER) is Outcome.REFUSED
    assert send(receiver, news(), minutes=6) is Outcome.REFUSED
    items = json.loads(read(receiver, "/received"))["items"]
    assert [item["signature"] for item in items] == ["bad", "bad"]
    assert "HRW-7K3M9" not in json.dumps(items)


def test_the_newest_stands_first(receiver):
    first, second = news(), news()
    send(receiver, first)
    send(receiver, second)
    assert [item["id"] for item in receiver.received] == [str(second.id), str(first.id)]


def test_letters_come_over_real_smtp_and_are_kept_once(receiver):
    message = mail(receiver, "Ring 101 now – it’s late.")
    mail(receiver, "", message)
    (item,) = json.loads(read(receiver, "/told"))["items"]
    assert item["to"] == "asha.patel@harrow.example"
    assert item["text"] == "Ring 101 now – it’s late."
    assert item["times"] == 2


def test_whatever_comes_is_shown_as_text(receiver):
    send(receiver, news(NASTY))
    mail(receiver, NASTY)
    text = read(receiver)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 3
    assert "{braces}" in text


def test_the_page_says_so_where_nothing_came():
    assert page([], []).count("Nothing yet.") == 2


def test_other_paths_and_whole_books_are_not_taken(receiver):
    message = Message(uuid4(), b"x" * (1024 * 1024 + 1), SystemClock().now())
    assert send(receiver, message) is not Outcome.TAKEN
    assert receiver.received == []
