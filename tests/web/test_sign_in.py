"""Who is signed in, for how long, and that a session is known by a token alone."""

from hashlib import sha256

import pytest

from tests.web.browser import read, text_of
from tests.web.conftest import ASHA, ELEANOR, FARIDA, KOFI, RUTH, TOMASZ, Place, make_place


@pytest.mark.parametrize(
    ("who", "first"),
    [(ASHA, "/edt"), (RUTH, "/police"), (FARIDA, "/managers")],
)
def test_each_is_sent_to_their_own_page(place: Place, who: str, first: str):
    assert place.signed_in(who).open("/").headers["Location"] == first


@pytest.mark.parametrize("who", [ELEANOR, TOMASZ, KOFI])
def test_others_read_what_they_can_do(place: Place, who: str):
    assert "You are signed in as" in text_of(place.signed_in(who).open("/"))


def test_a_button_is_named_for_each_person_and_role(place: Place):
    page = text_of(place.browser().open("/sign-in"))
    assert "Sign in as Asha Patel (EDT worker)" in page
    assert "Sign in as Daniel Okafor (EDT worker)" in page
    assert "Sign in as Daniel Okafor (manager)" in page


def test_in_production_nobody_signs_in_by_saying_who_they_are(migrated_sqlite_url, clock):
    place = make_place(
        migrated_sqlite_url,
        clock,
        environment="production",
        public_url="https://missing.example.gov.uk",
    )
    browser = place.browser()
    page = browser.open("/sign-in")
    assert "not set up here yet" in text_of(page)
    assert "Asha" not in text_of(page)
    assert browser.post("/sign-in", {"who": ASHA}).status_code in (400, 404)
    assert place.rows("session") == []
    place.application.close()


def test_the_cookie_is_the_hosts_own_on_https(migrated_sqlite_url, clock):
    place = make_place(migrated_sqlite_url, clock, public_url="https://missing.example.gov.uk")
    browser = place.browser()
    answer = browser.send("/sign-in", {"who": ASHA})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    place.application.close()


def test_a_session_is_kept_as_a_hash_and_begins_anew_at_sign_in(everywhere: Place):
    browser = everywhere.browser()
    before = browser.open("/sign-in").headers["Set-Cookie"].split("=")[1].split(";")[0]
    after = browser.send("/sign-in", {"who": ASHA}).headers["Set-Cookie"]
    token = after.split("=")[1].split(";")[0]
    assert token != before
    [row] = everywhere.rows("session")
    assert bytes(row.token_hash) == sha256(token.encode()).digest()
    assert token not in repr(row)
    assert browser.open("/edt").status_code == 200


def test_an_unknown_token_opens_nothing(place: Place):
    browser = place.browser()
    browser.client.set_cookie("session", "x" * 43, domain="127.0.0.1")
    assert browser.open("/edt").headers["Location"] == "/sign-in?next=/edt"


@pytest.mark.parametrize(("who", "page", "minutes"), [(ASHA, "/edt", 30), (RUTH, "/police", 15)])
def test_an_unused_session_ends(place: Place, who: str, page: str, minutes: int):
    browser = place.signed_in(who)
    place.clock.advance(minutes=minutes - 1)
    assert browser.open(page).status_code == 200
    place.clock.advance(minutes=minutes - 1)
    assert browser.open(page).status_code == 200
    place.clock.advance(minutes=minutes)
    assert browser.open(page).status_code == 303


def test_a_page_that_draws_itself_again_keeps_nobody_signed_in(place: Place):
    browser = place.signed_in(ASHA)
    for _ in range(30):
        place.clock.advance(minutes=1)
        answer = browser.open("/edt?again=1")
    assert answer.status_code == 303


def test_no_session_lasts_longer_than_twelve_hours(place: Place):
    browser = place.signed_in(ASHA)
    for _ in range(35):
        place.clock.advance(minutes=20)
        assert browser.open("/edt").status_code == 200
    place.clock.advance(minutes=20)
    assert browser.open("/edt").status_code == 303


def test_signing_out_ends_it_here_and_in_the_browser(place: Place):
    browser = place.signed_in(ASHA)
    cookie = browser.client.get_cookie("session", domain="127.0.0.1")
    answer = browser.send("/sign-out", {}, drawn="/edt")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert cookie
    browser.client.set_cookie("session", cookie.value, domain="127.0.0.1")
    assert browser.open("/edt").status_code == 303


def test_a_link_from_a_message_leads_back_after_sign_in(place: Place, edt):
    reference = place.report(edt)
    visitor = place.browser()
    answer = visitor.open(f"/episodes/{reference}")
    assert answer.headers["Location"] == f"/sign-in?next=/episodes/{reference}"
    sign_in = visitor.follow(answer)
    [place_after] = [f["value"] for f in read(sign_in).all("input") if f.get("name") == "next"]
    done = visitor.send(
        "/sign-in", {"who": RUTH, "next": place_after}, drawn=f"/sign-in?next={place_after}"
    )
    assert done.headers["Location"] == f"/episodes/{reference}"


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "/\\evil", "/a?b"])
def test_no_link_leads_to_another_site(place: Place, wanted: str):
    answer = place.browser().send("/sign-in", {"who": ASHA, "next": wanted})
    assert answer.headers["Location"] == "/"


def test_a_role_that_has_ended_ends_the_session(place: Place):
    from missing_service.domain.events import SERVICE
    from missing_service.usecases.load_directory import load_directory

    browser = place.signed_in(ASHA)
    directory = place.application.store.directory()
    [held] = directory.roles_of("asha.patel@harrow.example", place.clock.now())
    ended = {
        "person": held.person,
        "role": held.role,
        "organisation": held.organisation,
        "until": "2026-01-01T00:00:00Z",
    }
    rows = {r.identity for r in place.rows("directory_entry") if r.kind == "role"}
    [identity] = [i for i in rows if i.startswith("asha")]
    load_directory(place.application.service, {("role", identity): ended}, {}, actor=SERVICE)
    assert browser.open("/edt").status_code == 303
