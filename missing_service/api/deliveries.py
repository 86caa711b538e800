"""What the administrator sees of sending, and may do about it."""

from uuid import UUID

from flask import Response

from missing_service.api import schemas_acts as acts
from missing_service.api import schemas_answers as answers
from missing_service.api.callers import Asked
from missing_service.api.calls import JSON, Calls, answer, done
from missing_service.usecases.read_lists import list_queue
from missing_service.usecases.retry_delivery import retry_delivery

CALLS = Calls()


@CALLS.add(
    "POST",
    "/deliveries/<uuid:delivery>/retry",
    "retry",
    takes=acts.Nothing,
    gives=answers.Delivery,
)
def retry(asked: Asked, delivery: UUID, said: JSON) -> Response:  # noqa: ARG001 - nothing is said
    """Try this delivery now; it keeps its id and its bytes."""
    return done(retry_delivery(delivery, actor=asked.actor, service=asked.service, key=asked.key))


@CALLS.add("GET", "/queue", "read queue", gives=answers.Queue)
def show_queue(asked: Asked) -> Response:
    """What each destination has not taken yet, and since when."""
    return answer(list_queue(asked.service))
