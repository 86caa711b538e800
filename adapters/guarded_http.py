"""The one client through which anything leaves by HTTP."""

import hashlib
import ssl
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse, IncompleteRead
from io import BytesIO
from typing import Self

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from adapters.clock import elapsed
from adapters.guard import Destination, Guard, NotAllowed, Place, destination
from adapters.pool import Key, Line, Pool
from adapters.sockets import (
    Allowance,
    TooMuch,
    connect,
    secure,
    tls_context,
)
from missing_service.domain.delivery import Answer, Outcome

TEN_SECONDS = 10.0  # in all: look-up, connect, handshake, send, head, body
MOST_READ = 64 * 1024
MOST_RECEIVED = 2 * MOST_READ  # with the head, which else could flood us for the ten seconds
TRY_AGAIN = {408, 425, 429}  # "not now", said with a 4xx
NOT_ALLOWED = "refused destination"
HEADERS = {"User-Agent": "missing-service", "Accept": "*/*", "Accept-Encoding": "identity"}

GONE = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)  # they closed the connection
WORDS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (  # the first that fits
    ((TimeoutError,), "timeout"),
    ((TooMuch,), "too large"),
    ((*GONE, IncompleteRead), ""),  # by the phase it happened in
    ((ssl.SSLError,), "tls"),
    ((HTTPException,), "invalid answer"),
)


class Failed(requests.RequestException):
    """No whole answer came; `word` says why, `response` holds as much of one as there was."""

    def __init__(self, word: str, response: requests.Response | None = None) -> None:
        super().__init__(word, response=response)
        self.word = word


class Stale(Exception):
    """A kept connection went away before a byte of the answer came."""


class GuardedAdapter(BaseAdapter):
    """Carries requests to judged addresses only, within the limits; any Session may mount it.

    Certificates are always verified: `verify`, `cert`, `proxies`, `timeout` of a call do nothing.
    """

    def __init__(self, guard: Guard, *, ca_file: str | None, seconds: float) -> None:
        super().__init__()
        self._guard = guard
        self._context = tls_context(ca_file)
        self._seconds = seconds
        self._pool = Pool()

    def send(
        self, request: requests.PreparedRequest, *_args: object, **_kwargs: object
    ) -> requests.Response:
        """One attempt; raises Failed and nothing else."""
        allowance = Allowance(self._seconds, MOST_RECEIVED)
        wanted, place = self._judge(request.url or "", allowance)
        key = Key(wanted.scheme, wanted.host, wanted.port)
        if kept := self._pool.take(key, place.addresses):
            try:
                return self._ask(kept, wanted.target, request, allowance)
            except Stale:
                # They had let go of it. Had they read it all the same, they would see the same
                # id twice, which receivers must bear anyway. Once only, and on a new connection.
                pass
        return self._ask(self._open(key, place, allowance), wanted.target, request, allowance)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._pool.close()

    def _judge(self, url: str, allowance: Allowance) -> tuple[Destination, Place]:
        try:
            wanted = destination(url)
            return wanted, self._guard.web_place(wanted, seconds=allowance.remaining())
        except NotAllowed as error:
            # A refusal, not "unreachable": time does not heal it, so a person hears at once.
            raise Failed(NOT_ALLOWED) from error
        except (OSError, UnicodeError) as error:
            raise Failed("dns") from error

    def _open(self, key: Key, place: Place, allowance: Allowance) -> Line:
        phase = "connect"
        try:
            plain = connect(place, allowance)
            if key.scheme == "http":
                return Line(key, plain)
            phase = "tls"
            return Line(key, secure(plain, key.host, self._context, allowance))
        except OSError as error:
            raise Failed(word_for(error, phase)) from error

    def _ask(
        self, line: Line, target: str, request: requests.PreparedRequest, allowance: Allowance
    ) -> requests.Response:
        line.limit(allowance)
        reusable = False
        try:
            with _put(line, target, request) as answer:
                response = _read(answer, request)
                reusable = answer.isclosed() and not answer.will_close
        finally:
            (self._pool.give if reusable else Line.close)(line)
        return response


class GuardedClient:
    """Posts and fetches; whatever happens is an Answer, never an error."""

    def __init__(
        self, guard: Guard, *, ca_file: str | None = None, seconds: float = TEN_SECONDS
    ) -> None:
        # No session: it would look for a proxy and a netrc, keep cookies and follow redirects.
        self._adapter = GuardedAdapter(guard, ca_file=ca_file, seconds=seconds)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send these bytes once."""
        return self._attempt("POST", url, body, headers)

    def get(self, url: str) -> Answer:
        """Fetch once; only whether it was answered is kept."""
        return self._attempt("GET", url, None, {})

    def close(self) -> None:
        """Close the connections that are kept."""
        self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _attempt(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        began = elapsed()
        try:
            request = requests.Request(method, url, {**HEADERS, **headers}, data=body).prepare()
            answer = _answer(self._adapter.send(request), None)
        except Failed as failed:
            answer = _answer(failed.response, failed.word)
        except (requests.RequestException, ValueError):  # requests could not even read the address
            answer = _answer(None, NOT_ALLOWED)
        return replace(answer, ms=round((elapsed() - began) * 1000))


def outcome_of(status: int) -> Outcome:
    """What a status means for a delivery."""
    if 200 <= status < 300:
        return Outcome.TAKEN
    if 300 <= status < 500 and status not in TRY_AGAIN:
        return Outcome.REFUSED
    return Outcome.UNREACHABLE


def word_for(error: Exception, otherwise: str) -> str:
    """One of our words for what went wrong on a connection."""
    word = next((word for kinds, word in WORDS if isinstance(error, kinds)), "")
    return word or otherwise


def _put(line: Line, target: str, request: requests.PreparedRequest) -> HTTPResponse:
    """Send the request and read the head of the answer."""
    try:
        line.ask(request.method or "GET", target, request.body, dict(request.headers))
        return line.getresponse()
    except GONE as error:
        if line.used:
            raise Stale from error
        raise Failed("reset") from error
    except (OSError, HTTPException) as error:
        raise Failed(word_for(error, "reset")) from error


def _read(answer: HTTPResponse, request: requests.PreparedRequest) -> requests.Response:
    """Read the body as far as we read any; one that ends too early is a failure with a status."""
    response = requests.Response()
    response.request, response.url = request, request.url or ""
    response.status_code, response.reason = answer.status, answer.reason
    response.headers = CaseInsensitiveDict(answer.headers.items())
    try:
        body = answer.read(MOST_READ)
    except (OSError, HTTPException) as error:
        raise Failed(word_for(error, "reset"), response) from error
    if answer.length and len(body) < MOST_READ:
        raise Failed("reset", response)
    response.raw = BytesIO(body)  # bytes as they came: nothing is unpacked, so nothing can explode
    return response


def _answer(response: requests.Response | None, word: str | None) -> Answer:
    if response is None:
        outcome = Outcome.REFUSED if word == NOT_ALLOWED else Outcome.UNREACHABLE
        return Answer(outcome, ms=0, error=word)
    outcome = outcome_of(response.status_code)
    if word and outcome is Outcome.TAKEN:
        outcome = Outcome.UNREACHABLE  # a 200 that never ends has said nothing
    digest = None if word else hashlib.sha256(response.content).hexdigest()
    theirs = _instant(response.headers.get("Date"))
    return Answer(outcome, 0, response.status_code, word, digest, theirs)


def _instant(date: str | None) -> datetime | None:
    """A `Date` as an instant; nothing where it is none: receivers write what they like."""
    try:
        found = parsedate_to_datetime(date or "")
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
