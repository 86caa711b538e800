"""What follows from a report and from each answer of police, as tables of cases."""

from typing import Any

import pytest

from missing_service.domain import events as e
from missing_service.domain.codes import PoliceState
from missing_service.domain.effects import read_effect, stored_effect
from missing_service.domain.episode import Party
from missing_service.domain.obligation import Obligation
from tests.builders import CANARIES
from tests.domain.rules import STREAM, Story

MISSING, AWAY, UNSURE = "MISSING", "AWAY_UNAUTHORISED", "UNSURE"
DUTY, REVIEW, UPDATE = "police_acknowledgement", "still_missing_review", "police_update"
COUNCIL = "police_declined_review"


@pytest.mark.parametrize("category", [MISSING, AWAY, UNSURE])
@pytest.mark.parametrize("danger", ["YES", "NO", "NOT_KNOWN"])
def test_every_report_opens_one_duty_whatever_it_says(category: str, danger: str):
    story = Story()
    story.reported(category=category, danger=danger)
    assert story.open_kinds() == [DUTY, REVIEW]
    assert story.queued() == [("episode.reported", "met")]


@pytest.mark.parametrize(
    ("category", "outcome", "ends", "stays", "police"),
    [
        # a named person's reference ends it; an update is owed next
        (MISSING, "RECORDED_MISSING", True, [UPDATE, REVIEW], PoliceState.ACKNOWLEDGED),
        (AWAY, "RECORDED_MISSING", True, [UPDATE, REVIEW], PoliceState.ACKNOWLEDGED),
        (MISSING, "DUPLICATE_OF", True, [UPDATE, REVIEW], PoliceState.ACKNOWLEDGED),
        # a "no" is never the quiet end: the council reviews it
        (MISSING, "RECORDED_OTHER", True, [COUNCIL, REVIEW], PoliceState.ACKNOWLEDGED),
        (UNSURE, "RECORDED_OTHER", True, [COUNCIL, REVIEW], PoliceState.ACKNOWLEDGED),
        (MISSING, "DECLINED", True, [COUNCIL, REVIEW], PoliceState.DECLINED),
        (AWAY, "DECLINED", True, [COUNCIL, REVIEW], PoliceState.DECLINED),
        # but for a child whose whereabouts are known
        (AWAY, "RECORDED_OTHER", True, [REVIEW], PoliceState.ACKNOWLEDGED),
        # what ends nothing
        (MISSING, "DECLINED", False, [DUTY, REVIEW], PoliceState.UNACKNOWLEDGED),
        (MISSING, "DUPLICATE_OF", False, [DUTY, REVIEW], PoliceState.UNACKNOWLEDGED),
        (MISSING, "WRONG_FORCE", False, [DUTY, REVIEW], PoliceState.UNACKNOWLEDGED),
    ],
)
def test_each_answer_ends_and_opens_what_it_should(category, outcome, ends, stays, police):
    story = Story()
    story.reported(category=category)
    story.answered(outcome, ends=ends)
    assert story.open_kinds() == sorted(stays)
    assert story.episode.police is police


@pytest.mark.parametrize(
    ("before", "to", "answered", "duties"),
    [
        (AWAY, MISSING, True, 2),  # becomes missing: police are asked anew
        (AWAY, UNSURE, True, 2),  # unsure is treated as missing
        (AWAY, MISSING, False, 1),  # asked already
        (MISSING, AWAY, True, 1),  # away asks nothing anew
        (MISSING, UNSURE, True, 1),  # missing already
        (UNSURE, MISSING, True, 1),
    ],
)
def test_a_category_that_becomes_missing_asks_police_anew(before, to, answered, duties):
    story = Story()
    story.reported(category=before)
    if answered:
        story.answered()
    story.happens(e.CategoryChanged, category=to, was=before, from_at=story.at, reason="r")
    assert [o.kind for o in story.all(Obligation)].count(DUTY) == duties


def test_a_wrong_force_freezes_the_first_and_alerts_the_second_with_the_same_duty():
    story = Story()
    story.reported()
    duty = story.owed(DUTY)
    story.answered("WRONG_FORCE", ends=False, force="gmp")
    moved = story.owed(DUTY)
    assert (moved.id, moved.force, moved.due_at) == (duty.id, "gmp", duty.due_at)
    parties = {p.who: (p.owes, p.frozen_at is not None) for p in story.all(Party)}
    assert parties == {"met": (False, True), "gmp": (True, False)}
    story.answered("WRONG_FORCE", ends=False, force="met")  # and back
    parties = {p.who: (p.owes, p.frozen_at is not None) for p in story.all(Party)}
    assert parties == {"met": (True, False), "gmp": (False, True)}
    assert ("episode.reported", "met") in story.queued()


def test_people_s_messages_never_say_who_the_child_is():
    story = Story()
    story.reported(force="gmp", told=("met",))
    told = [*story.bodies()]
    story.answered("WRONG_FORCE", ends=False)
    told += story.bodies()
    story.answered("DECLINED", ends=False)
    told += story.bodies()
    story.answered("WRONG_FORCE", ends=False, force="met")
    told += story.bodies()
    for row, body in told:
        if row.type == "people.message":
            assert not any(word.encode() in body for word in CANARIES)


def test_every_effect_is_read_again_as_it_was_stored():
    story = Story()
    told = [*story.reported(), *story.answered()]
    told += story.happens(
        e.ChildReturned,
        returned_at=story.at,
        well_being=True,
        safe_there="YES",
        instead=None,
        content={},
    )
    for effect in told:
        stored = stored_effect(effect)
        assert stored_effect(read_effect(stored)) == stored


@pytest.mark.parametrize("further", [False, True])
def test_a_grade_in_an_answer_meets_the_update_that_is_due_and_opens_the_next(further: bool):
    story = Story()
    story.reported(category=AWAY)
    story.answered()
    first = story.owed(UPDATE)
    story.passes(minutes=30)
    if not further:
        story.happens(e.CategoryChanged, category=MISSING, was=AWAY, from_at=story.at, reason="r")
    story.answered(risk="HIGH")
    second = story.owed(UPDATE)
    assert story.state.get(Obligation, first.id).discharged_by is not None
    assert second.id != first.id
    assert second.due_at == story.owed(REVIEW).due_at
    assert story.open_kinds() == [UPDATE, REVIEW]


@pytest.mark.parametrize(
    ("first", "further", "is_back", "told"),
    [
        ("RECORDED_MISSING", "DECLINED", False, True),
        ("RECORDED_MISSING", "RECORDED_OTHER", False, True),
        ("DECLINED", "RECORDED_MISSING", False, True),
        ("DECLINED", "RECORDED_OTHER", False, False),  # a "no" either way
        ("RECORDED_MISSING", "DUPLICATE_OF", False, False),  # recorded either way
        ("RECORDED_MISSING", "DECLINED", True, False),  # the child is back and well
    ],
)
def test_people_are_told_where_police_say_the_contrary_of_what_counts(
    first: str, further: str, is_back: bool, told: bool
):
    story = Story()
    story.reported()
    story.answered(first)
    if is_back:
        back: dict[str, Any] = {"safe_there": "YES", "instead": None, "content": {}}
        story.happens(e.ChildReturned, returned_at=story.at, well_being=True, **back)
    story.answered(further)
    assert bool(story.queued()) is told
    assert story.owed("police_acknowledgement").discharged_by == story.state.story(STREAM)[1][1].id
