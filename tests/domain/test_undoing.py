"""What was entered by mistake, as tables of cases: what it ended is owed again, once."""

import pytest

from missing_service.domain import events as e
from missing_service.domain.episode import Act
from tests.domain.rules import Story

DUTY, REVIEW, UPDATE = "police_acknowledgement", "still_missing_review", "police_update"
DECLINED = "police_declined_review"
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
