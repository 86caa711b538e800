"""The only map from what was refused to HTTP: problem+json (RFC 9457), without what was sent."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from missing_service.api.strict_json import Unreadable
from missing_service.domain import errors as e
from missing_service.ports import StoreBusy, StoreUnavailable

ElsewhereError = Callable[[HTTPException], Any]
PROBLEM = "application/problem+json"
API = ("/api/", "/healthz", "/readyz", "/health/", "/metrics")
TITLES = {
    400: "This cannot be read",
    401: "Say who you are",
    403: "Not allowed",
    404: "Not found",
    405: "Not in this way",
    406: "Not in this form",
    409: "It does not fit what stands",
    412: "It was changed meanwhile",
    413: "Too large",
    415: "Not in this form",
    422: "Some of this cannot be taken",
    428: "Say which version you read",
    500: "A fault of ours",
    503: "It cannot be saved now",
}
NOT_FOUND = "There is nothing here under that name."
BY_TELEPHONE = (
    "The service cannot save or show this now. Do not wait for it: ring police yourself, 101, "
    "or 999 if the child is in immediate danger. Note the time, the officer's name and number, "
    "and the reference; report here again later."
)
FAULT = f"Something went wrong here, and may not have been saved. {BY_TELEPHONE}"
UNAUTHENTICATED = "Send Authorization: Bearer TOKEN with a key that is in force."
STATUS: dict[type[Exception], int] = {
    e.NotAllowed: 403,
    e.Invalid: 422,
    e.Conflict: 409,
    e.NotYetFound: 409,
    e.AlreadyOver: 409,
    e.WrongRecord: 409,
    e.StaleEdit: 412,
    e.EditNeedsVersion: 428,
    e.KeyReused: 422,
    e.NotAPhoto: 415,
    e.PhotoTooLarge: 413,
    e.PhotoUnreadable: 422,
    e.PhotoRefused: 422,
    Unreadable: 400,
    StoreBusy: 409,
}
SAID = {
    404: NOT_FOUND,
    405: "This call does not take that method: see Allow.",
    413: "The body is larger than 256 KiB.",
    500: FAULT,
    503: BY_TELEPHONE,
}


class Unauthenticated(Exception):
    """No key in force came with the request."""


class NotThisForm(Exception):
    """The body is not application/json in UTF-8, or it is packed."""


class NoSuchForm(Exception):
    """The answer is not made in the form asked for."""


class TooLarge(Exception):
    """The body is larger than 256 KiB; it was not read."""


def problem(status: int, detail: str, errors: list[tuple[str, str]] | None = None) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "detail": detail,
    }
    if errors is not None:
        body["errors"] = [{"field": field, "message": said} for field, said in errors]
    return Response(orjson.dumps(body), status, content_type=PROBLEM)


def not_found(_: Exception) -> Response:
    """The same bytes for what is another's and for what never was."""
    return problem(404, NOT_FOUND)


def refused(error: Exception) -> Response:
    kind = next(kind for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, e.Invalid):
        return problem(422, "Mend the fields that are named, and send it again.", error.errors)
    if isinstance(error, e.PhotoRefused):
        return problem(STATUS[kind], str(error), error.errors)
    if isinstance(error, e.KeyReused):
        return problem(422, str(error), [("Idempotency-Key", str(error))])
    return problem(STATUS[kind], str(error))


def unavailable(_: Exception) -> Response:
    answer = problem(503, BY_TELEPHONE)
    answer.headers["Retry-After"] = "5"
    return answer


def unauthenticated(_: Exception) -> Response:
    answer = problem(401, UNAUTHENTICATED)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="missing_service"'
    return answer


def _form(error: Exception) -> Response:
    return problem(415, str(error) or "Send application/json in UTF-8, unpacked.")


def _no_form(error: Exception) -> Response:
    return problem(406, str(error))


def _too_large(_: Exception) -> Response:
    return problem(413, SAID[413])


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem(status, SAID.get(status, "The request cannot be answered as it is."))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def is_of_api() -> bool:
    return request.path.startswith(API)


def register_errors(app: Flask, elsewhere: ElsewhereError | None = None) -> None:
    """Answer every refusal under the API's paths; pages have `elsewhere` to say theirs."""

    def http(error: HTTPException) -> Any:
        if is_of_api() or elsewhere is None:
            return _http(error)
        return elsewhere(error)

    app.register_error_handler(HTTPException, http)
    app.register_error_handler(e.NotFound, not_found)
    app.register_error_handler(StoreUnavailable, unavailable)
    app.register_error_handler(Unauthenticated, unauthenticated)
    app.register_error_handler(NotThisForm, _form)
    app.register_error_handler(NoSuchForm, _no_form)
    app.register_error_handler(TooLarge, _too_large)
    for kind in STATUS:
        app.register_error_handler(kind, refused)
