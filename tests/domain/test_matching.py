"""Who a child may be: with why, best first; a suggestion, and nothing is merged."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.fuzz import ratio

from missing_service.domain.episode import ChildCopy
from missing_service.domain.matching import (
    Match,
    Sought,
    born_alike,
    likely_matches,
    match_of,
    name_alike,
    stored_keys,
    wanted_keys,
)
from missing_service.domain.names import parts_of

LIKELY = 50


def a_child(n: int = 1, **said: Any) -> ChildCopy:
    given: dict[str, Any] = {"name": "Sam Okoro", "date_of_birth": "2012-05-01"}
    given |= {"description": None, "case_id": "C-1001", **said}
    return ChildCopy(id=UUID(int=n), stream=UUID(int=n), **given)


def found(sought: Sought, *known: ChildCopy) -> list[Match]:
    return likely_matches(sought, known, alike=ratio, likely=LIKELY)


def reached(sought: Sought, child: ChildCopy) -> bool:
    """Whether the keys by which it is looked for find the child at all."""
    return bool(stored_keys(child) & wanted_keys(sought).keys())


@pytest.mark.parametrize(
    ("name", "known", "why"),
    [
        ("Sam Okoro", "Sam Okoro", "The name is the same."),
        ("SAM OKORÓ", "Sam Okoro", "The name is the same."),
        ("Okoro Sam", "Sam Okoro", "another order"),
        ("Annemarie Lee", "Anne-Marie Lee", "other spaces"),
        ("李 明", "李明", "The name is the same."),
        ("S. Okoro", "Sam Okoro", "an initial"),
        ("Samuel Okoro", "Sam Okoro", "a short form"),
        ("Mohamed Ali", "Muhammad Ali", "a short form"),
        ("Sam Okorro", "Sam Okoro", "spelt alike"),
        ("Okoro, Samuel Chidi", "Sam Okoro", "one has more parts"),
        ("Дарья Ёлкина", "Дарья Елкина", "The name is the same."),
    ],
)
def test_a_name_alone_finds_who_is_called_so(name: str, known: str, why: str):
    sought, child = Sought(name=name), a_child(name=known)
    assert reached(sought, child)
    (match,) = found(sought, child)
    assert any(why in said for said in match.why)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Sam Okoro", "Sam Smith"),
        ("Sam Okoro", "Kim Low"),
        ("Al Li", "Bo Li"),
        ("", "Sam Okoro"),
        ("Sam Okoro", ""),
    ],
)
def test_another_name_alone_finds_nobody(name: str, known: str):
    assert found(Sought(name=name), a_child(name=known)) == []


@pytest.mark.parametrize(
    ("born", "known", "score", "why"),
    [
        ("2012-05-01", "2012-05-01", 100, "the same"),
        ("2012-01-05", "2012-05-01", 85, "swapped"),
        ("2011-05-01", "2012-05-01", 75, "a year apart"),
        ("2010-01-01", "2009-01-01", 75, "a year apart"),
        ("2012-05-01", "2012-05-07", 75, "one digit"),
        ("2012-05-01", "2022-05-01", 75, "one digit"),
        ("2012-05-01", "2013-06-02", 0, "differs."),
        ("0001-01-01", "9999-12-31", 0, "differs."),
        ("2012-02-29", "2011-02-28", 0, "differs."),
    ],
)
def test_dates_of_birth_with_a_slip_of_the_pen(born: str, known: str, score: int, why: str):
    evidence, said = born_alike(born, known)
    assert evidence == score
    assert why in said
    assert (evidence, said) == born_alike(known, born)
    is_near = f"born {known}" in wanted_keys(Sought(date_of_birth=born))
    assert is_near is (score > 0)


@pytest.mark.parametrize(
    ("sought", "best"),
    [
        (Sought(name="Sam Okoro", date_of_birth="2012-05-01"), [1, 3, 2]),
        (Sought(name="Sam Okoro", date_of_birth="2012-01-05"), [1, 3, 2]),
        (Sought(name="Samuel Okoro"), [3, 2, 1]),
        (Sought(case_id="c 77"), [4]),
        (Sought(name="Sam Okoro", case_id="C77"), [4, 3, 2, 1]),
        (Sought(date_of_birth="2012-05-01"), [1]),
        (Sought(), []),
    ],
)
def test_the_best_come_first_and_the_last_recorded_of_equals(sought: Sought, best: list[int]):
    known = [
        a_child(1, case_id=None),
        a_child(2, date_of_birth="2009-09-09", case_id=None),
        a_child(3, date_of_birth=None, case_id=None),
        a_child(4, name="Kim Low", date_of_birth=None, case_id="c-77"),
    ]
    assert [match.child.id.int for match in found(sought, *known)] == best


def test_why_says_what_speaks_against_it_too():
    sought = Sought(name="Sam Okoro", date_of_birth="2001-09-30", case_id="C-2")
    (match,) = found(sought, a_child())
    assert match.why == (
        "The name is the same.",
        "The date of birth differs.",
        "The case id differs.",
    )


def test_a_name_in_another_script_is_not_compared_and_does_not_hide_the_child():
    sought = Sought(name="Li Ming", date_of_birth="2012-05-01")
    (match,) = found(sought, a_child(name="李明"))
    assert "two scripts" in match.why[0]
    assert found(Sought(name="Li Ming"), a_child(name="李明")) == []


def test_a_child_is_found_by_a_name_used_before():
    child = replace(a_child(name="Sam Adeyemi"), former_names=("Sam Okoro",))
    sought = Sought(name="Sam Okoro", date_of_birth="2012-05-01")
    (match,) = found(sought, child)
    assert "a name used before" in match.why[0]
    assert match.score == 100


NAMES = st.text("abcdeé李明Дд '-.", max_size=20)
DATES = st.dates().map(lambda day: day.isoformat())
CHILDREN = st.lists(st.tuples(NAMES, st.none() | DATES, st.none() | NAMES), max_size=8)


def _children(said: Sequence[tuple[str, str | None, str | None]]) -> list[ChildCopy]:
    return [
        a_child(n, name=name, date_of_birth=born, case_id=case)
        for n, (name, born, case) in enumerate(said)
    ]


@given(NAMES, NAMES)
def test_names_are_as_alike_one_way_as_the_other(one: str, other: str):
    a, b = parts_of(one), parts_of(other)
    if a and b:
        score, said = name_alike(a, b, ratio)
        assert (score, said) == name_alike(b, a, ratio)
        assert 0 <= score <= 100


@given(NAMES)
def test_nothing_is_more_alike_than_the_name_itself(name: str):
    if parts := parts_of(name):
        assert name_alike(parts, parts, ratio)[0] == 100


@given(NAMES, DATES, CHILDREN, st.randoms())
def test_the_order_is_the_same_however_the_children_come(name, born, said, random):
    known, sought = _children(said), Sought(name=name, date_of_birth=born)
    mixed = random.sample(known, len(known))
    once = found(sought, *known)
    assert once == found(sought, *mixed)
    assert all(LIKELY <= match.score <= 100 for match in once)
    assert [m.score for m in once] == sorted((m.score for m in once), reverse=True)


@given(NAMES, DATES, CHILDREN)
def test_each_child_is_suggested_as_they_stand_and_none_twice(name, born, said):
    known = _children(said)
    suggested = [match.child for match in found(Sought(name=name, date_of_birth=born), *known)]
    assert all(child in known for child in suggested)
    assert len({child.id for child in suggested}) == len(suggested)


@given(NAMES, st.none() | DATES, CHILDREN)
def test_whoever_the_same_words_name_is_found(name, born, said):
    for child in _children(said):
        sought = Sought(name=child.name, date_of_birth=child.date_of_birth, case_id=child.case_id)
        match = match_of(sought, child, ratio)
        if stored_keys(child):
            assert reached(sought, child)
            assert match.score >= LIKELY


@given(DATES)
def test_what_is_looked_for_is_bounded(born: str):
    sought = Sought(name="a b c d e f g h i j", date_of_birth=born, case_id="x" * 1000)
    assert len(wanted_keys(sought)) < 300
