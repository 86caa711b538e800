"""What leaves by HTTP, and where it cannot go: each against a real server on loopback."""

import base64
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from adapters.clock import elapsed
from adapters.guard import Guard
from adapters.guarded_http import GuardedClient
from missing_service.domain.delivery import Answer, Outcome
from tests.adapters.outside import (
    DEADLINE,
    LOOPBACK,
    SECRET,
    SLACK,
    AskedGuard,
    a_client,
    a_guard,
    post,
    timed_out,
)
from tests.peers.behaviours import ok, redirect
from tests.peers.police import PolicePeer
from tests.peers.raw import RawPeer, Wire, drips, says_nothing


@pytest.fixture
def client() -> Iterator[GuardedClient]:
    with a_client() as guarded:
        yield guarded


@pytest.fixture
def police() -> Iterator[PolicePeer]:
    with PolicePeer(SECRET) as peer:
        yield peer


def refused(answer: Answer) -> bool:
    return (answer.outcome, answer.error) == (Outcome.REFUSED, "refused destination")


def test_an_attempt_lasts_ten_seconds_unless_told_otherwise() -> None:
    guard = AskedGuard()
    with GuardedClient(guard) as client:
        client.get("https://hook.example/")
    assert 9.5 < guard.asked[0] <= 10


# Where it may go


def test_an_address_that_is_not_allowed_is_never_connected_to(police: PolicePeer) -> None:
    for guard in (Guard(allow_http_loopback=True), Guard(allow_cidrs=LOOPBACK)):
        with GuardedClient(guard, seconds=DEADLINE) as client:
            assert refused(post(client, police.url))
    assert police.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no url",
        "ftp://127.0.0.1/",
        "http://",
        "http://user:pw@127.0.0.1/",
        "https://127.0.0.1/#x",
        "http://127.0.0.1:99999/",
        "http://[::1",
        "\n",
        "http://%00/",
        "http://*.example/",
    ],
)
def test_what_is_no_address_for_us_is_refused_and_raises_nothing(
    client: GuardedClient, url: str
) -> None:
    assert refused(post(client, url))
    assert refused(client.get(url))


def test_a_name_that_answers_good_and_bad_addresses_is_refused(police: PolicePeer) -> None:
    port = police.url.split(":")[2]
    guard = a_guard(["127.0.0.1/32"], resolve=lambda host, port: ["127.0.0.1", "10.0.0.1"])
    with a_client(guard) as client:
        assert refused(post(client, f"http://hook.example:{port}"))
    assert police.connections == 0


def test_the_judged_address_is_visited_under_the_name(police: PolicePeer) -> None:
    asked = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    port = police.url.split(":")[2]
    with a_client(a_guard(resolve=resolve)) as client:
        assert post(client, f"http://hook.example:{port}").outcome is Outcome.TAKEN
    assert asked == ["hook.example"]
    assert police.received[0].headers["host"] == f"hook.example:{port.removesuffix('/hook')}"


def test_the_next_judged_address_is_tried_when_one_refuses(police: PolicePeer) -> None:
    guard = a_guard(resolve=lambda host, port: ["::1", "127.0.0.2", "127.0.0.1"])
    port = police.url.split(":")[2]
    with a_client(guard) as client:
        assert post(client, f"http://hook.example:{port}").outcome is Outcome.TAKEN


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_not_followed(
    client: GuardedClient, police: PolicePeer, status: int
) -> None:
    for to in (police.url, "/hook", "http://169.254.169.254/latest", "http://127.0.0.1/", "junk\\"):
        police.behave(redirect(to, status))
        answer = post(client, police.url)
        assert (answer.outcome, answer.status) == (Outcome.REFUSED, status)
    assert (len(police.attempts), police.gets) == (5, [])


def test_proxies_and_netrc_of_the_environment_are_ignored(
    police: PolicePeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password thief\n")
    netrc.chmod(0o600)
    with RawPeer(says_nothing) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NETRC", str(netrc))
        with a_client() as client:
            assert post(client, police.url).outcome is Outcome.TAKEN
        assert proxy.connections == 0
    assert "authorization" not in police.received[0].headers


def test_a_cookie_is_not_given_back(client: GuardedClient, police: PolicePeer) -> None:
    police.behave(ok(headers={"Set-Cookie": "follow=me; Path=/"}))
    post(client, police.url)
    post(client, police.url)
    assert [message.headers.get("cookie") for message in police.received] == [None, None]


# How long it may take


def test_a_look_up_that_hangs_is_cut_at_the_deadline() -> None:
    release = threading.Event()

    def hang(host: str, port: int) -> Sequence[str]:
        release.wait(5)
        return []

    with a_client(a_guard(resolve=hang)) as client:
        answer = client.get("https://hook.example/")
    release.set()
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "dns")
    assert DEADLINE * 900 < answer.ms < (DEADLINE + SLACK) * 1000


