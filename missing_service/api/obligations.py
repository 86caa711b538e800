"""What is owed: the overdue list, and what people answer."""

from uuid import UUID

from flask import Response

from missing_service.access.permissions import need_person
from missing_service.api import schemas_acts as acts
from missing_service.api import schemas_answers as answers
from missing_service.api import schemas_lists as lists
from missing_service.api.callers import Asked
from missing_service.api.calls import JSON, Calls, answer, done
from missing_service.ports import ObligationsWanted
from missing_service.usecases import answer_obligation as answering
from missing_service.usecases import decide_obligation
from missing_service.usecases.read_cursor import page_of
from missing_service.usecases.read_lists import list_owed

CALLS = Calls()
OBLIGATION = "/obligations/<uuid:obligation>"


@CALLS.add(
    "GET",
    "/obligations",
    "read obligations",
    query=lists.ObligationsAsked,
    gives=answers.Obligations,
)
def show_obligations(asked: Asked, page: JSON) -> Response:
    """What is owed by or to your organisation, most overdue first."""
    wanted = ObligationsWanted(
        state=page["state"].upper(),
        kind=page["kind"],
        overdue_at=asked.service.clock.now() if page["overdue"] == "true" else None,
    )
    part = page_of(page["limit"], page["cursor"])
    return answer(list_owed(wanted, part, looker=asked.looker, service=asked.service))


@CALLS.add(
    "POST",
    f"{OBLIGATION}/acknowledgement",
    "acknowledge",
    takes=acts.Acknowledgement,
    gives=answers.Episode,
)
def acknowledge(asked: Asked, obligation: UUID, said: JSON) -> Response:
    """A named person at the police answers with a reference; the first answer ends the duty."""
    if said["by_phone"] or asked.actor.role == "edt":
        need_person(asked.actor)
    act = answering.acknowledge(
        obligation, said, actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add(
    "POST", f"{OBLIGATION}/attempts", "record a call", takes=acts.Call, gives=answers.Episode
)
def record_call(asked: Asked, obligation: UUID, said: JSON) -> Response:
    """Record a call to police that brought no reference: it ends and delays nothing."""
    act = answering.record_call(
        obligation, said, actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add("POST", f"{OBLIGATION}/taken", "take", takes=acts.Nothing, gives=answers.Episode)
def take(asked: Asked, obligation: UUID, said: JSON) -> Response:  # noqa: ARG001 - nothing is said
    """*I have it*: by one of those who were told; everybody sees it, and it stops nothing."""
    return done(
        decide_obligation.take(obligation, actor=asked.actor, service=asked.service, key=asked.key)
    )


@CALLS.add("POST", f"{OBLIGATION}/decision", "decide", takes=acts.Decided, gives=answers.Episode)
def decide(asked: Asked, obligation: UUID, said: JSON) -> Response:
    """Record a decision with its reason."""
    act = decide_obligation.decide(
        obligation, said, actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)
