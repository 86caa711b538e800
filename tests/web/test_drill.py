"""What is drawn of a drill: the word first, and nobody who could be taken for a child."""

import re
from typing import Any

import pytest

from missing_service.usecases.hold_drill import hold_drills, read_drill
from tests.web.browser import text_of
from tests.web.conftest import ASHA, FARIDA, RUTH, Place, an_answer


@pytest.fixture
def drill(place: Place) -> str:
    """The reference of one that was just sent."""
    reference: str = hold_drills(place.application.service)[0]
    return reference


def assert_first(answer: Any) -> None:
    """The word comes before all else, in the title and on the page."""
    html = answer.get_data(as_text=True)
    assert re.search(r"<title>\s*DRILL", html)
    assert re.search(r"<h1>\s*DRILL", html)


@pytest.mark.parametrize("who", [ASHA, FARIDA, RUTH])
def test_its_page_says_drill_first_and_that_nobody_is_missing(place: Place, drill: str, who: str):
    assert_first(place.signed_in(who).open(f"/episodes/{drill}"))
    text = text_of(place.signed_in(who).open(f"/episodes/{drill}"))
    assert "NOBODY IS MISSING" in text
    assert "STILL MISSING" not in text
    assert "What to do now" not in text


def test_it_stands_on_no_desk_and_apart_on_the_police_page(place: Place, edt, drill: str):
    child = place.report(edt)
    for who, path in ((ASHA, "/edt"), (FARIDA, "/managers")):
        text = text_of(place.signed_in(who).open(path))
        assert child in text
        assert drill not in text
    text = text_of(place.signed_in(RUTH).open("/police"))
    assert text.index(child) < text.index("DRILL: nobody is missing") < text.index(drill)
    assert f"DRILL {drill}" in text
    assert "1 alert to answer" in text


def test_without_one_the_police_page_does_not_speak_of_drills(place: Place, edt):
    place.report(edt)
    assert "DRILL" not in text_of(place.signed_in(RUTH).open("/police"))


def test_an_officer_answers_it_on_its_page_and_it_is_over(place: Place, drill: str):
    police, page = place.signed_in(RUTH), f"/episodes/{drill}"
    answer = police.send(f"{page}/answer", an_answer(value="DRILL"), drawn=page)
    assert "DRILL" in text_of(police.follow(answer))
    assert read_drill(drill, place.application.service).answered_by == "PC Ann Lee"
    assert drill not in text_of(police.open("/police"))


def test_what_police_said_by_telephone_is_written_down_under_the_word_drill(
    place: Place, drill: str
):
    assert_first(place.signed_in(ASHA).open(f"/episodes/{drill}/police"))
