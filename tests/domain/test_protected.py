"""What is protected, by what was said and by what nobody said; who must not be told."""

from datetime import date
from typing import Any

import pytest

from missing_service.domain.protected import (
    Protection,
    first_line,
    protection,
    refusal,
    what_to_say,
)

TODAY = date(2026, 11, 25)
AT_HOME, CARED_FOR = {"looked_after": "NO"}, {"looked_after": "YES"}
FATHER = {"person": "John Quill (father)", "order": "Non-molestation order", "until": "2026-12-01"}
NOTHING: dict[str, Any] = {"address": None, "no_contact": [], "carer_identity": False}


def found(said: dict | None = None, child: dict[str, str] = AT_HOME) -> Protection:
    return protection({"child": child, "details": {"protected": said}}, TODAY)


def test_of_a_looked_after_child_what_is_not_known_is_protected():
    unknown = found(None, CARED_FOR)
    assert (unknown.address, unknown.carer_identity) == (True, True)
    line = "PROTECTED: not known, so treated as protected: address, contact, the carer's identity."
    assert first_line(unknown) == line
    assert "Ask first who must not be told" in what_to_say(unknown)


@pytest.mark.parametrize(
    ("said", "child"), [(None, AT_HOME), (NOTHING, CARED_FOR), (NOTHING, AT_HOME)]
)
def test_nothing_is_protected_where_that_was_said_or_the_child_lives_at_home(said, child: dict):
    assert not found(said, child)
    assert first_line(found(said, child)) == ""


def test_the_first_line_says_what_from_whom_and_until_when():
    said = {"address": {"from": ["uncle"]}, "no_contact": [FATHER], "carer_identity": True}
    assert first_line(found(said)) == (
        "PROTECTED: the address, from uncle; no contact with John Quill (father) "
        "(Non-molestation order until 2026-12-01); the carer's identity."
    )
    assert "from everybody" in first_line(found({"address": {"from": []}, "carer_identity": True}))


@pytest.mark.parametrize(
    ("until", "holds"),
    [
        (None, True),
        ("2026-11-25", True),  # its last day
        ("2026-11-24", False),
        ("2026-11-24T10:00:00Z", False),
        ("when he is 18", True),
    ],
)
def test_an_order_holds_until_its_day_and_what_cannot_be_read_holds_on(until, holds: bool):
    assert bool(found({"no_contact": [FATHER | {"until": until}]}).no_contact) is holds


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("the father", True),
        ("Mr John Quill", True),
        ("JOHN QUILL (FATHER)", True),
        ("uncle", True),
        ("a parent", True),  # which?
        ("the mother", False),
        ("Ruth Quill (mother)", False),
        ("", False),
    ],
)
def test_a_person_on_the_list_is_refused_however_they_are_called(who: str, refused: bool):
    listed = found({"address": {"from": ["uncle", None]}, "no_contact": [FATHER, None]})
    assert bool(refusal(who, listed)) is refused


def test_an_address_protected_from_nobody_named_is_protected_from_everybody():
    assert "from everybody" in first_line(found({"address": {}}))


def test_a_list_of_nobody_refuses_nobody():
    assert refusal("a parent", found(NOTHING)) == ""
    assert refusal("father", found({"no_contact": [{"order": "No contact"}]})) == ""


def test_what_may_be_said_leaves_out_what_is_protected():
    text = what_to_say(found({"address": {"from": ["uncle"]}, "no_contact": [FATHER]}))
    assert "where the child lives" in text
    assert "who cares for the child" not in text
    assert "Do not tell: John Quill (father)" in text
    assert "where the child lives" not in what_to_say(found(NOTHING))
