"""Whoever is shown a child's data is written down first; where that fails, nothing is shown."""

import json

import pytest

from missing_service.ports import StoreUnavailable
from tests.web.browser import text_of
from tests.web.conftest import ASHA, FARIDA, RUTH, Place

CHILD = ("Zebedee", "Larkspur", "Jo Grant")


def looks(place: Place) -> list[dict]:
    return [json.loads(bytes(row.leaf)) for row in place.rows("look")]


def test_each_page_with_a_childs_data_is_a_look(everywhere: Place):
    reference = everywhere.report(everywhere.signed_in(ASHA))
    visits = ((ASHA, "/edt"), (RUTH, "/police"), (FARIDA, "/managers"))
    for who, page in (*visits, (RUTH, f"/episodes/{reference}")):
        before = len(looks(everywhere))
        assert CHILD[0] in text_of(everywhere.signed_in(who).open(page))
        [look] = looks(everywhere)[before:]
        assert look["by"][0] == f"person:{who.split('|')[0]}"
        assert len(look["seen"]) == 1


def test_a_page_that_draws_itself_again_is_one_look_for_15_minutes(place: Place, edt):
    page = f"/episodes/{place.report(edt)}?again=1"
    edt.open(page)
    once = len(looks(place))
    for _ in range(10):
        place.clock.advance(seconds=5)
        edt.open(page)
    assert len(looks(place)) == once
    place.clock.advance(minutes=15)
    edt.open(page)
    assert len(looks(place)) == once + 1


@pytest.mark.parametrize("page", ["/edt", "/episodes/{}", "/episodes/{}/police"])
def test_a_look_that_cannot_be_written_shows_no_childs_data(place, edt, monkeypatch, page: str):
    reference = place.report(edt)
    store = place.application.store

    def refuse(function, draw, *, look=False):
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr(store, "write", refuse)
    answer = edt.open(page.format(reference))
    assert answer.status_code == 503
    html = answer.get_data(as_text=True)
    assert not [word for word in CHILD if word in html]
    assert "it cannot be written down who looked" in text_of(answer)
    assert "Ring police yourself: 101" in text_of(answer)


def test_a_store_that_cannot_be_read_shows_the_telephone_script(place, edt, monkeypatch):
    def refuse(function):
        raise StoreUnavailable("The database did not answer.")

    monkeypatch.setattr(place.application.store, "read", refuse)
    for path in ("/edt", "/episodes/new", "/"):
        answer = edt.open(path)
        assert answer.status_code == 503, path
        assert "Ring police yourself: 101" in text_of(answer)


def test_no_page_puts_a_childs_data_into_an_address_or_title(place: Place, edt):
    reference = place.report(edt)
    for path in ("/edt", f"/episodes/{reference}", f"/episodes/{reference}/police"):
        html = edt.open(path).get_data(as_text=True)
        title = html.split("<title>")[1].split("</title>")[0]
        links = [part.split('"')[0] for part in html.split('href="')[1:]]
        assert not [w for w in CHILD for place_ in (title, *links) if w in place_]
