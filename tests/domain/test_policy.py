"""The policy's values: whose hold where, what a review is called, and what is stored of them."""

from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any

import pytest

from missing_service.domain.code_list import Code, CodeList
from missing_service.domain.policy import (
    DayRule,
    Figures,
    Hours,
    Ladder,
    NextDay,
    ObligationKind,
    ObligationPolicy,
    Policy,
    Repeat,
    Step,
    Trigger,
    Waking,
    duration,
    duration_text,
    make_policy,
    policy_from_json,
    policy_to_json,
)

H, D = timedelta(hours=1), timedelta(days=1)
KIND = ObligationKind


def terms(kind: ObligationKind = KIND.still_missing_review, **changes) -> ObligationPolicy:
    ladder = Ladder(
        (Step(None, -24 * H, ("owner",), "Do it.", (("well_being", True),), Hours.WAKING),),
        (
            Repeat(None, time(8), ("owner",), "Do it.", (("review", "48h"),)),
            Repeat(H, None, (), ""),
        ),
        Waking(time(6, 30), time(22)),
    )
    given = {
        "due": None,
        "danger_factor": Fraction(1, 3),
        "reviews": (H, 6 * H),
        "then_every": 30 * D,
    }
    return ObligationPolicy(kind=kind, ladder=ladder, **{**given, **changes})


def policy(**councils) -> Policy:
    moments = {
        name: time(9)
        for name in Figures.__slots__
        if name.split("_")[-1] in ("from", "until", "at")
    }
    figures: dict[str, Any] = dict.fromkeys(Figures.__slots__, H) | moments
    figures |= {"under_age": 14, "likely_match": 60}
    return make_policy(
        {
            KIND.still_missing_review: terms(),
            KIND.school_told: terms(KIND.school_told, due=DayRule(time(9), NextDay.SCHOOL)),
            KIND.interview_held: terms(
                KIND.interview_held, due=72 * H, reviews=(), then_every=None
            ),
        },
        councils,
        (
            Trigger("three", on=True, episodes=3, within=30 * D),
            Trigger("long", False, missing_over=D),
        ),
        {"risk": CodeList("1", (Code("LOW", "Low", ("SMALL",), date(2026, 4, 1)), Code("X", "é")))},
        Figures(**figures),
    )


def test_a_council_s_own_terms_are_obeyed_by_that_council_alone():
    own = terms(reviews=(2 * H,))
    found = policy(E09000015={KIND.still_missing_review: own})
    assert found.obligation(KIND.still_missing_review, "E09000015") == own
    assert found.obligation(KIND.still_missing_review, "E09000005") == terms()
    assert found.obligation(KIND.interview_held, "E09000015").due == 72 * H


def test_a_policy_survives_its_own_text_and_keeps_its_version():
    found = policy(E09000015={KIND.still_missing_review: terms(reviews=(2 * H,))})
    text = policy_to_json(found)
    assert policy_from_json(text) == found
    assert found.version not in text
    assert found.version != policy().version


def test_reviews_go_on_for_ever():
    assert [terms().review_after(number) for number in range(4)] == [
        H,
        6 * H,
        6 * H + 30 * D,
        6 * H + 60 * D,
    ]
    assert [terms().review_name(number) for number in range(3)] == ["1h", "6h", "monthly"]
    assert (
        terms(then_every=None).review_after(2) == 12 * H
    )  # the loader refuses it; it ends nothing even so


def test_danger_multiplies_by_the_factor_and_its_absence_by_one():
    assert (terms().factor(danger=True), terms().factor(danger=False)) == (Fraction(1, 3), 1)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=90), "90s"),  # CONTRACT 4
        (timedelta(minutes=15), "15m"),
        (timedelta(hours=72), "72h"),
        (timedelta(days=4), "4d"),
        (timedelta(hours=-24), "-24h"),
        (timedelta(days=-4), "-4d"),
        (timedelta(), "0m"),
    ],
)
def test_a_duration_is_written_in_one_way(length, text):
    assert duration_text(length) == text
    assert duration(text) == length


@pytest.mark.parametrize(
    ("on", "in_force"),
    [
        (date(2026, 3, 31), False),
        (date(2026, 4, 1), True),
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # its last day was the day before
    ],
)
def test_a_code_is_in_force_from_its_first_day_until_before_its_end(on, in_force):
    code = Code("A", "A", (), date(2026, 4, 1), date(2026, 10, 1))
    assert code.is_in_force(on) is in_force


def test_a_code_without_a_first_day_is_not_in_force():
    assert not Code("CA2004_S16LA", "duty to share").is_in_force(date(2026, 11, 25))  # DOMAIN 1
    assert Code("A", "A", (), date(2026, 4, 1)).is_in_force(date(2099, 1, 1))


def test_a_code_is_found_by_its_name_or_an_alias_of_it():
    codes = CodeList("1", (Code("VERY_LOW", "Very low", ("ABSENT",)), Code("LOW", "Low")))
    assert codes.find("ABSENT") is codes.find("VERY_LOW") is codes.codes[0]
    assert codes.find("NONE") is None
