"""Each thing that a receiver may do, done by a real one on loopback, and what we make of it."""

import gzip
import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from adapters.clock import SystemClock
from adapters.guarded_http import GuardedClient
from adapters.police_webhook import PoliceWebhook
from missing_service.domain.delivery import Outcome
from missing_service.ports import Messenger
from tests.adapters.outside import DEADLINE, SECRET, a_client, a_message, post, timed_out
from tests.peers import behaviours as they
from tests.peers.behaviours import Behaviour
from tests.peers.police import PolicePeer

OTHER = "whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
BOMB = gzip.compress(b"0" * 5_000_000)


@pytest.fixture
def client() -> Iterator[GuardedClient]:
    with a_client() as guarded:
        yield guarded


@pytest.fixture
def police() -> Iterator[PolicePeer]:
    with PolicePeer(SECRET) as peer:
        yield peer


def test_a_message_arrives_as_it_was_stored_and_signed(
    client: GuardedClient, police: PolicePeer
) -> None:
    message = a_message(number=3)
    answer = post(client, police.url, message)
    received = police.received[0]
    assert (answer.outcome, answer.status, answer.error) == (Outcome.TAKEN, 200, None)
    assert answer.body_sha256 == hashlib.sha256(b"ok").hexdigest()
    assert (received.body, received.id) == (message.body, str(message.id))
    assert (received.type, received.number) == ("episode.reported", 3)
    assert received.headers["content-type"] == "application/json"


def test_each_attempt_has_the_same_id_and_bytes_and_its_own_time(
    client: GuardedClient, police: PolicePeer
) -> None:
    webhook: Messenger = PoliceWebhook(client, police.url, [SECRET])
    message, now = a_message(), SystemClock().now()
    webhook.send(message, now - timedelta(minutes=2))
    webhook.send(message, now)
    first, second = police.received
    assert (first.id, first.body) == (second.id, second.body)
    times = [int(message.headers["webhook-timestamp"]) for message in (first, second)]
    assert times[1] - times[0] == 120


def test_while_secrets_rotate_the_receiver_accepts_either(
    client: GuardedClient, police: PolicePeer
) -> None:
    webhook = PoliceWebhook(client, police.url, [OTHER, SECRET])
    assert webhook.send(a_message(), SystemClock().now()).outcome is Outcome.TAKEN
    assert police.bad_signatures == 0


def test_a_wrong_secret_is_a_refusal(client: GuardedClient, police: PolicePeer) -> None:
    answer = PoliceWebhook(client, police.url, [OTHER]).send(a_message(), SystemClock().now())
    assert (answer.outcome, answer.status) == (Outcome.REFUSED, 401)
    assert (police.bad_signatures, police.received) == (1, [])


def test_a_signature_that_is_old_is_refused_by_the_receiver(
    client: GuardedClient, police: PolicePeer
) -> None:
    late = SystemClock().now() - timedelta(minutes=6)
    answer = PoliceWebhook(client, police.url, [SECRET]).send(a_message(), late)
    assert (answer.outcome, police.bad_signatures) == (Outcome.REFUSED, 1)


@pytest.mark.parametrize("secrets", [[], ["whsec_*"]])
def test_a_secret_that_cannot_be_read_is_a_refusal_and_nothing_is_sent(
    client: GuardedClient, police: PolicePeer, secrets: list[str]
) -> None:
    answer = PoliceWebhook(client, police.url, secrets).send(a_message(), SystemClock().now())
    assert (answer.outcome, answer.error) == (Outcome.REFUSED, "bad secret")
    assert police.connections == 0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_taken(client: GuardedClient, police: PolicePeer, status: int) -> None:
    police.behave(they.refuse(status, body=b""))
    answer = post(client, police.url)
    assert (answer.outcome, answer.status) == (Outcome.TAKEN, status)


@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 409, 410, 413, 418, 422, 451])
def test_a_3xx_and_most_4xx_are_refusals(
    client: GuardedClient, police: PolicePeer, status: int
) -> None:
    police.behave(they.refuse(status, body=b""))
    answer = post(client, police.url)
    assert (answer.outcome, answer.status, answer.error) == (Outcome.REFUSED, status, None)


@pytest.mark.parametrize(
    ("status", "later"),
    [(408, "5"), (425, ""), (429, "315360000"), (429, "soon"), (500, ""), (502, ""), (503, "5")],
)
def test_what_may_pass_by_itself_is_tried_again(
    client: GuardedClient, police: PolicePeer, status: int, later: str
) -> None:
    police.behave(they.refuse(status, {"Retry-After": later}))
    answer = post(client, police.url)
    assert (answer.outcome, answer.status) == (Outcome.UNREACHABLE, status)


