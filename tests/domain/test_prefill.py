"""What a new report is offered: the last said of each thing, from when; nothing of a night."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missing_service.domain import events as e
from missing_service.domain.codes import EpisodeState, PoliceState
from missing_service.domain.episode import Episode
from missing_service.domain.events.children import ChildNamed, ProfileKept
from missing_service.domain.prefill import (
    Earlier,
    Fact,
    carried_over,
    kept_profile,
    offered,
    profile_doubts,
    report_after,
)
from tests.builders import EDT, HARROW

START = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
CHILD, ONE, TWO = UUID(int=1), UUID(int=2), UUID(int=3)


def head(stream: UUID, day: int) -> dict[str, Any]:
    return {
        "id": UUID(int=100 + day),
        "stream": stream,
        "at": START + timedelta(days=day),
        "by": EDT,
    }


def profiles(*kept: tuple[int, Mapping[str, Any]]) -> list[tuple[int, e.Event]]:
    return [
        (n, ProfileKept(**head(CHILD, day), version=n, profile=said))
        for n, (day, said) in enumerate(kept, 1)
    ]


def episode(reference: str, stream: UUID, *said: tuple[int, Mapping[str, Any]]) -> Earlier:
    """A report and what was said in it later, each on a day."""
    (day, report), *later = said
    row = Episode(
        id=stream,
        stream=stream,
        reference=reference,
        child=CHILD,
        council=HARROW,
        category="MISSING",
        state=EpisodeState.CLOSED,
        force="met",
        danger="NO",
        under_age=False,
        risk="NOT_GRADED",
        police=PoliceState.ACKNOWLEDGED,
        owner="Asha",
        well_being=True,
        became_aware_at=START,
        reported_at=START,
        recorded_at=START + timedelta(days=day),
    )
    first = e.EpisodeReported(
        **head(stream, day),
        child=CHILD,
        reference=reference,
        council=HARROW,
        category="MISSING",
        force="met",
        told=(),
        danger="NO",
        under_age=False,
        became_aware_at=START,
        reported_at=START,
        owner="Asha",
        report=report,
    )
    rest = [e.EpisodeUpdated(**head(stream, d), topic="details", content=s) for d, s in later]
    return Earlier(row, list(enumerate([first, *rest], 1)))


def told(facts: list[Fact]) -> dict[str, tuple[Any, int, str]]:
    return {f.field: (f.value, (f.said_at - START).days, f.source) for f in facts}


def test_the_last_said_of_each_thing_counts_wherever_it_was_said():
    story = profiles((3, {"medical": "Asthma.", "vehicle": "Bicycle"}))
    first = episode("HRW-1", ONE, (1, {"details": {"medical": "None.", "legal": ["S20"]}}))
    second = episode("HRW-2", TWO, (5, {"details": {"vehicle": "Moped"}}))
    assert told(carried_over(story, [second, first])) == {
        "details.legal": (["S20"], 1, "HRW-1"),
        "details.medical": ("Asthma.", 3, "profile"),
        "details.vehicle": ("Moped", 5, "HRW-2"),
        "questions.missing_before": (
            {"answer": "YES", "note": "The last time was HRW-2."},
            5,
            "HRW-2",
        ),
    }


def test_a_fact_of_a_profile_is_as_old_as_the_version_since_which_it_is_the_same():
    story = profiles(
        (1, {"medical": "Asthma.", "communication": "BSL"}),
        (4, {"medical": "Asthma.", "vehicle": "Bicycle"}),
        (9, {"medical": "Asthma.", "vehicle": "Moped"}),
    )
    assert told(carried_over(story, [])) == {
        "details.medical": ("Asthma.", 1, "profile"),
        "details.vehicle": ("Moped", 9, "profile"),
    }
    assert kept_profile(story) == {"medical": "Asthma.", "vehicle": "Moped"}


def test_what_was_said_later_in_an_episode_counts_and_what_was_taken_back_does_not():
    said = episode(
        "HRW-1",
        ONE,
        (0, {"details": {"placement": {"type": "home", "address": "1 Elm Row"}, "vehicle": "Car"}}),
        (2, {"placement": {"address": "9 Oak Road"}, "vehicle": None}),
    )
    facts = told(carried_over([], [said]))
    assert facts["details.placement"] == ({"type": "home", "address": "9 Oak Road"}, 2, "HRW-1")
    assert "details.vehicle" not in facts


def test_what_is_protected_is_carried_over_thing_by_thing():
    story = profiles((1, {"protected": {"address": {"from": ["father"]}}}))
    said = episode("HRW-1", ONE, (5, {"details": {"protected": {"carer_identity": True}}}))
    facts = told(carried_over(story, [said]))
    assert facts["details.protected.address"][0] == {"from": ["father"]}
    assert facts["details.protected.carer_identity"][0] is True


def test_who_the_child_is_stands_as_it_was_last_put():
    story: list[tuple[int, e.Event]] = [
        (1, e.ChildRecorded(**head(CHILD, 0), council=HARROW, name="Sam Okorro", case_id="C1")),
        (2, ChildNamed(**head(CHILD, 6), name="Sam Okoro")),
    ]
    said = episode("HRW-1", ONE, (0, {"child": {"name": "Sam Okorro", "id": "x"}}))
    facts = told(carried_over(story, [said]))
    assert facts["child.name"] == ("Sam Okoro", 6, "record")
    assert facts["child.case_id"] == ("C1", 0, "record")
    assert "child.id" not in facts


@pytest.mark.parametrize(
    ("day", "today", "question"),
    [
        (0, date(2026, 11, 24), "from 18 Nov, still true?"),
        (0, date(2027, 1, 2), "from 18 Nov 2026, still true?"),
        (-146, date(2026, 11, 24), "from 26 Jun, still true?"),  # 23:30 UTC is the next day there
    ],
)
def test_each_fact_is_a_question(day: int, today: date, question: str):
    fact = Fact("details.medical", "x", START + timedelta(days=day), "profile")
    assert fact.question(today) == question


WORDS = st.text("abc", min_size=1, max_size=3)
NIGHT = (
    "last_seen",
    "concern",
    "done_so_far",
    "immediate_danger",
    "reporter",
    "police_informed",
    "became_aware_at",
    "reported_at",
    "category",
    "council",
)
REPORTS = st.fixed_dictionaries(
    {name: WORDS.map(lambda word: {"place": word}) for name in NIGHT},
    optional={
        "details": st.dictionaries(
            st.sampled_from(["medical", "clothing", "what_works", "legal"]), WORDS
        ),
        "questions": st.dictionaries(
            st.sampled_from(["out_of_character", "self_harm", "hurt_or_harmed"]),
            WORDS.map(lambda word: {"answer": "YES", "note": word}),
        ),
        "child": st.dictionaries(st.sampled_from(["id", "name", "estimated_age"]), WORDS),
    },
)


@given(st.lists(REPORTS, max_size=4))
def test_nothing_of_a_night_is_ever_carried_over(reports):
    before = [
        episode(f"HRW-{n}", UUID(int=50 + n), (n, report)) for n, report in enumerate(reports)
    ]
    report = offered(carried_over([], before))
    assert set(report) <= {"child", "details", "questions"}
    assert set(report.get("child", {})) <= {"name"}
    assert set(report.get("details", {})) <= {"medical", "legal"}
    assert set(report.get("questions", {})) <= {"self_harm", "missing_before"}


@given(st.lists(REPORTS, max_size=4), st.randoms())
def test_it_does_not_matter_in_which_order_the_episodes_come(reports, random):
    before = [
        episode(f"HRW-{n}", UUID(int=50 + n), (n, report)) for n, report in enumerate(reports)
    ]
    mixed = random.sample(before, len(before))
    assert carried_over([], before) == carried_over([], mixed)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (None, None),
        ({}, None),
        ({"curfew": "21:00"}, None),
        ({"grace_minutes": 30}, "Report after 30 minutes."),
        (
            {"curfew": "21:00", "grace_minutes": 30},
            "Report after 30 minutes: home by 21:00, so from 21:30.",
        ),
        (
            {"curfew": "23:50", "grace_minutes": 20},
            "Report after 20 minutes: home by 23:50, so from 00:10.",
        ),
        ({"curfew": "after tea", "grace_minutes": 5}, "Report after 5 minutes (after tea)."),
        ({"curfew": "21:00", "grace_minutes": 2**53}, f"Report after {2**53} minutes (21:00)."),
        ({"curfew": "21:00+01:00", "grace_minutes": 5}, "Report after 5 minutes (21:00+01:00)."),
    ],
)
def test_the_absence_plan_in_a_sentence(plan: Any, said: str | None):
    assert report_after(plan) == said


@pytest.mark.parametrize(
    ("profile", "fields"),
    [
        ({}, []),
        ({"review_on": "2026-11-24"}, []),
        ({"review_on": "2026-11-23"}, ["review_on"]),
        ({"absence_plan": None}, []),
        ({"absence_plan": {"grace_minutes": 0}}, []),
        ({"absence_plan": {"grace_minutes": -1}}, ["absence_plan.grace_minutes"]),
        ({"absence_plan": {"grace_minutes": 1441}}, ["absence_plan.grace_minutes"]),
    ],
)
def test_what_is_doubtful_in_a_profile(profile: Any, fields: list[str]):
    found = profile_doubts(profile, date(2026, 11, 24))
    assert [doubt["field"] for doubt in found] == fields
