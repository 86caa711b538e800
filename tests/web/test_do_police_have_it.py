"""The page that answers the only question that matters, as things come to pass."""

from tests.web.browser import Browser, read, text_of
from tests.web.conftest import ASHA, FARIDA, RUTH, Place, an_answer


def refreshes(browser: Browser, path: str) -> str:
    metas = read(browser.open(path)).all("meta")
    return next((m["content"] for m in metas if m.get("http-equiv") == "refresh"), "")


def test_it_says_not_yet_then_who_was_told_then_yes(place: Place, edt):
    reference = place.report(edt)
    page = f"/episodes/{reference}"
    assert "The next person is told at 03:05, in 5 minutes" in text_of(edt.open(page))
    place.tell_people(minutes=6)
    told = text_of(edt.open(page))
    assert "Asha Patel" in told
    assert "Ring 101 now" in told
    answer = edt.send(f"{page}/police", an_answer(at_clock="03:04"))
    said = text_of(edt.follow(answer))
    assert "Yes. Police have it." in said
    assert "CAD 4471/24NOV" in said
    assert "03:04, 2 minutes ago" in said
    assert "PC Ann Lee, 1234MT" in said
    assert "By telephone, written down by Asha Patel at 03:06" in said


def test_a_call_ends_nothing_and_everybody_reads_it(place: Place, edt):
    reference = place.report(edt)
    answer = edt.send(f"/episodes/{reference}/rang", {"result": "IN_QUEUE"})
    page = text_of(edt.follow(answer))
    assert "Not yet. No person at the police has answered." in page
    assert "In the queue, nobody has answered yet. Rung by Asha Patel" in page


def test_i_have_it_is_offered_to_whom_was_told_and_is_seen(place: Place, edt):
    reference = place.report(edt)
    page = f"/episodes/{reference}"
    place.tell_people(minutes=6)
    [field] = [f for f in read(edt.open(page)).all("input") if f.get("name") == "obligation"]
    answer = edt.send(f"{page}/taken", {"obligation": field["value"]}, drawn=page)
    after = edt.follow(answer)
    assert "everybody sees that you have it" in text_of(after)
    assert not [f for f in read(after).all("input") if f.get("name") == "obligation"]
    other = place.signed_in(FARIDA)
    refused = other.send(f"{page}/taken", {"obligation": field["value"]}, drawn=page)
    assert "You were not told of this" in text_of(other.follow(refused))


def test_found_before_police_answered_still_asks_to_ring(place: Place, edt):
    reference = place.report(edt)
    typed = {
        "what": "BACK",
        "at_clock": "02:50",
        "to": "Home",
        "well_being_confirmed_by": "Jo Grant",
        "safe_there": "YES",
        "mode": "NOT_DONE",
    }
    answer = edt.send(f"/episodes/{reference}/found", typed)
    page = text_of(edt.follow(answer))
    assert "FOUND" in page
    assert "Not yet. No person at the police has answered." in page
    assert "give them missing and found" in page


def test_located_is_not_yet_found(place: Place, edt):
    reference = place.report(edt)
    typed = {"what": "LOCATED", "at_clock": "02:50", "to": "Aunt's", "how": "FAMILY"}
    page = text_of(edt.follow(edt.send(f"/episodes/{reference}/found", typed)))
    assert "LOCATED, NOT YET SAFE" in page


def test_an_act_in_the_future_is_refused_beside_its_field(place: Place, edt):
    reference = place.report(edt)
    typed = {"what": "BACK", "at_clock": "05:00", "at_day": "24/11/2026"}
    answer = edt.send(f"/episodes/{reference}/found", typed)
    assert answer.status_code == 422
    assert "lies in the future" in text_of(answer)


def test_a_refusal_without_a_reference_is_a_no(place: Place, edt):
    reference = place.report(edt)
    police = place.signed_in(RUTH)
    typed = an_answer(outcome="DECLINED", value="", reason="With an aunt")
    police.send(f"/episodes/{reference}/answer", typed, drawn=f"/episodes/{reference}")
    page = text_of(edt.open(f"/episodes/{reference}"))
    assert "No. Police declined, and gave no reference." in page
    assert "With an aunt" in page


def test_recorded_as_something_else_is_decided_by_the_council(place: Place, edt):
    reference = place.report(edt)
    answer = edt.send(
        f"/episodes/{reference}/police", an_answer(outcome="RECORDED_OTHER", reason="a concern")
    )
    page = edt.follow(answer)
    assert "Police know, but have not recorded the child as missing." in text_of(page)
    manager = place.signed_in(FARIDA)
    [link] = [
        a["href"]
        for a in read(manager.open(f"/episodes/{reference}")).all("a")
        if "/decision/" in a.get("href", "") and "ACCEPT" in text_or_form(manager, a["href"])
    ]
    done = manager.send(link, {"decision": "ESCALATE", "reason": "Whereabouts not known."})
    assert done.headers["Location"].endswith("did=decided")


def text_or_form(browser: Browser, path: str) -> str:
    return browser.open(path).get_data(as_text=True)


def test_it_draws_itself_again_soon_while_nobody_answered(place: Place, edt):
    reference = place.report(edt)
    page = f"/episodes/{reference}"
    assert refreshes(edt, page) == f"5;url={page}?again=1"
    assert refreshes(edt, f"{page}?still=1") == ""
    edt.send(f"{page}/police", an_answer())
    assert refreshes(edt, page).startswith("30;")


def test_no_page_with_a_form_to_type_in_draws_itself_again(place: Place, edt):
    reference = place.report(edt)
    for act in ("police", "rang", "found"):
        assert refreshes(edt, f"/episodes/{reference}/{act}") == ""
    assert refreshes(place.signed_in(RUTH), f"/episodes/{reference}") == ""


def test_immediate_danger_is_first_and_says_999(place: Place, edt):
    place.report(edt, child_name="Waiting Longest")
    place.clock.advance(minutes=5)
    danger = place.report(edt, immediate_danger="YES")
    listed = text_of(edt.open("/edt"))
    assert listed.index(danger) < listed.index("Waiting Longest")
    assert "Ring 999 now" in text_of(edt.open(f"/episodes/{danger}"))


def test_at_night_the_desk_is_shown_whom_to_tell_now_and_managers_the_rest_too(
    place: Place, edt, manager
):
    page = f"/episodes/{place.report(edt)}"
    at_night = text_of(edt.open(page))
    assert "Others to tell" in at_night
    assert "A parent, or whoever has parental responsibility" in at_night
    assert "(no endpoint: a person tells them)" in at_night
    assert "Do not say: what others said" in at_night
    assert "safeguarding lead" not in at_night
    assert "safeguarding lead" in text_of(manager.open(page))
    place.clock.advance(hours=7)
    in_the_morning = place.signed_in(ASHA)  # a session does not last so long
    assert "safeguarding lead" in text_of(in_the_morning.open(page))
