"""Rows for statistics: they touch, never overlap, and cover the episode, whatever was said when."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missing_service.domain import events as e
from missing_service.domain.category_periods import letter_of, periods_of, touching_periods
from missing_service.domain.codes import Category
from missing_service.domain.episode import Act
from tests.domain.rules import STREAM, Story

START = datetime(2026, 11, 24, 20, tzinfo=UTC)
A, M, UNSURE = "AWAY_UNAUTHORISED", "MISSING", "UNSURE"


def hours(number: float) -> datetime:
    return START + timedelta(hours=number)


@pytest.mark.parametrize(
    ("first", "changes", "until", "rows"),
    [
        (M, [], None, [("M", 0, None)]),
        (UNSURE, [], 3, [("M", 0, 3)]),  # unsure is missing
        (UNSURE, [(1, M)], 3, [("M", 0, 3)]),
        (A, [(1, M)], 3, [("A", 0, 1), ("M", 1, 3)]),
        (A, [(1, M), (2, A)], None, [("A", 0, 1), ("M", 1, 2), ("A", 2, None)]),
        (A, [(-1, M)], 3, [("M", 0, 3)]),  # it never was away
        (A, [(5, M)], 3, [("A", 0, 3)]),  # said of a time when the child was back
        (A, [(2, M), (1, M)], 3, [("A", 0, 1), ("M", 1, 3)]),
        (M, [(2, A), (1, M)], 3, [("M", 0, 3)]),  # what is said last holds from its time on
        (A, [(1, M)], 0, [("A", 0, 0)]),
    ],
)
def test_each_change_begins_a_row(first, changes, until, rows):
    end = None if until is None else hours(until)
    said = [(hours(at), category) for at, category in changes]
    found = touching_periods(first, said, since=START, until=end)
    ends = [(letter, hours(s), None if u is None else hours(u)) for letter, s, u in rows]
    assert [(p.letter, p.since, p.until) for p in found] == ends


words = st.sampled_from([c.value for c in Category])
times = st.integers(-5, 60).map(hours)


@given(words, st.lists(st.tuples(times, words)), st.none() | st.integers(0, 48).map(hours))
def test_rows_never_overlap_and_cover_the_episode(first, changes, until):
    found = touching_periods(first, changes, since=START, until=until)
    assert (found[0].since, found[-1].until) == (START, until)
    assert all(a.until == b.since for a, b in pairwise(found))
    assert all(a.letter != b.letter for a, b in pairwise(found))
    assert all(p.since < p.until for p in found if p.until and until != START)


@given(words, st.lists(st.tuples(times, words), min_size=1))
def test_an_open_episode_is_now_what_was_said_last(first, changes):
    last = touching_periods(first, changes, since=START, until=None)[-1]
    assert last.letter == letter_of(changes[-1][1])


def test_missing_ends_when_found_away_when_back_and_what_was_undone_counts_nowhere():
    story = Story()
    story.reported(category=A)
    since = story.at
    story.passes(hours=1)
    changed = {"was": A, "from_at": story.at, "reason": "r"}
    story.happens(e.CategoryChanged, category=M, **changed)
    story.passes(hours=1)
    story.happens(e.ChildLocated, located_at=story.at, how="SELF", content={})
    story.passes(hours=1)
    back = {"well_being": True, "safe_there": "YES", "instead": None, "content": {}}
    story.happens(e.ChildReturned, returned_at=story.at, **back)
    assert rows(story, since) == [("A", 0, 1), ("M", 1, 2)]
    act = next(a for a in story.all(Act) if a.kind == "episode.category_changed")
    story.happens(e.ActUndone, act=act.id, act_kind=act.kind, n=act.n, reason="r")
    assert rows(story, since) == [("A", 0, 3)]
    content = {"note": None, "authorised_by": None}
    story.happens(e.EpisodeWithdrawn, why="LOGGED_IN_ERROR", content=content)
    assert rows(story, since) == []


def rows(story: Story, since: datetime) -> list[tuple[str, float, float]]:
    found = periods_of(story.episode, story.state.story(STREAM), since=since)
    hour = timedelta(hours=1)
    return [(p.letter, (p.since - since) / hour, (p.until - since) / hour) for p in found]  # type: ignore[operator]
