"""Connections that end when they must, whatever the other side does.

A timeout on a socket is for one read: a server that drips a byte at a time stretches it for ever.
So each socket here carries the allowance of the attempt that uses it, and asks it before every read
and write what is left. No second thread is needed to cut it, so none can cut the wrong one.
"""

import socket
import ssl
from typing import TYPE_CHECKING, cast

from adapters.clock import elapsed
from adapters.guard import Place

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class TooMuch(OSError):
    """The other side sent more than one attempt may read."""


class Allowance:
    """How long one attempt may take in all, and how much it may read; nothing gives any back."""

    def __init__(self, seconds: float, octets: int) -> None:
        self._until = elapsed() + seconds
        self._octets = octets

    def remaining(self) -> float:
        """Seconds left; raises TimeoutError when there are none."""
        left = self._until - elapsed()
        if left <= 0:
            raise TimeoutError("the attempt's time is over")
        return left

    def spend(self, octets: int) -> None:
        """Count what was read; raises TooMuch when it is over the limit."""
        self._octets -= octets
        if self._octets < 0:
            raise TooMuch("the answer is too large")


class LimitedSocket(socket.socket):
    """A plain connection within an allowance."""

    allowance: Allowance

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        self.settimeout(self.allowance.remaining())
        count = super().recv_into(buffer, nbytes, flags)
        self.allowance.spend(count)
        return count

    def sendall(self, data: "ReadableBuffer", flags: int = 0, /) -> None:
        self.settimeout(self.allowance.remaining())  # sendall's timeout is for all of it
        super().sendall(data, flags)


class LimitedTLSSocket(ssl.SSLSocket):
    """A TLS connection within an allowance; its sendall and makefile come down to these three."""

    allowance: Allowance

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(self.allowance.remaining())  # the handshake's timeout is for all of it
        super().do_handshake(block)

    def recv_into(
        self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0
    ) -> int:
        self.settimeout(self.allowance.remaining())
        count = super().recv_into(buffer, nbytes, flags)
        self.allowance.spend(count)
        return count

    def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
        self.settimeout(self.allowance.remaining())
        return super().send(data, flags)


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """Verifies certificate and host name, TLS 1.2 at least; `ca_file` replaces the system's."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = LimitedTLSSocket
    return context


def connect(place: Place, allowance: Allowance) -> LimitedSocket:
    """A connection to the first judged address that takes one; each has its share of the time."""
    failure: OSError = ConnectionError("no address")
    for index, address in enumerate(place.addresses):
        share = allowance.remaining() / (len(place.addresses) - index)
        try:
            return _dial(address, place.port, share, allowance)
        except OSError as error:
            failure = error
    raise failure


def _dial(address: str, port: int, seconds: float, allowance: Allowance) -> LimitedSocket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    dialled = LimitedSocket(family, socket.SOCK_STREAM)
    dialled.allowance = allowance
    try:
        dialled.settimeout(seconds)
        dialled.connect((address, port))
        # Whatever is still written in pieces must not wait for their delayed ACK.
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        dialled.close()
        raise
    return dialled


def secure(
    plain: LimitedSocket, host: str, context: ssl.SSLContext, allowance: Allowance
) -> LimitedTLSSocket:
    """The same connection under TLS, the certificate of `host` proved; closed when that fails."""
    open_one: socket.socket = plain
    try:
        # Wrapping takes the descriptor away from `plain`, so the allowance must be bound to the
        # new socket before it shakes hands; a hung handshake could not be cut otherwise.
        wrapped = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        open_one = limited = cast(LimitedTLSSocket, wrapped)  # made so by tls_context
        limited.allowance = allowance
        limited.do_handshake()
    except BaseException:
        open_one.close()
        raise
    return limited
