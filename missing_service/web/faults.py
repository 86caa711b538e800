"""What a page says when it cannot do what was asked: what is wrong, and what to do now."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from missing_service.domain.errors import NotAllowed, NotFound, Refused
from missing_service.ports import StoreBusy, StoreUnavailable
from missing_service.web.desk import ForeignForm, SignInFirst
from missing_service.web.rendering import show
from missing_service.web.signing import ask_to_sign_in, place_to_return_to

BACK = (("/", "Go to your first page"),)
TITLES = {
    404: "There is nothing here",
    405: "This page cannot be used in that way",
    413: "That is too long",
    500: "Something went wrong here",
}
LINES = {
    404: ("There is nothing under that address, or it is not yours to see.",),
    405: ("Go back and use the buttons of the page.",),
    413: ("Go back, shorten what you typed, and send it again. Nothing was saved.",),
    500: ("It may not have been saved. Do not rely on it.",),
}
BY_TELEPHONE = (500, 503)


def said(status: int, title: str, *lines: str) -> Response:
    return show(
        "said.html",
        status=status,
        title=title,
        lines=lines,
        links=BACK,
        script=status in BY_TELEPHONE,
    )


def show_http_fault(error: HTTPException) -> Response:
    """The page for an error of HTTP's own; `register_api` hands it those outside its paths."""
    status = error.code or 500
    lines = LINES.get(status, ("The page was not asked for in a way that can be answered.",))
    answer = said(status, TITLES.get(status, "This cannot be answered"), *lines)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _not_found(_: Exception) -> Response:
    """The same page for what is another's and for what never was."""
    return said(404, TITLES[404], *LINES[404])


def _not_allowed(error: Exception) -> Response:
    return said(403, "This is not yours to do", str(error))


def _refused(error: Exception) -> Response:
    return said(409, "It was not saved", str(error))


def _unavailable(_: Exception) -> Response:
    answer = said(
        503,
        "This page cannot be shown or saved now",
        "The service cannot reach its records. No child’s details are shown, because it cannot "
        "be written down who looked.",
    )
    answer.headers["Retry-After"] = "5"
    return answer


def _foreign(_: Exception) -> Response:
    return said(
        400,
        "This form has expired",
        "Nothing was done. Go back, load the page again, and press the button again.",
    )


def _sign_in_first(_: Exception) -> ResponseReturnValue:
    if request.method == "POST":
        return ask_to_sign_in(status=401)
    return redirect(f"/sign-in{place_to_return_to()}", 303)


def register_faults(pages: Blueprint) -> None:
    pages.register_error_handler(HTTPException, show_http_fault)
    pages.register_error_handler(NotFound, _not_found)
    pages.register_error_handler(NotAllowed, _not_allowed)
    pages.register_error_handler(Refused, _refused)
    pages.register_error_handler(StoreUnavailable, _unavailable)
    pages.register_error_handler(StoreBusy, _unavailable)
    pages.register_error_handler(ForeignForm, _foreign)
    pages.register_error_handler(SignInFirst, _sign_in_first)
