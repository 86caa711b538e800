"""A photo added on a page: shown to council and police; one that is refused loses nothing."""

from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests import pictures as p
from tests.web.browser import Browser, hidden, read, text_of
from tests.web.conftest import ASHA, FARIDA, RUTH, Place


def add(browser: Browser, reference: str, image: bytes, day: str = "", name: str = "a.jpg"):
    """The form as a browser sends it, with its file."""
    path = f"/episodes/{reference}/photo/add"
    drawn = hidden(browser.open(path).get_data(as_text=True))
    typed = {**drawn, "image": FileStorage(BytesIO(image), name), "taken_on": day}
    boundary, body = encode_multipart(typed)
    named = f"multipart/form-data; boundary={boundary}"
    return browser.client.post(path, data=body, content_type=named, base_url=browser.base)


@pytest.mark.parametrize("who", [ASHA, FARIDA])
def test_a_photo_is_shown_to_the_council_and_to_police(everywhere: Place, who: str):
    edt = everywhere.signed_in(ASHA)
    reference = everywhere.report(edt)
    assert not read(edt.open(f"/episodes/{reference}?still=1")).all("img")
    answer = add(everywhere.signed_in(who), reference, p.from_a_phone(), "1 5 2020")
    assert answer.status_code == 303
    drawn_again = edt.open(f"/episodes/{reference}")  # every few seconds: with a link alone
    assert not read(drawn_again).all("img")
    assert "Photo of the child" in text_of(drawn_again)
    for reader in (edt, everywhere.signed_in(RUTH)):
        page = reader.open(f"/episodes/{reference}?still=1")
        (image,) = read(page).all("img")
        assert image["alt"] == "Photo of the child"
        assert "Taken on 01.05.2020" in text_of(page)
        assert "more than three months old" in text_of(page)
        shown = reader.open(image["src"])
        assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
        assert p.CANARY.encode() not in shown.data


@pytest.mark.parametrize(
    ("image", "day", "said"),
    [
        (b"", "1 5 2026", "Choose a photo of the child."),
        (b"<script>alert(1)</script>", "1 5 2026", "JPEG, PNG or WebP"),
        (p.picture()[:300], "1 5 2026", "empty or damaged"),
        (p.bomb(), "1 5 2026", "40 million pixels"),
        (p.picture() + bytes(10 * 1024 * 1024), "1 5 2026", "10 MiB"),
        (p.picture(), "31 2 2026", "31 2 2026"),
    ],
)
def test_what_is_refused_is_said_beside_the_field_and_the_day_is_kept(
    place: Place, edt: Browser, image: bytes, day: str, said: str
):
    reference = place.report(edt)
    answer = add(edt, reference, image, day, "../../x.jpg" if image else "")
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert day in [field.get("value") for field in read(answer).all("input")]
    assert "Photo of the child" not in text_of(edt.open(f"/episodes/{reference}?still=1"))


def test_one_far_too_large_is_refused_before_it_is_read(place: Place, edt: Browser):
    assert add(edt, place.report(edt), bytes(12 * 1024 * 1024)).status_code == 413


def test_police_add_none(place: Place, edt: Browser):
    reference = place.report(edt)
    assert place.signed_in(RUTH).open(f"/episodes/{reference}/photo/add").status_code == 403
