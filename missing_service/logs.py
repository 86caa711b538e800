"""The log: one JSON line an event on standard error; ids, never what anybody typed."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from secrets import token_hex
from typing import Any, Protocol

import structlog
from flask import Flask, Response, g, request

Line = MutableMapping[str, Any]
UNSAID = ("/healthz", "/readyz", "/metrics")  # machines ask these every few seconds
QUIET = ("apscheduler", "alembic", "waitress.queue")  # they tell of every turn, or of nothing


class Monotonic(Protocol):
    def monotonic(self) -> float:
        """Seconds that never step back."""


def log() -> Any:
    """The logger; the first argument is the event's name, the rest are ids."""
    # Never structlog's own default: it prints the local variables of every frame of an error.
    return structlog.wrap_logger(structlog.WriteLogger(sys.stderr), processors=PROCESSORS)


def begin_log() -> None:
    """From now on what libraries log leaves as JSON lines too."""
    root = logging.getLogger()
    root.handlers[:] = [_Library()]
    root.setLevel(logging.WARNING)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


class _Library(logging.Handler):
    """Lines of libraries: the words of the program, never what was filled into them."""

    def emit(self, record: logging.LogRecord) -> None:
        words = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        entry = {"library": record.name, "words": words, "exc_info": record.exc_info}
        log().log(record.levelno, "library", **entry)


def _without_words(_logger: Any, _method: str, line: Line) -> Line:
    """An error leaves as its type and where it was: its message may repeat what somebody typed."""
    given = line.pop("exc_info", None)
    error = _error(given)
    if error is not None:
        line["error"] = type(error).__name__
        line["where"] = _where(error)
        if error.__cause__ is not None:
            line["cause"] = type(error.__cause__).__name__
    return line


def _error(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return _error(given[1])
    return sys.exception() if given else None


def _where(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def log_requests(app: Flask, clock: Monotonic) -> None:
    """One line an answer: which route, never which child; what a thread knew of the last is
    gone."""

    def begin() -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=token_hex(8))
        g.began = clock.monotonic()

    def end(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else None
        if rule not in UNSAID and "began" in g:
            ms = round((clock.monotonic() - g.began) * 1000)
            said = {"route": rule, "method": request.method, "status": response.status_code}
            log().info("answered", ms=ms, **said)
        return response

    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(lambda _: structlog.contextvars.clear_contextvars())


PROCESSORS = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _without_words,
    structlog.processors.JSONRenderer(),
)
LIBRARIES = {  # for a library that sets up its own log: it shall not
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"lines": {"()": _Library}},
    "root": {"level": "WARNING", "handlers": ["lines"]},
    "loggers": {
        "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
    },
}