def test_a_name_that_is_unknown_is_unreachable() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    def empty(host: str, port: int) -> Sequence[str]:
        return []

    for resolve in (unknown, empty):
        with a_client(a_guard(resolve=resolve)) as client:
            answer = client.get("https://hook.example/")
        assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "dns")


def test_a_port_where_nobody_listens_is_unreachable(client: GuardedClient) -> None:
    answer = client.get("http://127.0.0.1:1/")
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "connect")


@pytest.mark.parametrize(
    "script",
    [says_nothing, drips(b"\x16\x03\x03\x40\x00" + b"\x02" * 4000)],
    ids=["silent", "dripping"],
)
def test_a_handshake_that_never_ends_is_cut_at_the_deadline(client: GuardedClient, script) -> None:
    with RawPeer(script) as raw:
        assert timed_out(post(client, f"https://127.0.0.1:{raw.port}/"))


def test_the_phases_share_one_deadline() -> None:
    """A server that is slow three times, each time within the deadline, is cut all the same."""

    def slowly(wire: Wire) -> None:
        wire.read_until(b"\r\n\r\n")
        for piece in (b"HTTP/1.1 200 OK\r\n", b"Content-Length: 2\r\n\r\n", b"ok"):
            wire.wait(DEADLINE * 0.7)
            wire.write(piece)

    def slow_name(host: str, port: int) -> Sequence[str]:
        threading.Event().wait(DEADLINE * 0.3)
        return ["127.0.0.1"]

    with a_client(a_guard(resolve=slow_name)) as client, RawPeer(slowly) as raw:
        assert timed_out(client.get(f"http://hook.example:{raw.port}/"))


def test_a_receiver_that_does_not_read_is_cut_at_the_deadline(client: GuardedClient) -> None:
    with RawPeer(says_nothing) as raw:
        answer = client.post(f"http://127.0.0.1:{raw.port}/", b"a" * 20_000_000, {})
        assert timed_out(answer)


def test_one_dead_receiver_does_not_delay_another(police: PolicePeer) -> None:
    with RawPeer(says_nothing) as dead, a_client() as client:
        waiting = threading.Thread(target=client.get, args=(f"http://127.0.0.1:{dead.port}/",))
        waiting.start()
        began = elapsed()
        assert post(client, police.url).outcome is Outcome.TAKEN
        assert elapsed() - began < DEADLINE / 2
        waiting.join()


# Against a server that is not ours


@pytest.mark.parametrize(
    ("date", "theirs"),
    [
        ("Tue, 24 Nov 2026 03:04:05 GMT", datetime(2026, 11, 24, 3, 4, 5, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 03:04:05 +0100", datetime(2026, 11, 24, 2, 4, 5, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 03:04:05", datetime(2026, 11, 24, 3, 4, 5, tzinfo=UTC)),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),  # later than any instant
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_their_clock_is_what_their_date_says_and_nothing_where_it_says_none(
    client: GuardedClient, date: str | None, theirs: datetime | None
) -> None:
    line = "" if date is None else f"Date: {date}\r\n"

    def script(wire: Wire) -> None:
        wire.read_until(b"\r\n\r\n")
        wire.write(f"HTTP/1.1 200 OK\r\n{line}Content-Length: 0\r\n\r\n".encode())

    with RawPeer(script) as peer:
        answer = client.get(f"http://127.0.0.1:{peer.port}/")
    assert (answer.outcome, answer.their_clock) == (Outcome.TAKEN, theirs)


def test_a_server_of_another_make_gets_the_whole_request(
    client: GuardedClient, httpserver: HTTPServer
) -> None:
    body = base64.b64encode(b"k" * 9000)
    expected = httpserver.expect_request("/a", method="POST", query_string="b=c", data=body)
    expected.respond_with_data("fine", status=202)
    httpserver.expect_request("/alive", method="GET").respond_with_data("yes")
    answer = client.post(httpserver.url_for("/a?b=c"), body, {"X-Own": "1"})
    assert (answer.outcome, answer.status) == (Outcome.TAKEN, 202)
    assert client.get(httpserver.url_for("/alive")).status == 200
    assert httpserver.log[0][0].headers["X-Own"] == "1"
