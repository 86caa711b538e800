import threading
from collections.abc import Sequence

import pytest

from adapters.clock import elapsed
from adapters.guard import Guard, NotAllowed, destination
from adapters.lookup import Lookups


def answering(*addresses: str, allow: Sequence[str] = (), http: bool = False) -> Guard:
    """A guard whose name server answers so, whatever it is asked."""
    return Guard(
        allow_cidrs=allow, allow_http_loopback=http, resolve=lambda host, port: list(addresses)
    )


# Each block by an address of it: what it is, or what reaches 127.0.0.1 or 169.254.169.254 by it.
BLOCKED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "169.253.255.255",
    "192.0.1.1",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2001:4860:4860::8888",
    "2a00:1450::1",
    "2606:4700::1111",
]


@pytest.mark.parametrize("address", BLOCKED)
def test_a_blocked_address_is_refused_by_name_and_by_number(address: str) -> None:
    with pytest.raises(NotAllowed):
        answering(address).place("hook.example", 443, seconds=1)
    with pytest.raises(NotAllowed):
        answering().place(address, 443, seconds=1)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_visited(address: str) -> None:
    assert answering(address).place("hook.example", 443, seconds=1).addresses


@pytest.mark.parametrize("address", BLOCKED)
def test_a_listed_range_may_be_visited(address: str) -> None:
    listed = answering(address, allow=["0.0.0.0/0", "::/0"])
    assert listed.place("hook.example", 443, seconds=1).addresses


def test_only_the_listed_range_is_opened() -> None:
    guard = answering("10.1.2.3", allow=["10.1.0.0/16"])
    assert guard.place("hook.example", 443, seconds=1).addresses == ("10.1.2.3",)
    with pytest.raises(NotAllowed):
        guard.place("10.2.0.1", 443, seconds=1)


def test_an_ipv4_address_written_as_ipv6_is_judged_and_visited_as_ipv4() -> None:
    guard = answering("::ffff:10.1.2.3", allow=["10.1.0.0/16"])
    assert guard.place("hook.example", 443, seconds=1).addresses == ("10.1.2.3",)


@pytest.mark.parametrize(
    "answers", [("8.8.8.8", "127.0.0.1"), ("127.0.0.1", "8.8.8.8"), ("8.8.8.8", "::1")]
)
def test_one_bad_answer_spoils_the_name(answers: tuple[str, ...]) -> None:
    with pytest.raises(NotAllowed):
        answering(*answers).place("rebinding.example", 443, seconds=1)


def test_a_name_is_looked_up_once_and_its_answer_kept_with_the_place() -> None:
    """A name that changes its answer between the judgement and the connection gains nothing."""
    asked = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]

    place = Guard(resolve=resolve).place("rebinding.example", 443, seconds=1)
    assert (place.addresses, asked) == (("8.8.8.8",), ["rebinding.example"])


def test_a_name_without_an_address_is_no_refusal() -> None:
    with pytest.raises(OSError, match="no address"):
        answering().place("hook.example", 443, seconds=1)


def test_an_answer_that_is_no_address_is_refused() -> None:
    with pytest.raises(NotAllowed):
        answering("not-an-address").place("hook.example", 443, seconds=1)


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0177.0.0.1", "0x7f.1", "localhost"])
def test_other_spellings_of_loopback_are_judged_by_what_they_come_to(host: str) -> None:
    with pytest.raises((NotAllowed, OSError)):
        Guard().place(host, 443, seconds=2)


def test_plain_http_is_for_loopback_alone_and_only_when_said() -> None:
    plain = destination("http://hook.example/")
    allow = ["127.0.0.0/8", "10.0.0.0/8"]
    assert answering("127.0.0.1", allow=allow, http=True).web_place(plain, seconds=1).loopback
    for guard in (
        answering("127.0.0.1", allow=allow),
        answering("127.0.0.1", http=True),
        answering("10.0.0.1", allow=allow, http=True),
        answering("8.8.8.8", allow=allow, http=True),
        answering("127.0.0.1", "10.0.0.1", allow=allow, http=True),
    ):
        with pytest.raises(NotAllowed):
            guard.web_place(plain, seconds=1)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook.example",
        "//hook.example/",
        "ftp://hook.example/",
        "file:///etc/passwd",
        "gopher://hook.example/",
        "https://",
        "https:///path",
        "https://user@hook.example/",
        "https://user:pw@hook.example/",
        "https://@hook.example/",
        "https://good.example\\@127.0.0.1/",
        "https://hook.example/#fragment",
        "https://hook.example/#",
        "https://hook.example:0/",
        "https://hook.example:99999/",
        "https://hook.example:x/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://hook.example/a b",
        "https://hook.exa\tmple/",
        "https://hook.example/\r\nHost: evil",
        "https://hööks.example/",
        "https://ho%6fk.example/",
        "https://hook.example,evil.example/",
    ],
)
def test_an_address_that_two_readers_could_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        destination(url)


def test_an_ordinary_address_is_taken_apart() -> None:
    taken = destination("https://Hook.Example:8443/a/b?c=d&e=%20")
    assert (taken.scheme, taken.host, taken.port) == ("https", "hook.example", 8443)
    assert taken.target == "/a/b?c=d&e=%20"
    assert destination("https://hook.example").target == "/"
    assert destination("https://hook.example").port == 443
    assert destination("https://[2606:4700::1111]/").host == "2606:4700::1111"


def test_a_look_up_that_hangs_is_left_behind_and_shared() -> None:
    release, asked = threading.Event(), []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        release.wait(5)
        return ["8.8.8.8"]

    lookups = Lookups(resolve)
    began = elapsed()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            lookups.addresses("hook.example", 443, 0.05)
    assert elapsed() - began < 1
    assert asked == ["hook.example"]
    release.set()


def test_a_look_up_is_made_anew_once_the_last_has_ended() -> None:
    asked = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [f"8.8.8.{len(asked)}"]

    lookups = Lookups(resolve)
    assert lookups.addresses("hook.example", 443, 1) == ["8.8.8.1"]
    assert lookups.addresses("hook.example", 443, 1) == ["8.8.8.2"]
