"""Where anything may be sent: nobody may point a destination at our own network."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from adapters.lookup import Lookups, Resolve, system_lookup

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Our own table: ipaddress.is_private and is_global say that 100.64.0.1, 64:ff9b::7f00:1 (127.0.0.1
# behind NAT64), 2002:7f00:1:: (the same by 6to4), fec0::1 and multicast may be visited.
BLOCKS = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
    224.0.0.0/4 240.0.0.0/4
    ::/96 ::1/128 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32
    2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""
BLOCKED: tuple[Network, ...] = tuple(ip_network(block) for block in BLOCKS.split())

PORTS = {"https": 443, "http": 80}
READABLE_URL = re.compile(r"[!-~]+")  # urlsplit drops tabs and line ends without a word
READABLE_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")


class NotAllowed(Exception):
    """A destination that our own rules refuse; the message says which rule."""


@dataclass(frozen=True, slots=True)
class Place:
    """A host whose every address was judged; only these may be connected to."""

    host: str
    port: int
    addresses: tuple[str, ...]
    loopback: bool


@dataclass(frozen=True, slots=True)
class Destination:
    """An address of the web, taken apart once; judged and used in this one reading of it."""

    scheme: str
    host: str
    port: int
    target: str


class Guard:
    """Judges destinations; `allow_cidrs` are the private ranges that are listed.

    Plain http is for loopback alone, and only with `allow_http_loopback`, never in production.
    With `stays_here` nothing leaves this host, whatever is listed.
    """

    def __init__(
        self,
        *,
        allow_cidrs: Iterable[str | Network] = (),
        allow_http_loopback: bool = False,
        stays_here: bool = False,
        resolve: Resolve = system_lookup,
    ) -> None:
        self._allowed = tuple(ip_network(str(block)) for block in allow_cidrs)
        self._http = allow_http_loopback
        self._stays_here = stays_here
        self._lookups = Lookups(resolve)

    def place(self, host: str, port: int, *, seconds: float) -> Place:
        """Look the name up once, judge every answer; NotAllowed, or OSError if there is none."""
        answers = [_address(answer) for answer in self._answers(host, port, seconds)]
        if not answers:
            raise OSError("the name has no address")
        # All must pass: who answers now 8.8.8.8 and 127.0.0.1 answers 127.0.0.1 alone in a minute.
        if not all(self.allows(answer) for answer in answers):
            raise NotAllowed("the address is in a range that is not listed")
        loopback = all(answer.is_loopback for answer in answers)
        if self._stays_here and not loopback:
            raise NotAllowed("in training nothing is sent off this host")
        return Place(host, port, tuple(str(answer) for answer in answers), loopback)

    def web_place(self, destination: Destination, *, seconds: float) -> Place:
        """The same for a web address, by its scheme too."""
        if destination.scheme == "http" and not self._http:
            raise NotAllowed("the scheme must be https")
        place = self.place(destination.host, destination.port, seconds=seconds)
        if destination.scheme == "http" and not place.loopback:
            raise NotAllowed("plain http is for loopback alone")
        return place

    def allows(self, address: Address) -> bool:
        """Whether one address may be visited; an IPv4 address written as IPv6 is judged as IPv4."""
        judged = unmapped(address)
        listed = any(judged in block for block in self._allowed)
        return listed or not any(judged in block for block in BLOCKED)

    def _answers(self, host: str, port: int, seconds: float) -> Iterable[str]:
        try:
            return [str(ip_address(host))]
        except ValueError:
            return self._lookups.addresses(host, port, seconds)


def destination(url: str) -> Destination:
    """Take a web address apart; NotAllowed for whatever two readers could read in two ways."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("the address is not a URL") from None
    _refuse_strange(url, parts)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = PORTS[parts.scheme] if port is None else port
    return Destination(parts.scheme, parts.hostname or "", port, target)


def _refuse_strange(url: str, parts: SplitResult) -> None:
    if not READABLE_URL.fullmatch(url) or "\\" in url:
        raise NotAllowed("the address holds a character that no URL has")
    if parts.scheme not in PORTS:
        raise NotAllowed("the scheme must be https")
    if "@" in parts.netloc:
        raise NotAllowed("a user name in the address is not allowed")
    if "#" in url:
        raise NotAllowed("a fragment in the address is not allowed")
    if not READABLE_HOST.fullmatch(parts.hostname or "") or parts.port == 0:
        raise NotAllowed("the host is not a name or an address")


def unmapped(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped one; any other as it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def _address(text: str) -> Address:
    try:
        return unmapped(ip_address(text))
    except ValueError:
        raise NotAllowed("the name server's answer is not an address") from None
