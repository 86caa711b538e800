"""The report at 03:00: four answers are enough, it is saved once, and nothing typed is lost."""

from datetime import UTC, datetime

import pytest

from tests.web.browser import hidden, read, text_of
from tests.web.conftest import ASHA, FARIDA, RUTH, Place, a_form


def report_of(place: Place, reference: str) -> dict:
    """What stands on record, as the API reads it."""
    answer = place.app.test_client().get(
        f"/api/v1/episodes/{reference}", headers={"Authorization": "Bearer harrow-edt"}
    )
    found: dict = answer.get_json()
    return found


def test_four_answers_are_enough(everywhere: Place):
    browser = everywhere.signed_in(ASHA)
    answer = browser.send("/episodes/new", a_form())
    assert answer.status_code == 303
    page = text_of(browser.follow(answer))
    assert "Do police have it?" in page
    assert "Not yet. No person at the police has answered." in page


def test_what_is_typed_is_what_stands(place: Place, edt):
    reference = place.report(
        edt,
        immediate_danger="YES",
        reporter_role="FOSTER_CARER",
        reporter_phone="07700 900200",
        child_born="1 5 2012",
        child_looked_after="YES",
        child_looked_after_by="E09000015",
        seen_place="Harrow bus station",
        seen_clock="2230",
        seen_precision="APPROXIMATE",
        seen_responsible_adult="NOT_KNOWN",
        checks=["PHONED_CHILD", "KNOWN_PLACES"],
        police_answer="YES",
        police_reference="44",
        police_system="CAD",
    )
    report = report_of(place, reference)["report"]
    assert report["child"]["date_of_birth"] == "2012-05-01"
    assert report["child"]["looked_after_by"] == "E09000015"
    assert report["last_seen"]["at"] == "2026-11-23T22:30:00.000000Z"  # the evening before
    assert report["last_seen"]["precision"] == "APPROXIMATE"
    assert report["done_so_far"]["checks"] == ["PHONED_CHILD", "KNOWN_PLACES"]
    assert report["police_informed"] == {
        "answer": "YES",
        "reference": {"system": "CAD", "value": "44"},
    }
    assert report["immediate_danger"] == "YES"


def test_council_and_time_are_filled_in(edt):
    page = read(edt.open("/episodes/new"))
    values = {f.get("name"): f.get("value") for f in page.all("input")}
    assert values["reported_clock"] == "03:00"
    assert values["reported_day"] == "24/11/2026"
    assert {"value": "E09000015", "selected": ""} in page.all("option")


def test_an_unknown_child_is_described(place: Place, edt):
    reference = place.report(edt, child_name="", child_description="Girl, red coat")
    assert "Name not known, age not known" in text_of(edt.open(f"/episodes/{reference}"))


def test_every_fault_is_shown_with_a_link_and_all_text_kept(edt):
    answer = edt.send(
        "/episodes/new",
        a_form(
            child_name="",
            concern="",
            reporter_name="",
            child_born="31 2 2012",
            child_age="old",
            seen_clock="25:00",
            seen_place="14 Canary Mews",
        ),
    )
    assert answer.status_code == 422
    page = read(answer)
    links = {a["href"] for a in page.all("a") if a.get("href", "").startswith("#")}
    wanted = {"child_name", "concern", "reporter_name", "child_born", "child_age", "seen_clock"}
    assert {f"#{name}" for name in wanted} <= links
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    assert {link.removeprefix("#") for link in links} <= ids
    values = [f.get("value") for f in page.all("input")]
    assert {"31 2 2012", "old", "25:00", "14 Canary Mews"} <= set(values)


def test_a_double_click_and_the_back_button_make_one_episode(everywhere: Place):
    browser = everywhere.signed_in(ASHA)
    drawn = browser.open("/episodes/new").get_data(as_text=True)
    typed = {**hidden(drawn), **a_form()}
    first, second = (browser.post("/episodes/new", typed) for _ in range(2))
    changed = browser.post("/episodes/new", {**typed, "concern": "And more"})
    places = {a.headers["Location"] for a in (first, second, changed)}
    assert len(places) == 1
    assert len(everywhere.rows("episode")) == 1


