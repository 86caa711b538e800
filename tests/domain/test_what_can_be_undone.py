"""Each kind of act, as a table: whether it can be undone, by whom, and what is owed again then."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from missing_service.domain import events as e
from missing_service.domain.effects import apply
from missing_service.domain.episode import Act
from missing_service.domain.interview import Interview
from missing_service.domain.obligation import StepTold
from missing_service.domain.owing import open_obligation
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.stored import EVENTS
from missing_service.domain.who_was_told import who_was_told
from tests.builders import MET
from tests.domain import directories as d
from tests.domain.rules import STREAM, Story, people_and_forces

DUTY, REVIEW, UPDATE = "police_acknowledgement", "still_missing_review", "police_update"
DECLINED, HELD, RECORD = "police_declined_review", "interview_held", "record_with_police"
QUESTION = "question_answered"
AWAY, MISSING = "AWAY_UNAUTHORISED", "MISSING"
SCHOOL = {"code": "urn-1", "name": "Larkspur School", "kind": "school", "council": "E09000015"}
COUNCIL, WHOSE = "edt or a manager", "edt or a manager; the force that said it"

CAN_BE = {  # and by whom
    "police.answered": WHOSE,
    "obligation.decided": COUNCIL,
    "obligation.taken": WHOSE,
    "told.by_person": COUNCIL,
    "episode.located": WHOSE,
    "episode.returned": WHOSE,
    "episode.closed": WHOSE,
    "episode.category_changed": COUNCIL,
    "interview.outcome": COUNCIL,
    "question.asked": WHOSE,
    "question.answered": WHOSE,
    "episode.withdrawn": COUNCIL,
}
CANNOT_BE = {  # and what mends a mistake instead
    "episode.reported": "withdrawn by a named act that police must acknowledge; it can be undone",
    "episode.linked": "unlinked, with a reason: both stay on record",
    "episode.unlinked": "linked anew",
    "child.recorded": "stands with the report that named the child",
    "child.named": "said anew: an earlier name goes on finding the child",
    "child.profile_kept": "a new version: the old one stays",
    "episode.photo_kept": "another is kept in its place: police are told",
    "episode.updated": "said anew: both are kept, and police are sent what was and is",
    "owner.changed": "changed again: the last counts",
    "police.rung": "a further call: it ended and delayed nothing",
    "interview.allocated": "allocated anew: the last counts",
    "interview.record_signed": "a new version, sent again: the old one stays",
    "act.undone": "the act is entered again, with its true time",
    "directory.changed": "loaded anew",
    "policy.loaded": "loaded anew",
    "delivery.retried": "nothing: it was only tried sooner",
}
BY_THE_SERVICE = {  # facts, not acts of a person
    "ladder.told", "ladder.wound_back", "review.fell_due", "people.told", "attempts.sealed",
    "delivery.failing", "delivery.refused", "delivery.overtaken", "delivery.taken",
    "channel.brought_in", "clock.doubted", "obligation.clock_brought_back",
    "workers.silent", "workers.back", "canary.sent", "self.checked", "drill.answered",
    "patterns.recounted", "drill.unanswered", "handover.shown", "digest.sent", "day_services.asked",
}  # fmt: skip


def test_of_every_kind_it_is_written_down_whether_it_can_be_undone():
    assert {*CAN_BE, *CANNOT_BE, *BY_THE_SERVICE} == set(EVENTS)


def answered(story: Story) -> None:
    story.answered()


def declined(story: Story) -> None:
    story.answered("DECLINED")


def decided(story: Story) -> None:
    declined(story)
    decide(story, "ACCEPT")


def escalated(story: Story) -> None:
    declined(story)
    decide(story, "ESCALATE")


def decide(story: Story, decision: str) -> None:
    owed = story.owed(DECLINED).id
    story.happens(e.ObligationDecided, obligation=owed, decision=decision, content={})


def becomes(story: Story, category: str) -> None:
    was = story.episode.category
    story.happens(e.CategoryChanged, category=category, was=was, from_at=story.at, reason="r")


def missing_after_all(story: Story) -> None:
    becomes(story, AWAY)
    story.answered()
    becomes(story, MISSING)


def away(story: Story) -> None:
    becomes(story, AWAY)


def located(story: Story) -> None:
    story.happens(e.ChildLocated, located_at=story.at, how="SELF", content={})


def returned(story: Story) -> None:
    said: dict[str, Any] = {"well_being": True, "safe_there": "YES", "instead": None}
    story.happens(e.ChildReturned, returned_at=story.at, content={}, **said)


def closed(story: Story) -> None:
    returned(story)
    story.happens(e.EpisodeClosed, reason="r")


def asked(story: Story) -> None:
    said = {"text": "Which exit?", "by": "PC Smith"}
    story.happens(e.QuestionAsked, MET, force="met", by_phone=False, content=said)


def replied(story: Story) -> None:
    asked(story)
    said: dict[str, Any] = {"content": {"text": "North.", "by": "Asha"}}
    duty = story.owed(QUESTION)
    story.happens(e.QuestionAnswered, question=duty.opened_by, obligation=duty.id, **said)


def withdrawn(story: Story) -> None:
    content = {"note": "n", "authorised_by": "Jo Grant"}
    story.happens(e.EpisodeWithdrawn, why="NEVER_MISSING", content=content)


def answered_and_withdrawn(story: Story) -> None:
    story.answered()
    withdrawn(story)


def withdrawn_and_answered(story: Story) -> None:
    withdrawn(story)
    story.answered()


def returned_and_withdrawn(story: Story) -> None:
    returned(story)
    withdrawn(story)


def ended(story: Story, status: str, record_hash: str | None) -> None:
    interview = story.all(Interview)[-1].id
    said: dict[str, Any] = {"outcome_at": story.at, "record_hash": record_hash, "content": {}}
    story.happens(e.InterviewEnded, interview=interview, status=status, **said)


def held(story: Story) -> None:
    returned(story)
    ended(story, "HELD", None)


def not_held(story: Story) -> None:
    returned(story)
    ended(story, "NOT_POSSIBLE", "0" * 64)


def recorded(story: Story) -> None:
    held(story)
    interview = story.all(Interview)[-1].id
    said: dict[str, Any] = {"version": 1, "record_hash": "1" * 64, "record": {}, "whole": {}}
    story.happens(e.RecordSigned, interview=interview, **said)


@pytest.mark.parametrize(
    ("act", "kind", "before", "after"),
    [
        (answered, "police.answered", [UPDATE, REVIEW], [DUTY, REVIEW]),
        (declined, "police.answered", [DECLINED, REVIEW], [DUTY, REVIEW]),
        (escalated, "police.answered", [DECLINED, REVIEW], [DUTY, REVIEW]),
        (decided, "obligation.decided", [REVIEW], [DECLINED, REVIEW]),
        (escalated, "obligation.decided", [DECLINED, REVIEW], [DECLINED, REVIEW]),
        (missing_after_all, "episode.category_changed", [DUTY, UPDATE, REVIEW], [UPDATE, REVIEW]),
        (away, "episode.category_changed", [DUTY, REVIEW], [DUTY, REVIEW]),
        (located, "episode.located", [DUTY, REVIEW], [DUTY, REVIEW]),
        (returned, "episode.returned", [DUTY, HELD], [DUTY, REVIEW]),
        (closed, "episode.closed", [DUTY, HELD], [DUTY, HELD]),
        (closed, "episode.returned", [DUTY, HELD], [DUTY, REVIEW]),
        (withdrawn, "episode.withdrawn", [DUTY], [DUTY, REVIEW]),
        (answered_and_withdrawn, "episode.withdrawn", [DUTY], [UPDATE, REVIEW]),
        (answered_and_withdrawn, "police.answered", [DUTY], [DUTY]),
        (withdrawn_and_answered, "episode.withdrawn", [], [DUTY, REVIEW]),
        (returned_and_withdrawn, "episode.withdrawn", [DUTY], [DUTY, HELD]),
        (returned_and_withdrawn, "episode.returned", [DUTY], [DUTY]),
        (held, "interview.outcome", [DUTY], [DUTY, HELD]),
        (held, "episode.returned", [DUTY], [DUTY, REVIEW]),
        (not_held, "interview.outcome", [DUTY, RECORD], [DUTY, HELD]),
        (recorded, "interview.outcome", [DUTY, RECORD], [DUTY, HELD]),
        (recorded, "episode.returned", [DUTY, RECORD], [DUTY, REVIEW]),
        (asked, "question.asked", [DUTY, QUESTION, REVIEW], [DUTY, REVIEW]),
        (replied, "question.answered", [DUTY, REVIEW], [DUTY, QUESTION, REVIEW]),
        (replied, "question.asked", [DUTY, REVIEW], [DUTY, REVIEW]),
    ],
)
def test_what_is_owed_once_an_act_is_undone(
    act: Callable[[Story], None], kind: str, before: list[str], after: list[str]
):
    story = Story()
    story.reported()
    act(story)
    assert story.open_kinds() == sorted(before)
    undo(story, kind)
    assert story.open_kinds() == sorted(after)
    assert story.queued()[0] == ("episode.updated", "met")  # the correction
    assert kind in CAN_BE


def undo(story: Story, kind: str) -> Act:
    act = max((a for a in story.all(Act) if a.kind == kind), key=lambda a: a.n)
    story.happens(e.ActUndone, act=act.id, act_kind=kind, n=act.n, reason="r")
    return act


def test_what_was_not_done_can_be_done_again_and_a_record_is_owed_with_its_interview():
    story = Story()
    story.reported()
    recorded(story)
    undo(story, "interview.outcome")
    interview = story.all(Interview)[0]
    assert (interview.status, interview.outcome_at) == ("NOT_OFFERED", None)
    ended(story, "HELD", None)
    assert story.open_kinds() == sorted([DUTY, RECORD])
    assert (story.owed(RECORD).record_version, story.owed(RECORD).record_hash) == (1, "1" * 64)
    assert ("interview.record", "met") in story.queued()


@pytest.mark.parametrize("undone", [0, 1])
def test_a_category_is_the_last_that_stands_and_its_duty_with_it(undone: int):
    story = Story()
    story.reported(category=AWAY)
    story.answered()
    for category in (MISSING, AWAY, MISSING):
        becomes(story, category)
    changes = [a for a in story.all(Act) if a.kind == "episode.category_changed"]
    for act in (changes[0], changes[2])[: undone + 1]:
        story.happens(e.ActUndone, act=act.id, act_kind=act.kind, n=act.n, reason="r")
    assert story.episode.category == (AWAY if undone else MISSING)
    assert (DUTY in story.open_kinds()) is (not undone)


@pytest.mark.parametrize(("meanwhile", "asked"), [(False, False), (True, True)])
def test_police_who_answered_of_a_child_wrongly_called_away_are_asked_anew(
    meanwhile: bool, asked: bool
):
    story = Story()
    story.reported()
    if not meanwhile:
        story.answered()
    becomes(story, AWAY)
    if meanwhile:
        story.answered("RECORDED_OTHER")
    undo(story, "episode.category_changed")
    assert story.episode.category == MISSING
    assert (DUTY in story.open_kinds()) is asked


@pytest.mark.parametrize("who", ["urn-1", "larkspur SCHOOL", "the mother"])
def test_a_school_that_was_told_is_owed_it_again_once_that_is_undone(who: str):
    school = (("organisation", "urn-1"), SCHOOL)
    story = Story(directory=d.directory(*people_and_forces(), school))
    story.reported()
    _, report = story.state.story(STREAM)[0]
    owed = open_obligation(
        story.state, report, story.book, Kind.school_told, started_at=story.at, due_at=story.at
    )
    apply(story.state, owed)
    story.happens(e.ToldByPerson, told_at=story.at, content={"who": who, "by": "Asha Patel"})
    is_school = who != "the mother"
    assert ("school_told" in story.open_kinds()) is not is_school
    told = who_was_told(story.state, story.episode, story.directory)[-1]
    assert (told["who"], told["kind"]) == (
        ("Larkspur School", "school") if is_school else (who, "person")
    )
    undo(story, "told.by_person")
    assert "school_told" in story.open_kinds()
    told = who_was_told(story.state, story.episode, story.directory)[-1]
    assert told["kind"] == "force"


@pytest.mark.parametrize("times", [1, 2])
def test_nobody_is_shown_to_have_it_who_said_so_by_mistake(times: int):
    story = Story()
    story.reported()
    whom = ("worker@harrow.example", "manager@harrow.example")
    owed, at = story.owed(DUTY).id, story.at + timedelta(minutes=5)
    step = e.ToldStep(step="1", due_at=at, until=None, count=1, people=whom, say="s")
    told: dict[str, Any] = {"decided": 1, "repeated_to": None, "police": False, "empty_roles": ()}
    story.happens(e.LadderTold, obligation=owed, steps=(step,), **told)
    for person in (*whom, *whom[:1] * (times - 1)):
        story.happens(e.ObligationTaken, obligation=owed, person=person)
    assert set(story.all(StepTold)[0].taken_by) == set(whom)
    acts = [a for a in story.all(Act) if a.kind == "obligation.taken"]
    first = acts[0]
    story.happens(e.ActUndone, act=first.id, act_kind=first.kind, n=first.n, reason="r")
    assert story.all(StepTold)[0].taken_by == (whom[1:] if times == 1 else whom)
    assert story.queued() == []  # police were never told of it
