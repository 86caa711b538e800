"""What police ask: owed an answer at once, ended by the first, and sent to police either way."""

import json
from typing import Any
from uuid import UUID

import pytest

from missing_service.domain import events as e
from missing_service.domain.asked import questions_view
from missing_service.domain.casefile import read_story
from missing_service.domain.episode import Act
from missing_service.domain.events import Actor
from missing_service.domain.stored import plain
from tests.builders import EDT, MET
from tests.domain import directories as d
from tests.domain.rules import PEOPLE, ROLES, STREAM, Story

QUESTION = "question_answered"


def ask(story: Story, by: Actor = MET, *, by_phone: bool = False) -> UUID:
    said = {"text": "Which exit?", "by": "PC Smith"}
    story.happens(e.QuestionAsked, by, force="met", by_phone=by_phone, content=said)
    return story.owed(QUESTION).opened_by


def reply(story: Story, text: str = "The north one.", by: Actor = EDT) -> None:
    duty = story.owed(QUESTION)
    said = {"text": text, "by": "Asha Patel"}
    story.happens(e.QuestionAnswered, by, question=duty.opened_by, obligation=duty.id, content=said)


def undo(story: Story, kind: str) -> None:
    act = max((a for a in story.all(Act) if a.kind == kind), key=lambda a: a.n)
    story.happens(e.ActUndone, act=act.id, act_kind=kind, n=act.n, reason="r")


def shown(story: Story) -> list[dict[str, Any]]:
    return questions_view(read_story(story.state.story(STREAM)))


def changes(story: Story) -> list[dict[str, Any]]:
    bodies = (json.loads(body) for row, body in story.bodies() if row.type == "episode.question")
    return [body["data"]["change"] for body in bodies]


@pytest.mark.parametrize(
    ("by", "by_phone", "summary"),
    [
        (MET, False, "Police asked a question."),
        (EDT, True, "A question that police asked by telephone, as recorded here."),
    ],
)
def test_a_question_is_owed_from_when_it_was_asked_and_police_see_what_was_recorded(
    by: Actor, by_phone: bool, summary: str
):
    story = Story()
    story.reported()
    story.passes(hours=1)
    question = ask(story, by, by_phone=by_phone)
    duty = story.owed(QUESTION)
    assert (duty.started_at, duty.force) == (story.at, "met")
    assert (duty.due_at - duty.started_at).total_seconds() == 15 * 60
    assert duty.next_step_at == story.at  # who can answer hears of it at once
    now = {"id": str(question), "text": "Which exit?", "by": "PC Smith"}
    field = {"field": "question", "was": None, "now": now}
    assert changes(story) == [{"summary": summary, "fields": [field]}]


def test_the_first_answer_ends_it_a_further_one_is_sent_as_well():
    story = Story()
    story.reported()
    ask(story)
    story.passes(minutes=3)
    reply(story)
    first = story.at
    assert QUESTION not in story.open_kinds()
    assert story.queued() == [("episode.question", "met")]
    story.passes(minutes=9)
    reply(story, "The south one after all.")
    assert changes(story)[0]["fields"][0]["now"]["text"] == "The south one after all."
    (question,) = shown(story)
    assert question["answered_at"] == plain(first)
    assert question["answer"] == "The south one after all."
    assert story.owed(QUESTION).discharged_at == first


def test_an_answer_undone_is_owed_from_its_first_clock_unless_another_stands():
    story = Story()
    story.reported()
    ask(story)
    asked_at = story.at
    story.passes(minutes=3)
    reply(story)
    reply(story, "Or the south one.")
    undo(story, "question.answered")
    assert QUESTION not in story.open_kinds()
    assert shown(story)[0]["answer"] == "The north one."
    undo_all = [a for a in story.all(Act) if a.kind == "question.answered" and a.stands]
    for act in undo_all:
        story.happens(e.ActUndone, act=act.id, act_kind=act.kind, n=act.n, reason="r")
    assert (story.owed(QUESTION).is_open, story.owed(QUESTION).started_at) == (True, asked_at)
    assert (shown(story)[0]["answered_at"], shown(story)[0]["answer"]) == (None, None)


def test_a_question_entered_by_mistake_is_not_owed_again_through_its_answer():
    story = Story()
    story.reported()
    ask(story)
    reply(story)
    undo(story, "question.asked")
    assert shown(story) == []
    undo(story, "question.answered")
    assert QUESTION not in story.open_kinds()
    assert story.owed(QUESTION).discharged_as == "OPENED_IN_ERROR"


def test_a_force_without_a_machine_is_rung_with_the_answer_and_not_with_its_own_question():
    people = [d.person(f"{name}@harrow.example") for name in PEOPLE]
    slots = [d.slot(f"{n}@harrow.example", on=r) for n, r in zip(PEOPLE, ROLES, strict=False)]
    story = Story(directory=d.directory(d.council(), d.force(), *people, *slots))
    story.reported()
    ask(story, EDT, by_phone=True)
    assert story.queued() == []
    reply(story)
    assert story.queued() == [("people.message", "worker@harrow.example")]
    ask(story)
    reply(story, "We found out ourselves.", MET)
    assert story.queued() == []
