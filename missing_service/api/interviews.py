"""The return home interview, and its written record."""

from uuid import UUID

from flask import Response, request

from missing_service.api import schemas_acts as acts
from missing_service.api import schemas_answers as answers
from missing_service.api import schemas_lists as lists
from missing_service.api.callers import Asked
from missing_service.api.calls import JSON, JSON_TYPE, Calls, answer, done
from missing_service.api.errors import NoSuchForm
from missing_service.api.printable import printable
from missing_service.usecases import hold_interview as holding
from missing_service.usecases import read_interview as reading
from missing_service.usecases.read_cursor import page_of
from missing_service.usecases.read_lists import list_interviews

CALLS = Calls()
FORMS = (JSON_TYPE, "text/html")
INTERVIEW = "/interviews/<uuid:interview>"


@CALLS.add(
    "GET", "/interviews", "read interviews", query=lists.InterviewsAsked, gives=answers.Interviews
)
def show_interviews(asked: Asked, page: JSON) -> Response:
    """Interviews, the first due first."""
    found = list_interviews(
        is_overdue=page["overdue"] == "true",
        page=page_of(page["limit"], page["cursor"]),
        looker=asked.looker,
        service=asked.service,
    )
    return answer(found)


@CALLS.add("GET", INTERVIEW, "read interviews", gives=answers.Interview)
def show_interview(asked: Asked, interview: UUID) -> Response:
    """One interview; police see the part that concerns them."""
    return answer(reading.read_interview(interview, looker=asked.looker, service=asked.service))


@CALLS.add(
    "POST",
    f"{INTERVIEW}/allocation",
    "allocate",
    takes=acts.Allocation,
    gives=answers.Interview,
    status=201,
)
def allocate(asked: Asked, interview: UUID, said: JSON) -> Response:
    """Name who holds it, and why they are independent of the child's care."""
    act = holding.allocate_interview(
        interview, said, actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add(
    "POST",
    f"{INTERVIEW}/outcome",
    "end interview",
    takes=acts.Outcome,
    gives=answers.Interview,
    status=201,
)
def outcome(asked: Asked, interview: UUID, said: JSON) -> Response:
    """Record that it was held, declined, not possible, or decided not."""
    act = holding.end_interview(
        interview, said, actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add(
    "GET", f"{INTERVIEW}/record", "read record", query=lists.VersionAsked, gives=answers.Record
)
def show_record(asked: Asked, interview: UUID, page: JSON) -> Response:
    """The written record: the draft for those who write it, signed versions for police; as
    text/html, the page to print."""
    form = request.accept_mimetypes.best_match(FORMS) if request.accept_mimetypes else JSON_TYPE
    if form is None:
        raise NoSuchForm("The record is served as application/json, and as text/html to print.")
    found = reading.read_record(
        interview, page["version"], looker=asked.looker, service=asked.service
    )
    is_json = form == JSON_TYPE
    response = answer(found.body) if is_json else printable(found.body, found.reference)
    response.vary.add("Accept")
    return _tagged(response, found.etag)


@CALLS.add("PUT", f"{INTERVIEW}/record", "write record", takes=acts.Record, gives=answers.Interview)
def save_record(asked: Asked, interview: UUID, said: JSON) -> Response:
    """Save the draft under the ETag that was read: nobody's text is overwritten."""
    act = holding.save_draft(
        interview,
        said,
        if_match=request.headers.get("If-Match"),
        actor=asked.actor,
        service=asked.service,
    )
    etag = act.body.pop("etag")
    return _tagged(done(act), etag)


@CALLS.add(
    "POST",
    f"{INTERVIEW}/record/signoff",
    "sign off",
    takes=acts.Nothing,
    gives=answers.Interview,
    status=201,
)
def sign_off(asked: Asked, interview: UUID, said: JSON) -> Response:  # noqa: ARG001 - nothing is said
    """Fix the draft as the next version for ever, and send it to police."""
    return done(
        holding.sign_off(interview, actor=asked.actor, service=asked.service, key=asked.key)
    )


def _tagged(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    return response
