"""What holds for every page: its headers, its labels, no script, no form from elsewhere."""

import re

import pytest

from missing_service.access.permissions import PERMISSIONS
from missing_service.web.app import PARTS
from missing_service.web.desk import Pages, PageWithoutPermission
from tests.web.browser import Browser, Reading, hidden, read
from tests.web.conftest import ASHA, FARIDA, RUTH, Place, a_form, an_answer

HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "X-Robots-Tag": "noindex",
}
PATHS = {
    ASHA: ("/edt", "/episodes/new", "/episodes/{}", "/episodes/{}/police", "/episodes/{}/rang",
           "/episodes/{}/found", "/episodes/{}/photo/add", "/nothing"),
    RUTH: ("/police", "/episodes/{}", "/edt"),
    FARIDA: ("/managers", "/edt", "/episodes/{}", "/episodes/{}/found"),
}  # fmt: skip


@pytest.fixture
def pages(place: Place, edt: Browser) -> list:
    reference = place.report(edt)
    place.tell_people(minutes=16)
    found = [place.browser().open("/sign-in")]
    for who, paths in PATHS.items():
        browser = place.signed_in(who)
        found += [browser.open(path.format(reference)) for path in paths]
    return found


def test_every_page_has_every_header(pages):
    for page in pages:
        assert {name: page.headers.get(name) for name in HEADERS} == HEADERS
        assert page.headers["Cache-Control"] == "no-store"
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "Cookie" in page.headers["Vary"]


def test_no_page_has_script_or_style_within(pages):
    for page in pages:
        html = page.get_data(as_text=True)
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", html)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)


def test_every_field_has_a_label_and_every_id_is_one(pages):
    for page in pages:
        found = read(page)
        ids = [attrs["id"] for _, attrs in found.elements if "id" in attrs]
        assert len(ids) == len(set(ids))
        labelled = {label.get("for") for label in found.all("label")}
        fields = [f for f in found.all("input", "select", "textarea") if f.get("type") != "hidden"]
        assert {f["id"] for f in fields} <= labelled
        described = " ".join(attrs.get("aria-describedby", "") for _, attrs in found.elements)
        assert set(described.split()) <= set(ids)


def test_every_page_names_its_language_one_heading_and_a_way_past_the_top(pages):
    for page in pages:
        found = read(page)
        assert found.all("html")[0]["lang"] == "en-GB"
        assert len(found.all("h1")) == 1
        assert found.all("a")[0]["href"] == "#main"


def test_a_first_page_is_small(pages):
    assert max(len(page.data) for page in pages) < 60_000


def test_files_are_kept_by_their_hash(place: Place):
    page = place.browser().open("/sign-in")
    [sheet] = [link for link in read(page).all("link") if link["rel"] == "stylesheet"]
    file = place.browser().open(sheet["href"])
    assert file.status_code == 200
    assert "immutable" in file.headers["Cache-Control"]
    plain = place.browser().open("/assets/pages.css")
    assert plain.headers["Cache-Control"] == "no-store"
    file.close()
    plain.close()


def forms(reference: str) -> dict[str, tuple[str, dict]]:
    """Each place that takes a form: the page that it is drawn on, and what is typed."""
    page = f"/episodes/{reference}"
    return {
        "/episodes/new": ("/episodes/new", a_form()),
        f"{page}/police": (f"{page}/police", an_answer()),
        f"{page}/rang": (f"{page}/rang", {"result": "NO_ANSWER"}),
        f"{page}/found": (f"{page}/found", {"what": "BACK", "at_clock": "02:00"}),
        "/sign-out": (page, {}),
    }


def test_no_form_is_taken_without_its_token_or_from_another_site(place: Place, edt: Browser):
    reference = place.report(edt)
    events = len(place.rows("event"))
    for path, (drawn, typed) in forms(reference).items():
        assert edt.post(path, typed).status_code in (400, 422)
        whole = {**typed, **hidden(edt.open(drawn).get_data(as_text=True))}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            assert edt.post(path, whole, headers=headers).status_code == 400
    assert len(place.rows("event")) == events
    assert edt.open("/edt").status_code == 200


def test_a_browser_that_hides_its_own_origin_is_taken(place: Place, edt: Browser):
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert edt.send("/episodes/new", a_form(), headers=headers).status_code == 303


def test_the_api_takes_no_cookie(place: Place, edt: Browser):
    assert edt.open("/api/v1/episodes").status_code == 401


def test_every_page_stands_in_the_permission_table():
    assert {rule.act for part in PARTS for rule in part.PAGES.all} <= set(PERMISSIONS)
    with pytest.raises(PageWithoutPermission):
        Pages().add("/secret", "read minds")


def test_every_page_asks_who_is_there(place: Place):
    rules = [rule for part in PARTS for rule in part.PAGES.all]
    visitor = place.browser()
    for rule in rules:
        path = rule.rule.replace("<reference>", "HRW-NOPE1").replace(
            "<uuid:duty>", "00000000-0000-0000-0000-000000000000"
        )
        if "GET" in rule.methods:
            assert visitor.open(path).headers["Location"].startswith("/sign-in?next=")
        else:
            assert visitor.post(path, {}).status_code == 401


def test_wrong_addresses_and_methods_are_pages(place: Place, edt: Browser):
    assert "There is nothing here" in Reading(edt.open("/nothing").get_data(as_text=True)).text
    assert edt.open("/sign-out").status_code == 405
    assert edt.post("/edt", {}).status_code == 405
