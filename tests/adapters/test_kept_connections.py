"""Connections kept for the next message: faster, and never the reason that one is lost."""

import threading
from collections.abc import Iterator

import pytest

from adapters.guarded_http import GuardedClient
from missing_service.domain.delivery import Answer, Outcome
from tests.adapters.outside import SECRET, a_client, a_guard, post, timed_out
from tests.peers.behaviours import close_quietly, drop, ok
from tests.peers.police import PolicePeer
from tests.peers.raw import RawPeer, Wire, says_nothing


@pytest.fixture
def client() -> Iterator[GuardedClient]:
    with a_client() as guarded:
        yield guarded


@pytest.fixture
def police() -> Iterator[PolicePeer]:
    with PolicePeer(SECRET) as peer:
        yield peer


def test_a_connection_is_used_again(client: GuardedClient, police: PolicePeer) -> None:
    for _ in range(3):
        assert post(client, police.url).outcome is Outcome.TAKEN
    assert (police.connections, len(police.received)) == (1, 3)


def test_a_kept_connection_that_they_closed_is_no_failure(
    client: GuardedClient, police: PolicePeer
) -> None:
    police.behave(ok(headers={"Connection": "keep-alive"}))
    post(client, police.url)
    police.behave(close_quietly(), ok())
    assert post(client, police.url).outcome is Outcome.TAKEN
    assert (police.connections, len(police.attempts), len(police.received)) == (2, 3, 2)
    assert len(police.ids) == 1


def test_a_kept_connection_is_replaced_once_and_no_more(
    client: GuardedClient, police: PolicePeer
) -> None:
    post(client, police.url)
    police.behave(drop())
    answer = post(client, police.url)
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "reset")
    assert len(police.attempts) == 3


def test_a_new_connection_that_breaks_is_not_tried_again(
    client: GuardedClient, police: PolicePeer
) -> None:
    police.behave(drop())
    assert post(client, police.url).error == "reset"
    assert len(police.attempts) == 1


def test_a_kept_connection_that_hangs_is_not_tried_again(client: GuardedClient) -> None:
    def once(wire: Wire) -> None:
        wire.read_until(b"\r\n\r\n")
        wire.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        says_nothing(wire)

    with RawPeer(once) as raw:
        url = f"http://127.0.0.1:{raw.port}/"
        assert client.get(url).outcome is Outcome.TAKEN
        assert timed_out(client.get(url))
        assert raw.connections == 1


def test_a_connection_that_spoke_out_of_turn_is_not_used_again(client: GuardedClient) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    def talkative(wire: Wire) -> None:
        wire.read_until(b"\r\n\r\n")
        wire.write(answer)
        wire.wait(0.05)
        wire.write(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
        says_nothing(wire)

    with RawPeer(talkative) as raw:
        url = f"http://127.0.0.1:{raw.port}/"
        client.get(url)
        threading.Event().wait(0.15)
        assert client.get(url).outcome is Outcome.TAKEN
        assert raw.connections == 2


def test_a_connection_to_an_address_that_is_no_more_the_name_s_is_not_used(
    police: PolicePeer,
) -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    with a_client(a_guard(resolve=lambda host, port: answers.pop(0))) as client:
        url = f"http://hook.example:{police.url.split(':')[2]}"
        assert post(client, url).outcome is Outcome.TAKEN
        assert post(client, url).error == "connect"


def test_many_threads_share_a_client(police: PolicePeer) -> None:
    answers: list[Answer] = []
    with a_client() as client:
        threads = [
            threading.Thread(target=lambda: answers.append(post(client, police.url)))
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [answer.outcome for answer in answers] == [Outcome.TAKEN] * 20
    assert len(police.received) == 20
