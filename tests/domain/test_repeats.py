"""Rules 15 and 37: which patterns of going missing prompt a question, and that there is but one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missing_service.domain import events as e
from missing_service.domain.codes import EpisodeState
from missing_service.domain.effects import apply
from missing_service.domain.episode import Act, Episode, TriggerMet
from missing_service.domain.policy import FIRST, PLAN, Trigger
from missing_service.domain.repeats import lengths_met, most_in_a_window, patterns_met
from tests.domain.rules import CHILD, STREAM, Story

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
STRATEGY = "strategy_discussion"


def days_ago(*days: float) -> list[datetime]:
    return [NOON - day * DAY for day in days]


@pytest.mark.parametrize(
    ("others", "within", "most"),
    [
        ([], 30, 1),
        (days_ago(10, 30), 30, 3),  # both ends count
        (days_ago(10, 30 + 1e-6), 30, 2),  # a moment earlier does not
        (days_ago(10, -10), 30, 3),  # a late entry may stand in the middle
        (days_ago(-10, -30), 30, 3),  # or at the beginning
        (days_ago(20, -20), 30, 2),  # two windows, neither of three
        (days_ago(0, 0), 30, 3),  # reported at one instant
        (days_ago(400, 800), None, 3),  # ever
    ],
)
def test_one_window_holds_so_many(others: list[datetime], within: float | None, most: int):
    length = within * DAY if within else None
    assert most_in_a_window(NOON, others, length) == most


HOURS = st.integers(0, 24 * 200)


@given(mine=HOURS, others=st.lists(HOURS, max_size=12), length=st.integers(1, 24 * 100))
def test_windows_agree_with_a_brute_force_count(mine: int, others: list[int], length: int):
    every_start = range(mine - length, mine + 1)
    counted = [sum(a <= o <= a + length for o in others) for a in every_start]
    hour = timedelta(hours=1)
    found = most_in_a_window(NOON + mine * hour, [NOON + o * hour for o in others], length * hour)
    assert found == 1 + max(counted)


THREE = Trigger(name="three_in_30_days", on=True, episodes=3, within=30 * DAY)
TWICE = Trigger(name="two_ever", on=True, episodes=2)
OFF = Trigger(name="off", on=False, episodes=1)
LONG = Trigger(name="over_24_hours", on=True, missing_over=DAY)


def test_several_patterns_are_met_at_once_and_one_that_is_off_never():
    assert patterns_met([THREE, TWICE, OFF, LONG], NOON, days_ago(1, 2)) == [
        "three_in_30_days",
        "two_ever",
    ]
    assert patterns_met([THREE, TWICE], NOON, days_ago(1)) == ["two_ever"]


@pytest.mark.parametrize(
    ("missing_for", "goes_on", "met"),
    [
        (DAY, True, True),  # still missing at 24 h: it will be over it
        (DAY, False, False),  # back after 24 h exactly
        (DAY + SECOND, False, True),
        (DAY - SECOND, True, False),
    ],
)
def test_who_is_missing_for_longer(missing_for: timedelta, goes_on: bool, met: bool):
    assert lengths_met([LONG, THREE], missing_for, goes_on=goes_on) == ["over_24_hours"] * met


def earlier(story: Story, *days: float, state: EpisodeState = EpisodeState.RETURNED) -> None:
    """The child was reported so many days ago too."""
    for n, day in enumerate(days):
        at, stream = story.at - day * DAY, UUID(int=1000 + n)
        story.reported(stream=stream, reference=f"HRW-{n}", reported_at=at)
        story.state.change(story.state.get(Episode, stream), state=state)


def met(story: Story) -> list[str]:
    return sorted(row.rule for row in story.all(TriggerMet))


def test_the_third_report_in_thirty_days_opens_one_question_for_all_patterns():
    story = Story()
    earlier(story, 20, 30)
    story.reported()
    assert met(story) == ["three_in_30_days", "three_in_90_days"]
    question = story.owed(STRATEGY)
    assert {row.question for row in story.all(TriggerMet)} == {question.id}
    assert question.due_at - question.started_at == timedelta(hours=4)
    assert question.review == FIRST
    assert ("episode.reported", "met") in story.queued()  # the alert is never thinned


def test_what_was_withdrawn_does_not_count():
    story = Story()
    earlier(story, 20, 30, state=EpisodeState.WITHDRAWN)
    story.reported()
    assert met(story) == []


def test_a_further_pattern_joins_the_question_that_is_open_in_another_episode():
    story = Story()
    earlier(story, 1, 2)
    story.reported()
    question = story.owed(STRATEGY)
    again = UUID(int=7)
    story.passes(hours=5)
    story.reported(stream=again, reference="HRW-AGAIN")
    joined = story.state.all(TriggerMet, again)
    assert {row.question for row in joined} == {question.id}
    owed = story.state.owed_for(CHILD, question.kind)
    assert [row.id for row in owed if row.is_open] == [question.id]


@pytest.mark.parametrize(("days", "asked"), [(7, PLAN), (7.01, FIRST)])
def test_asked_again_within_seven_days_of_the_answer_it_is_about_the_plan(days: float, asked: str):
    story = Story()
    earlier(story, 1, 2)
    story.reported()
    question = story.owed(STRATEGY)
    story.happens(e.ObligationDecided, obligation=question.id, decision="YES", content={})
    story.passes(days=days)
    again = UUID(int=7)
    story.reported(stream=again, reference="HRW-AGAIN")
    rows = [o for o in story.state.owed_for(CHILD, question.kind) if o.is_open]
    assert [row.review for row in rows] == [asked]


def falls_due(story: Story, hours: float) -> None:
    review = [o for o in story.state.all(type(story.owed(STRATEGY_OR)), STREAM) if o.successor][-1]
    story.at = review.started_at + timedelta(hours=hours)
    story.happens(e.ReviewFellDue, obligation=review.id)


STRATEGY_OR = "still_missing_review"


def test_missing_for_twenty_four_hours_prompts_it_at_that_review_and_once():
    story = Story()
    story.reported()
    for hours in (1, 6):
        falls_due(story, hours)
    assert met(story) == []
    for hours in (24, 48):
        falls_due(story, hours)
    assert met(story) == ["over_24_hours"]


def test_found_before_the_review_it_does_not():
    story = Story()
    story.reported()
    story.passes(hours=23)
    returned(story, story.at)
    falls_due(story, 24)
    assert met(story) == []


def test_entered_late_it_is_seen_when_the_child_is_said_to_be_back():
    story = Story()
    story.reported(reported_at=story.at - 3 * DAY)
    returned(story, story.at - DAY)
    assert met(story) == ["over_24_hours"]
    assert story.owed(STRATEGY).is_open


def returned(story: Story, at: datetime) -> None:
    story.happens(
        e.ChildReturned,
        returned_at=at,
        well_being=True,
        safe_there="YES",
        instead=None,
        content={"to": "home"},
    )


def test_effects_are_stored_and_read_back():
    story = Story()
    earlier(story, 1, 2)
    story.reported()
    for row in story.all(TriggerMet):
        apply(story.state, type(story.effects[0])(row))
    assert met(story) == ["three_in_30_days", "three_in_90_days"]


def undone(story: Story) -> None:
    act = max(story.all(Act), key=lambda a: a.n)
    story.happens(e.ActUndone, act=act.id, act_kind=act.kind, n=act.n, reason="r")


def test_a_question_that_a_mistaken_return_prompted_is_asked_when_it_is_true():
    story = Story()
    story.reported(reported_at=story.at - timedelta(hours=30))
    returned(story, story.at)
    assert STRATEGY in story.open_kinds()
    undone(story)
    assert STRATEGY not in story.open_kinds()
    story.passes(minutes=1)
    returned(story, story.at)
    assert STRATEGY in story.open_kinds()


def test_a_question_that_another_episode_joined_outlives_the_mistake():
    story = Story()
    earlier(story, 40)
    story.reported(reported_at=story.at - timedelta(hours=30))
    returned(story, story.at)
    question = story.owed(STRATEGY).id
    joins = TriggerMet(stream=UUID(int=1000), rule="over_24_hours", at=story.at, question=question)
    story.state.put(joins)
    undone(story)
    assert STRATEGY in story.open_kinds()
