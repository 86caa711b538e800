"""What is protected, by what was said and by what nobody said; who must not be told."""

import json
from datetime import date
from typing import Any

import pytest

from missing_service.domain import events as e
from missing_service.domain.protected import (
    Protection,
    first_line,
    protection,
    refusal,
    what_to_say,
)
from missing_service.web.report_rows import report_rows
from tests.builders import a_report
from tests.domain import directories as d
from tests.domain.rules import Story

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


def summaries(story: Story) -> list[str]:
    return [
        json.loads(body)["data"]["change"]["summary"]
        for row, body in story.bodies()
        if "/cad" in row.channel
    ]


def test_police_read_protected_before_anything_else_but_the_word_correction():
    story = Story()
    child = {"name": "Zebedee Quill", "looked_after": "YES"}
    story.reported(report=a_report(child=child, details={"protected": {"no_contact": [FATHER]}}))
    line = (
        "PROTECTED: no contact with John Quill (father) (Non-molestation order until 2026-12-01); "
        "not known, so treated as protected: address, the carer's identity."
    )
    assert summaries(story) == [f"{line} A child is reported missing."]
    back: dict[str, Any] = {"returned_at": story.at, "safe_there": "YES", "instead": None}
    story.happens(e.ChildReturned, well_being=False, content={}, **back)
    act = next(
        t for _, t in story.state.story(story.episode.stream) if t.KIND == e.ChildReturned.KIND
    )
    story.happens(e.ActUndone, act=act.id, act_kind=act.KIND, n=2, reason="Another child.")
    (said,) = summaries(story)
    assert said.startswith("CORRECTION: ")
    assert said.endswith(line)


def test_a_mailbox_declared_secure_gets_it_as_its_first_line():
    full = d.channel(
        "met", "mailbox", kind="email", url=None, address="m@met.example", content="full"
    )
    story = Story(directory=d.directory(d.council(), d.force(), full))
    story.reported(report=a_report(child={"name": "Zebedee Quill", "looked_after": "YES"}))
    (letter,) = [json.loads(body) for row, body in story.bodies() if row.channel == "met/mailbox"]
    assert letter["text"].startswith("PROTECTED: not known")


def test_the_page_shows_it_first_and_what_nobody_has_said_too():
    said = {"protected": {"no_contact": [FATHER]}}
    report = a_report(child={"name": "Sam", "looked_after": "YES"}, details=said)
    rows = report_rows({"report": report, "child": report["child"]}, d.directory())
    assert [label for label, _, _ in rows[:2]] == ["PROTECTED", "PROTECTED, because not known"]
    assert rows[1][1] == "address, the carer's identity"