ENDLESS = [they.hang(), they.slow(5), they.drip_headers(), they.drip_body()]


@pytest.mark.parametrize("endless", ENDLESS, ids=["hang", "slow", "drip head", "drip body"])
def test_what_never_ends_is_cut_at_the_deadline(
    client: GuardedClient, police: PolicePeer, endless: Behaviour
) -> None:
    police.behave(endless)
    answer = post(client, police.url)
    assert timed_out(answer)
    assert answer.ms > DEADLINE * 900


def test_what_is_slow_but_in_time_is_taken(client: GuardedClient, police: PolicePeer) -> None:
    police.behave(they.slow(DEADLINE / 2))
    answer = post(client, police.url)
    assert answer.outcome is Outcome.TAKEN
    assert answer.ms >= DEADLINE * 500


def test_a_refusal_counts_though_its_body_never_ends(
    client: GuardedClient, police: PolicePeer
) -> None:
    police.behave(they.drip_body(status=410))
    answer = post(client, police.url)
    assert (answer.outcome, answer.status, answer.error) == (Outcome.REFUSED, 410, "timeout")


@pytest.mark.parametrize(
    ("broken", "status", "error"),
    [
        (they.drop(), None, "reset"),
        (they.close_quietly(), None, "reset"),
        (they.answer_lost(), None, "reset"),
        (they.reset_mid_body(), 200, "reset"),
        (they.says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"), 200, "reset"),
        (they.says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), 200, "reset"),
        (they.says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), 200, "reset"),
        (they.invalid_http(), None, "invalid answer"),
        (they.says(b"HTTP/1.1 abc OK\r\n\r\n"), None, "invalid answer"),
        (they.says(b"HTTP/9.9 200 OK\r\n\r\n"), None, "invalid answer"),
        (they.says(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000), None, "invalid answer"),
        (they.floods(b"X: y\r\n", b"HTTP/1.1 200 OK\r\n"), None, "invalid answer"),
        (they.floods(b"HTTP/1.1 100 Continue\r\n\r\n"), None, "too large"),
        (they.says(b"HTTP/1.1 103 Early Hints\r\n\r\n"), 103, None),
    ],
)
def test_an_answer_that_is_none_is_tried_again(
    client: GuardedClient,
    police: PolicePeer,
    broken: Behaviour,
    status: int | None,
    error: str | None,
) -> None:
    police.behave(broken)
    answer = post(client, police.url)
    assert (answer.outcome, answer.status, answer.error) == (Outcome.UNREACHABLE, status, error)
    police.behave(they.ok())
    assert post(client, police.url).outcome is Outcome.TAKEN
    assert len(police.ids) == 1


def test_a_lost_answer_costs_the_receiver_one_id_twice(
    client: GuardedClient, police: PolicePeer
) -> None:
    police.behave(they.answer_lost(), they.ok())
    assert post(client, police.url).outcome is Outcome.UNREACHABLE
    assert post(client, police.url).outcome is Outcome.TAKEN
    assert (len(police.received), len(police.ids)) == (2, 1)


def test_a_huge_answer_is_taken_and_read_to_64_kib_only(
    client: GuardedClient, police: PolicePeer
) -> None:
    police.behave(they.huge_body())
    answer = post(client, police.url)
    assert (answer.outcome, answer.status) == (Outcome.TAKEN, 200)
    assert answer.body_sha256 == hashlib.sha256(b"a" * 65536).hexdigest()


def test_a_huge_answer_without_end_is_taken(client: GuardedClient, police: PolicePeer) -> None:
    police.behave(they.floods(b"a" * 1000, b"HTTP/1.1 200 OK\r\n\r\n"))
    assert post(client, police.url).outcome is Outcome.TAKEN


def test_a_huge_refusal_is_a_refusal(client: GuardedClient, police: PolicePeer) -> None:
    police.behave(they.huge_body(status=404))
    assert post(client, police.url).outcome is Outcome.REFUSED


def test_a_compressed_answer_is_not_unpacked(client: GuardedClient, police: PolicePeer) -> None:
    police.behave(they.ok(headers={"Content-Encoding": "gzip"}, body=BOMB))
    answer = post(client, police.url)
    assert answer.outcome is Outcome.TAKEN
    assert answer.body_sha256 == hashlib.sha256(BOMB).hexdigest()
    assert police.received[0].headers["accept-encoding"] == "identity"


def test_an_answer_is_never_read_for_its_meaning(client: GuardedClient, police: PolicePeer) -> None:
    police.behave(they.ok(body=b'{"acknowledged": true}'))
    answer = post(client, police.url)
    assert answer.outcome is Outcome.TAKEN
    assert "acknowledged" not in repr(answer)
