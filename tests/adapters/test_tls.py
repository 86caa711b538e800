"""Whom we prove before a byte of a message leaves."""

import ssl
import warnings
from pathlib import Path

import pytest

from adapters.guarded_http import GuardedClient
from missing_service.domain.delivery import Outcome
from tests.adapters.outside import SECRET, a_client, a_guard, post, timed_out
from tests.peers.behaviours import drip_body, ok
from tests.peers.certificates import Authority
from tests.peers.police import PolicePeer


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def trusting(authority: Authority) -> GuardedClient:
    guard = a_guard(resolve=lambda host, port: ["127.0.0.1"])
    return a_client(guard, ca_file=authority.ca_file)


def old_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    """A server that speaks nothing newer than TLS 1.1."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


@pytest.mark.parametrize("host", ["127.0.0.1", "hook.example"])
def test_a_proven_certificate_is_trusted_by_address_and_by_name(
    authority: Authority, host: str
) -> None:
    with (
        PolicePeer(SECRET, tls=authority.server(host), host=host) as police,
        trusting(authority) as client,
    ):
        for _ in range(3):
            assert post(client, police.url).outcome is Outcome.TAKEN
        assert (police.connections, len(police.received)) == (1, 3)
        assert police.received[0].headers["host"] == police.url.split("/")[2]


@pytest.mark.parametrize("fault", ["self-signed", "expired", "other host", "old"])
def test_nothing_is_sent_to_a_server_that_is_not_proven(authority: Authority, fault: str) -> None:
    contexts = {
        "self-signed": lambda: authority.self_signed("127.0.0.1"),
        "expired": lambda: authority.server("127.0.0.1", expired=True),
        "other host": lambda: authority.server("other.example", "127.0.0.2"),
        "old": lambda: old_tls(authority.server("127.0.0.1")),
    }
    with (
        PolicePeer(SECRET, tls=contexts[fault]()) as police,
        trusting(authority) as client,
    ):
        answer = post(client, police.url)
        assert (police.attempts, police.bad_signatures) == ([], 0)
    assert (answer.outcome, answer.status, answer.error) == (Outcome.UNREACHABLE, None, "tls")


def test_an_authority_of_our_own_is_not_trusted_unless_it_is_named(authority: Authority) -> None:
    with PolicePeer(SECRET, tls=authority.server("127.0.0.1")) as police, a_client() as client:
        answer = post(client, police.url)
        assert police.attempts == []
    assert answer.error == "tls"


def test_a_certificate_for_the_address_does_not_prove_the_name(authority: Authority) -> None:
    with (
        PolicePeer(SECRET, tls=authority.server("127.0.0.1"), host="hook.example") as police,
        trusting(authority) as client,
    ):
        assert post(client, police.url).error == "tls"
        assert police.attempts == []


def test_the_environment_cannot_name_an_authority(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, authority.ca_file)
    with PolicePeer(SECRET, tls=authority.server("127.0.0.1")) as police, a_client() as client:
        assert post(client, police.url).error == "tls"


def test_the_deadline_holds_under_tls_too(authority: Authority) -> None:
    with (
        PolicePeer(SECRET, tls=authority.server("127.0.0.1")) as police,
        trusting(authority) as client,
    ):
        police.behave(drip_body(), ok())
        answer = post(client, police.url)
        assert timed_out(answer)
        assert post(client, police.url).outcome is Outcome.TAKEN


def test_plain_http_to_a_tls_port_is_no_answer(authority: Authority, tmp_path: Path) -> None:
    with (
        PolicePeer(SECRET, tls=authority.server("127.0.0.1")) as police,
        trusting(authority) as client,
    ):
        answer = post(client, police.url.replace("https", "http"))
        assert police.attempts == []
    assert answer.outcome is Outcome.UNREACHABLE
