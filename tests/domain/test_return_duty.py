"""Coming back, and what was entered by mistake: what is owed, as tables of cases."""

from datetime import timedelta

import pytest

from missing_service.domain import events as e
from missing_service.domain.episode import Act
from missing_service.domain.interview import Interview
from tests.domain.rules import Story

DUTY, REVIEW, UPDATE = "police_acknowledgement", "still_missing_review", "police_update"
HELD, RECORD = "interview_held", "record_with_police"


def returned(story: Story, *, well: bool = True, hours: float = 0) -> None:
    story.happens(
        e.ChildReturned,
        returned_at=story.at - timedelta(hours=hours),
        well_being=well,
        safe_there="YES",
        instead=None,
        content={},
    )


def undone(story: Story, n: int) -> None:
    act = next(a for a in story.all(Act) if a.n == n)
    story.happens(e.ActUndone, act=act.id, act_kind=act.kind, n=n, reason="r")


@pytest.mark.parametrize(
    ("well", "answered", "stays"),
    [
        (True, True, [HELD]),  # nothing but the interview
        (True, False, [HELD, DUTY]),  # found early ends no duty to police
        (False, True, [HELD, UPDATE, REVIEW]),  # back is not yet well
        (False, False, [HELD, DUTY, REVIEW]),
    ],
)
def test_what_a_return_ends_and_opens(well: bool, answered: bool, stays: list[str]):
    story = Story()
    story.reported()
    if answered:
        story.answered()
    returned(story, well=well)
    assert story.open_kinds() == sorted(stays)


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("well", [True, False])
def test_a_return_undone_leaves_all_as_it_was(well: bool, answered: bool):
    story = Story()
    story.reported()
    if answered:
        story.answered()
    before = {o.id: (o.started_at, o.due_at) for o in story.all(type(story.owed(DUTY)))}
    kinds = story.open_kinds()
    returned(story, well=well)
    undone(story, story.n)
    assert story.open_kinds() == kinds
    after = {o.id: (o.started_at, o.due_at) for o in story.all(type(story.owed(DUTY)))}
    assert before.items() <= after.items()
    assert [i.void for i in story.all(Interview)] == [True]
    assert story.episode.state == "MISSING"


def test_a_return_said_again_moves_the_interview_s_clock():
    story = Story()
    story.reported()
    returned(story, well=False, hours=2)
    returned(story, hours=1)
    held = story.owed(HELD)
    assert held.started_at == story.at - timedelta(hours=1)
    assert held.due_at - held.started_at == timedelta(hours=72)
    assert [i.due_at for i in story.all(Interview)] == [held.due_at]


def test_an_interview_s_end_owes_its_outcome_and_each_version_of_its_record_to_police():
    story = Story()
    story.reported()
    story.answered()
    returned(story)
    interview = story.all(Interview)[0].id
    ended = {"interview": interview, "outcome_at": story.at, "content": {}}
    story.happens(e.InterviewEnded, status="HELD", **ended)
    assert story.open_kinds() == []
    for version in (1, 2):  # the second before the first was answered: the same duty moves on
        signed = {"version": version, "record_hash": f"{version}" * 64, "record": {}, "whole": {}}
        story.happens(e.RecordSigned, interview=interview, **signed)
        assert story.queued() == [("interview.record", "met")]
    owed = story.owed(RECORD)
    assert (owed.record_version, owed.record_hash) == (2, "2" * 64)
    assert story.open_kinds() == [RECORD]


def test_whoever_was_told_missing_is_told_found_once():
    story = Story()
    story.reported()
    steps = (
        e.ToldStep(
            step="1",
            due_at=story.at,
            until=None,
            count=1,
            people=("worker@harrow.example", "gone@harrow.example"),
            say="Police have not answered. Ring.",
        ),
    )
    story.happens(
        e.LadderTold,
        obligation=story.owed(DUTY).id,
        steps=steps,
        decided=1,
        repeated_to=None,
        police=False,
        empty_roles=(),
    )
    assert story.queued() == [("people.message", "worker@harrow.example")]
    returned(story)
    assert story.queued() == [
        ("people.message", "worker@harrow.example"),
        ("episode.returned", "met"),
    ]
    returned(story)
    assert story.queued() == [("episode.returned", "met")]
