"""Who is told, by when and how much: every rule answers for any child, with a reason where not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missing_service.domain.calendar import Calendar
from missing_service.domain.codes import Answer, ReporterRole
from missing_service.domain.who_is_told import (
    RULES,
    Facts,
    Level,
    When,
    by_when,
    facts_of,
    who_is_told,
)
from tests.builders import a_report
from tests.domain.directories import BARNET, HARROW

COUNCILS = st.sampled_from(["", HARROW, BARNET, "E06000060"])
FORCES = st.sampled_from(["met", "gmp", ""])
WORDS = st.sampled_from(["", "foster care", "children's home", "secure"])
FACTS = st.builds(
    Facts,
    council=st.just(HARROW),
    responsible=COUNCILS,
    host=COUNCILS,
    looked_after=st.sampled_from([answer.value for answer in Answer]),
    placement=WORDS,
    provider=WORDS,
    reporter=st.sampled_from(["", *ReporterRole]),
    organisation=WORDS,
    age=st.none() | st.integers(0, 17),
    known_to_services=st.booleans(),
    uasc=st.booleans(),
    youth_justice=st.booleans(),
    force=FORCES,
    home_force=FORCES,
)
START = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: START + timedelta(minutes=n))
CHRISTMAS = Calendar(frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
CARED_FOR = Facts(council=HARROW, looked_after="YES", responsible=HARROW, force="met")


def needed(facts: Facts) -> set[str]:
    return {row.rule.who for row in who_is_told(facts) if row.needed}


@given(FACTS)
def test_every_rule_answers_for_any_child_and_gives_a_reason_where_it_tells_nobody(facts: Facts):
    rows = who_is_told(facts)
    assert [row.rule for row in rows] == list(RULES)
    assert all(row.needed is not bool(row.why_not) for row in rows)
    assert all(row.rule.source and row.rule.name for row in rows)


@given(FACTS)
def test_police_a_parent_and_the_home_of_a_looked_after_child_are_always_told_now(facts: Facts):
    rows = [row for row in who_is_told(facts) if row.rule.when is When.NOW]
    now = {row.rule.who for row in rows if row.needed}
    assert {"force", "parent"} <= now
    assert (len(now & {"registered_manager", "fostering_agency"}) == 1) is (
        facts.looked_after == "YES"
    )
    assert not now & {"school", "virtual_school", "iro", "social_worker", "home_office"}


@given(st.sampled_from(When), INSTANTS)
def test_nobody_is_told_by_a_time_before_it_was_reported(when: When, at: datetime):
    due = by_when(when, at, CHRISTMAS)
    assert at <= due <= at + timedelta(days=7)


@pytest.mark.parametrize(
    ("other", "gains"),
    [
        ({"host": BARNET}, {"host_council"}),
        ({"host": HARROW}, set()),  # the council that took the report is its host
        ({"responsible": BARNET}, {"responsible_council"}),
        ({"responsible": ""}, {"responsible_council"}),  # looked after, and nobody said by whom
        ({"responsible": BARNET, "host": BARNET}, {"responsible_council"}),
        ({"home_force": "gmp"}, {"home_force"}),
        ({"uasc": True}, {"home_office"}),
        ({"youth_justice": True}, {"youth_justice"}),
    ],
)
def test_what_is_known_of_a_child_adds_who_is_told(other: dict, gains: set[str]):
    assert needed(replace(CARED_FOR, **other)) - needed(CARED_FOR) == gains


def test_a_child_at_home_has_no_reviewing_officer_and_a_baby_no_school():
    at_home = Facts(council=HARROW, looked_after="NO", force="met", age=2)
    assert needed(at_home) == {"force", "parent"}
    assert "social_worker" in needed(replace(at_home, known_to_services=True))


def test_a_foster_carer_has_an_agency_and_a_home_a_manager():
    fostered = replace(CARED_FOR, placement="foster care")
    assert "fostering_agency" in needed(fostered) - needed(CARED_FOR)
    assert "registered_manager" in needed(CARED_FOR) - needed(fostered)


def test_only_police_are_told_all_and_schools_homes_and_parents_least():
    levels = {rule.who: rule.level for rule in RULES}
    full = {who for who, level in levels.items() if level is Level.FULL}
    least = {who for who, level in levels.items() if level is Level.ALLOW_LISTED}
    assert full == {"force", "home_force"}
    assert least == {
        "parent",
        "registered_manager",
        "fostering_agency",
        "school",
        "virtual_school",
    }


@pytest.mark.parametrize(
    ("when", "at", "due"),
    [
        (When.NOW, "2026-12-24T03:00:00+00:00", "2026-12-24T03:00:00+00:00"),
        (When.BEFORE_0900, "2026-12-25T03:00:00+00:00", "2026-12-25T09:00:00+00:00"),
        (When.BEFORE_0900, "2026-06-30T23:40:00+00:00", "2026-07-01T08:00:00+00:00"),
        (When.NEXT_SCHOOL_MORNING, "2026-12-24T22:00:00+00:00", "2026-12-29T09:00:00+00:00"),
        (When.NEXT_WORKING_DAY, "2026-11-25T03:00:00+00:00", "2026-11-25T09:00:00+00:00"),
    ],
)
def test_the_time_is_the_london_morning_that_the_rule_names(when: When, at: str, due: str):
    found = by_when(when, datetime.fromisoformat(at), CHRISTMAS)
    assert found == datetime.fromisoformat(due)


def test_the_facts_are_what_the_report_says():
    said = a_report(
        child={"date_of_birth": "2010-05-01", "looked_after_by": BARNET, "case_id": "4"},
        reporter={"name": "Jo", "role": "SCHOOL", "organisation": "urn-1"},
        details={
            "host_council": "E06000060",
            "flags": ["UASC"],
            "legal": ["Bail with a curfew"],
            "placement": {"type": "Foster care", "provider": "agency-1"},
        },
    )
    at = datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert facts_of(said, council=HARROW, at=at, force="met", home_force="met") == Facts(
        council=HARROW,
        responsible=BARNET,
        host="E06000060",
        looked_after="YES",
        placement="foster care",
        provider="agency-1",
        reporter="SCHOOL",
        organisation="urn-1",
        age=16,
        known_to_services=True,
        uasc=True,
        youth_justice=True,
        force="met",
        home_force="met",
    )


@pytest.mark.parametrize(
    ("child", "age"),
    [({}, None), ({"date_of_birth": "spring"}, None), ({"estimated_age": 7}, 7)],
)
def test_what_cannot_be_read_as_an_age_is_not_known(child: dict, age: int | None):
    at = datetime(2026, 11, 24, 23, tzinfo=UTC)
    found = facts_of({"child": child}, council=HARROW, at=at)
    assert found.age == age