def test_the_same_form_drawn_twice_is_two_reports(place: Place, edt):
    assert place.report(edt) != place.report(edt)


def test_a_form_whose_token_has_expired_comes_back_with_all_text(edt):
    answer = edt.post("/episodes/new", a_form(seen_place="14 Canary Mews"))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "nothing is lost: send it again" in page
    assert "14 Canary Mews" in page


def test_a_report_sent_after_the_session_ended_is_not_lost(place: Place, edt):
    drawn = edt.open("/episodes/new").get_data(as_text=True)
    place.clock.advance(hours=1)
    asked = edt.post("/episodes/new", {**hidden(drawn), **a_form(concern="Canary Mews")})
    assert asked.status_code == 401
    assert "was not sent" in text_of(asked)
    kept = {
        f["name"]: f["value"]
        for f in read(asked).all("input")
        if f["name"].startswith("kept-") or f["name"] in ("csrf_token", "next")
    }
    form = edt.post("/sign-in", {**kept, "who": ASHA})
    assert form.status_code == 200
    html = form.get_data(as_text=True)
    assert "Canary Mews" in html
    assert "Zebedee Quill" in html
    sent = edt.post("/episodes/new", {**hidden(html), **a_form(concern="Canary Mews")})
    assert sent.status_code == 303


@pytest.mark.parametrize("who", [RUTH, FARIDA])
def test_only_the_duty_team_reports(place: Place, who: str):
    assert place.signed_in(who).open("/episodes/new").status_code == 403


def test_the_hour_that_did_not_exist_is_asked_about(place: Place, edt):
    answer = edt.send("/episodes/new", a_form(seen_clock="01:30", seen_day="29/03/2026"))
    assert answer.status_code == 422
    assert "clocks went forward" in text_of(answer)


def test_the_hour_that_came_twice_is_asked_about(place: Place, edt):
    asked = edt.send("/episodes/new", a_form(seen_clock="01:30", seen_day="25/10/2026"))
    assert "Which of the two?" in text_of(asked)
    typed = a_form(seen_clock="01:30", seen_day="25/10/2026", seen_side="AFTER")
    reference = place.report(edt, **typed)
    seen = report_of(place, reference)["report"]["last_seen"]["at"]
    assert datetime.fromisoformat(seen) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_force_told_by_telephone_is_said_from_the_first_second(place: Place, edt):
    answer = edt.send("/episodes/new", a_form(seen_council="E06000060"))
    page = text_of(edt.follow(answer))
    assert "Thames Valley Police is told by telephone" in page
    assert "Ring 101 now" in page


def test_names_in_any_script_and_markup_are_text(place: Place, edt):
    name = "<script>alert(1)</script> أمينة \u202e李"
    reference = place.report(edt, child_name=name)
    html = edt.open(f"/episodes/{reference}").get_data(as_text=True)
    assert "<script" not in html
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt; أمينة [U+202E]李</bdi>" in html


def test_a_form_that_is_too_long_is_refused(edt):
    answer = edt.send("/episodes/new", a_form(concern="x" * 2_000_000))
    assert answer.status_code == 413
    longer = edt.send("/episodes/new", a_form(concern="x" * 20_001))
    assert "too long: at most 20,000 characters" in text_of(longer)


@pytest.mark.parametrize(
    ("typed", "check"),
    [
        ({"seen_clock": "10:00", "seen_day": "1 1 2027"}, "This lies in the future"),
        ({"child_born": "1 5 2000"}, "This makes the child 26 years old"),
        ({"child_age": "44"}, "This makes the child 44 years old"),
        ({"child_name": "\u202eAhmed"}, "It holds invisible characters"),
        ({"child_name": "=cmd|' /C calc'!A0"}, "=cmd|"),
        ({"child_name": "x" * 200}, "x" * 200),
    ],
)
def test_what_is_doubtful_is_saved_and_shown_for_checking(place: Place, edt, typed, check: str):
    reference = place.report(edt, **typed)
    assert check in text_of(edt.open(f"/episodes/{reference}"))
