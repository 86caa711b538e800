"""What the machine of a force may do with a message: take it, refuse it, or worse."""

import socket
import struct
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from threading import Event

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Exchange:
    """One request that was read and verified, and the connection to answer it on."""

    def __init__(
        self, handler: BaseHTTPRequestHandler, stopping: Event, store: Callable[[], None]
    ) -> None:
        self._handler = handler
        self._stopping = stopping
        self.store = store  # keep the message, as a good receiver does before it answers

    @property
    def is_over(self) -> bool:
        return self._stopping.is_set()

    def pause(self, seconds: float) -> None:
        """Wait so long, or until the peer is stopped."""
        self._stopping.wait(seconds)

    def write(self, data: bytes) -> None:
        """Put bytes on the wire as they are."""
        self._handler.wfile.write(data)

    def drip(self, data: bytes, every: float) -> None:
        """The same, a byte at a time."""
        for index in range(len(data)):
            self.write(data[index : index + 1])
            self.pause(every)

    def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """A whole and proper answer; the connection stays open."""
        head = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        self.write("\r\n".join([*head, "", ""]).encode() + body)

    def hang_up(self) -> None:
        """Close the connection after this."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """Tear the connection down with a RST."""
        linger = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.hang_up()


Behaviour = Callable[[Exchange], None]


def ok(
    status: int = 200, headers: Mapping[str, str] | None = None, body: bytes = b"ok"
) -> Behaviour:
    """Keep it, and say so."""

    def act(exchange: Exchange) -> None:
        exchange.store()
        exchange.answer(status, headers or {}, body)

    return act


def slow(seconds: float) -> Behaviour:
    """Keep it, and say so after a while."""

    def act(exchange: Exchange) -> None:
        exchange.store()
        exchange.pause(seconds)
        exchange.answer(200, {}, b"ok")

    return act


def refuse(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"no") -> Behaviour:
    """Answer with this status; keep nothing."""
    return lambda exchange: exchange.answer(status, headers or {}, body)


def redirect(to: str, status: int = 302) -> Behaviour:
    """Point elsewhere; keep nothing."""
    return refuse(status, {"Location": to})


def hang() -> Behaviour:
    """Read the request and never answer."""

    def act(exchange: Exchange) -> None:
        exchange.pause(60)
        exchange.hang_up()

    return act


def drip_headers(every: float = 0.05) -> Behaviour:
    """An answer whose head comes a byte at a time and never ends."""

    def act(exchange: Exchange) -> None:
        exchange.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 4000, every)
        exchange.hang_up()

    return act


def drip_body(every: float = 0.05, status: int = 200) -> Behaviour:
    """An answer whose head comes at once, and its body a byte at a time."""

    def act(exchange: Exchange) -> None:
        exchange.store()
        exchange.write(f"HTTP/1.1 {status} S\r\nContent-Length: 4000\r\n\r\n".encode())
        exchange.drip(b"a" * 4000, every)

    return act


def drop() -> Behaviour:
    """Read the request, keep nothing, reset the connection."""
    return Exchange.reset


def close_quietly() -> Behaviour:
    """Read the request, keep nothing, close the connection in good order."""
    return Exchange.hang_up


def answer_lost() -> Behaviour:
    """Keep the message; the connection breaks before the answer."""

    def act(exchange: Exchange) -> None:
        exchange.store()
        exchange.reset()

    return act


def reset_mid_body() -> Behaviour:
    """Keep it; break the connection in the middle of the answer."""

    def act(exchange: Exchange) -> None:
        exchange.store()
        exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
        exchange.pause(0.05)
        exchange.reset()

    return act


def huge_body(octets: int = 10_000_000, status: int = 200) -> Behaviour:
    """Keep it, and answer with far more than anybody should read."""

    def act(exchange: Exchange) -> None:
        exchange.store()
        exchange.write(f"HTTP/1.1 {status} S\r\nContent-Length: {octets}\r\n\r\n".encode())
        for _ in range(octets // 10_000):
            exchange.write(b"a" * 10_000)

    return act


def says(data: bytes) -> Behaviour:
    """Answer with these very bytes, and close."""

    def act(exchange: Exchange) -> None:
        exchange.write(data)
        exchange.hang_up()

    return act


def invalid_http() -> Behaviour:
    """Answer with what is not HTTP."""
    return says(b"\x16\x03\x01 hello, this is not HTTP\r\n\r\n")


def floods(piece: bytes, opening: bytes = b"") -> Behaviour:
    """The same bytes again and again for as long as anybody listens."""

    def act(exchange: Exchange) -> None:
        exchange.write(opening)
        while not exchange.is_over:
            exchange.write(piece)

    return act
