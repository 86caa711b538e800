"""What was entered by mistake, as tables of cases: what it ended is owed again, once."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from missing_service.domain import events as e
from missing_service.domain.episode import Act, Party
from missing_service.domain.interview import Interview
from missing_service.domain.ladder import decide
from tests.domain.rules import Story

DUTY, REVIEW, UPDATE = "police_acknowledgement", "still_missing_review", "police_update"
DECLINED, HELD, RECORD = "police_declined_review", "interview_held", "record_with_police"
AWAY = "AWAY_UNAUTHORISED"


def undone(story: Story, n: int) -> None:
    act = next(a for a in story.all(Act) if a.n == n)
    story.happens(e.ActUndone, act=act.id, act_kind=act.kind, n=n, reason="r")


def states(story: Story, kind: str) -> list[str]:
    owed = [o for o in story.all(type(story.owed(DUTY))) if o.kind == kind]
    return [o.discharged_as or o.state.value for o in owed]


@pytest.mark.parametrize(
    ("first", "further", "undo", "reviews"),
    [
        ("DECLINED", "DECLINED", "further", ["OPEN"]),  # the first stood all along
        ("DECLINED", "DECLINED", "first", ["OPENED_IN_ERROR", "OPEN"]),
        ("DECLINED", "RECORDED_MISSING", "further", ["OPEN"]),
        ("DECLINED", "RECORDED_MISSING", "first", ["OPENED_IN_ERROR"]),
        ("RECORDED_MISSING", "DECLINED", "first", ["OPEN"]),
    ],
)
def test_what_follows_from_a_further_answer_is_owed_where_it_ends_the_duty_now(
    first: str, further: str, undo: str, reviews: list[str]
):
    story = Story()
    story.reported()
    story.answered(first)
    number = {"first": story.n}
    story.passes(minutes=1)
    story.answered(further)
    number["further"] = story.n
    undone(story, number[undo])
    assert states(story, DUTY) == ["DISCHARGED"]
    assert states(story, DECLINED) == reviews
    undone(story, number["first" if undo == "further" else "further"])
    assert story.open_kinds() == [DUTY, REVIEW]


def becomes(story: Story, category: str, was: str) -> None:
    story.happens(e.CategoryChanged, category=category, was=was, from_at=story.at, reason="r")


def asked_twice() -> Story:
    """Away, acknowledged, and missing after all: the second duty is acknowledged next."""
    story = Story()
    story.reported(category=AWAY)
    story.answered()
    story.passes(minutes=10)
    becomes(story, "MISSING", was=AWAY)
    return story


def test_an_acknowledgement_undone_while_a_later_one_is_asked_for_leaves_the_first_clock_alone():
    story = asked_twice()
    undone(story, 2)
    assert states(story, DUTY) == ["OPEN", "OPENED_IN_ERROR"]
    assert story.open_kinds() == [DUTY, REVIEW]


def test_both_acknowledgements_undone_leave_the_first_clock_alone():
    story = asked_twice()
    story.answered()
    undone(story, 2)
    assert states(story, DUTY) == ["OPEN", "DISCHARGED"]
    undone(story, 4)
    assert states(story, DUTY) == ["OPEN", "OPENED_IN_ERROR"]
    assert story.open_kinds() == [DUTY, REVIEW]
    first = next(o for o in story.all(type(story.owed(DUTY))) if o.kind == DUTY)
    story.answered("DECLINED", obligation=first.id)
    assert story.episode.police == "DECLINED"  # what was opened in error says nothing


def test_the_first_duty_is_asked_of_the_force_that_owes_it_by_then():
    story = asked_twice()
    story.answered("WRONG_FORCE", force="gmp", ends=False)
    undone(story, 2)
    assert [(o.force, o.is_open) for o in story.all(type(story.owed(DUTY))) if o.kind == DUTY] == [
        ("gmp", True),
        ("gmp", False),
    ]


def test_re_routings_are_undone_one_after_the_other_to_the_force_that_had_it_first():
    story = Story()
    story.reported()
    for named in ("gmp", "met"):
        story.passes(minutes=1)
        story.answered("WRONG_FORCE", force=named, ends=False)
    let_go = {2: story.at - timedelta(minutes=1)}
    for number, force, other in ((3, "gmp", "met"), (2, "met", "gmp")):
        story.passes(minutes=1)
        undone(story, number)
        parties = {p.who: (p.owes, p.frozen_at) for p in story.all(Party)}
        assert story.episode.force == story.owed(DUTY).force == force
        assert parties == {
            force: (True, None),
            other: (False, let_go[2] if number == 3 else story.at),
        }


@pytest.mark.parametrize(
    ("grades", "undo", "left"),
    [
        (["HIGH"], 0, "NOT_GRADED"),
        (["HIGH", "LOW"], 1, "HIGH"),  # an earlier answer stands
        (["HIGH", "LOW"], 0, "LOW"),
        (["HIGH", None], 1, "HIGH"),  # it gave none
    ],
)
def test_an_answer_undone_takes_its_grade_with_it(grades: list[str], undo: int, left: str):
    story = Story()
    story.reported()
    for grade in grades:
        story.answered(risk=grade)
    undone(story, 2 + undo)
    assert story.episode.risk == left


@pytest.mark.parametrize("first", [True, False])
def test_a_grade_that_came_as_an_update_stands(first: bool):
    story = Story()
    story.reported()
    update: dict[str, Any] = {
        "topic": "police_risk",
        "risk": "MEDIUM",
        "content": {"level": "MEDIUM"},
    }
    if first:
        story.happens(e.EpisodeUpdated, **update)
    story.answered(risk="HIGH")
    answered = story.n
    if not first:
        story.happens(e.EpisodeUpdated, **update)
    undone(story, answered)
    assert story.episode.risk == "MEDIUM"


def returned(story: Story, at: datetime) -> None:
    said: dict[str, Any] = {"well_being": True, "safe_there": "YES", "instead": None, "content": {}}
    story.happens(e.ChildReturned, returned_at=at, **said)


def test_an_acknowledged_record_undone_is_not_owed_where_a_later_version_replaced_it():
    story = Story()
    story.reported()
    story.answered()
    returned(story, story.at)
    interview = story.all(Interview)[0].id
    ended = {"interview": interview, "outcome_at": story.at, "content": {}}
    story.happens(e.InterviewEnded, status="HELD", **ended)
    answers = []
    for version in (1, 2):
        signed = {"version": version, "record_hash": f"{version}" * 64, "record": {}, "whole": {}}
        story.happens(e.RecordSigned, interview=interview, **signed)
        story.answered(obligation=story.owed(RECORD).id, record_hash=signed["record_hash"])
        answers.append(story.n)
    undone(story, answers[1])
    assert states(story, RECORD) == ["DISCHARGED", "OPEN"]
    undone(story, answers[0])
    assert states(story, RECORD) == ["REPLACED", "OPEN"]


def signed_record(story: Story) -> str:
    """Held and signed: police are sent the record of this hash."""
    interview = story.all(Interview)[-1].id
    ended: dict[str, Any] = {"interview": interview, "outcome_at": story.at, "content": {}}
    story.happens(e.InterviewEnded, status="HELD", **ended)
    signed: dict[str, Any] = {"version": 1, "record_hash": "1" * 64, "record": {}, "whole": {}}
    story.happens(e.RecordSigned, interview=interview, **signed)
    return "1" * 64


@pytest.mark.parametrize("when", ["never", "before", "undone before", "undone after"])
def test_the_record_of_a_voided_interview_is_owed_no_more_and_police_are_told_which(when: str):
    story = Story()
    story.reported()
    story.answered()
    returned(story, story.at)
    back = story.n
    sent = signed_record(story)
    if when != "never":
        story.answered(obligation=story.owed(RECORD).id, record_hash=sent)
    answered = story.n
    if when == "undone before":
        undone(story, answered)
    undone(story, back)
    said = json.loads(story.bodies()[0][1])["data"]["change"]
    assert "opened in error" in said["summary"]
    assert said["fields"] == [{"field": "record_hash", "was": sent, "now": None}]
    if when == "undone after":
        undone(story, answered)
    assert RECORD not in story.open_kinds()
    assert states(story, RECORD) == ["DISCHARGED" if when == "before" else "OPENED_IN_ERROR"]


def test_a_record_stands_where_its_interview_does():
    story = Story()
    story.reported()
    story.answered()
    returned(story, story.at)
    returned(story, story.at)
    signed_record(story)
    undone(story, 3)
    assert states(story, RECORD) == ["OPEN"]
    assert json.loads(story.bodies()[0][1])["data"]["change"]["fields"] == []


def test_an_interview_whose_clock_is_moved_on_tells_again_what_now_lies_in_the_future():
    story = Story()
    story.reported()
    returned(story, story.at - timedelta(days=5))
    ladder = story.book.terms(story.owed(HELD)).ladder
    run = decide(ladder, story.owed(HELD).run, {}, story.at).run
    assert run.decided
    story.happens(
        e.LadderTold,
        obligation=story.owed(HELD).id,
        steps=(),
        decided=run.decided,
        repeated_to=None,
        police=False,
        empty_roles=(),
    )
    returned(story, story.at - timedelta(days=6))
    assert story.owed(HELD).decided == run.decided  # all of it has lapsed by that clock too
    returned(story, story.at)
    assert story.owed(HELD).decided == 0
    assert story.owed(HELD).next_step_at > story.at


@pytest.mark.parametrize("passed_over", [False, True])
def test_a_step_is_told_once_for_an_instant_however_often_the_clock_is_moved(passed_over: bool):
    story = Story()
    story.reported()
    early = story.at - timedelta(days=5)
    returned(story, early)
    owed = story.owed(HELD)
    decision = decide(story.book.terms(owed).ladder, owed.run, {}, story.at)
    whom: dict[str, Any] = {"people": ("worker@harrow.example",), "passed_over": passed_over}
    steps = [
        e.ToldStep(step=str(s.step), due_at=s.due_at, until=None, count=1, say="s", **whom)
        for s in decision.told
    ]
    run = decision.run
    told: dict[str, Any] = {"police": False, "empty_roles": (), "repeated_to": run.repeated_to}
    story.happens(e.LadderTold, obligation=owed.id, steps=tuple(steps), decided=run.decided, **told)
    returned(story, story.at)
    assert story.owed(HELD).decided == 0
    returned(story, early)
    assert story.owed(HELD).decided == (0 if passed_over else run.decided)


@pytest.mark.parametrize(
    ("outcome", "owed"),
    [
        ("RECORDED_MISSING", [UPDATE, REVIEW]),
        ("DUPLICATE_OF", [UPDATE, REVIEW]),
        ("DECLINED", [DECLINED, REVIEW]),
    ],
)
def test_an_update_is_owed_by_police_who_answered_after_a_mistaken_return(
    outcome: str, owed: list[str]
):
    story = Story()
    story.reported()
    returned(story, story.at)
    number = story.n
    story.answered(outcome)
    assert UPDATE not in story.open_kinds()
    undone(story, number)
    assert story.open_kinds() == sorted(owed)


def test_no_update_is_owed_while_an_acknowledgement_is():
    story = asked_twice()
    story.answered()
    undone(story, 2)
    assert story.open_kinds() == [DUTY, REVIEW]
