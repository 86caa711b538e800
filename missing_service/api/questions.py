"""What police ask in mid-search, and what they are answered."""

from uuid import UUID

from flask import Response

from missing_service.api import schemas_acts as acts
from missing_service.api import schemas_answers as answers
from missing_service.api.callers import Asked
from missing_service.api.calls import JSON, Calls, done
from missing_service.usecases import ask_question as asking

CALLS = Calls()
QUESTIONS = "/episodes/<ref:reference>/questions"


@CALLS.add("POST", QUESTIONS, "ask", takes=acts.Question, gives=answers.Episode)
def ask(asked: Asked, reference: str, said: JSON) -> Response:
    """Police ask a question, or somebody records one that they asked by telephone: the episode's
    owner owes an answer."""
    act = asking.ask_question(
        reference, said, actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add(
    "POST",
    f"{QUESTIONS}/<uuid:question>/answer",
    "answer a question",
    takes=acts.Reply,
    gives=answers.Episode,
)
def reply(asked: Asked, reference: str, question: UUID, said: JSON) -> Response:
    """Answer a question of police; it is sent to them as `episode.question`."""
    act = asking.answer_question(
        reference, question, said, actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)
