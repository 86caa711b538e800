"""What police see, in which order, and how they answer."""

from missing_service.web.police.pages import most_urgent
from tests.web.browser import read, text_of
from tests.web.conftest import ASHA, FARIDA, RUTH, Place, an_answer


def test_alerts_stand_with_danger_first_then_the_young_then_the_longest_waiting(place, edt):
    older = place.report(edt, child_age="16")
    place.clock.advance(minutes=1)
    young = place.report(edt, child_age="9")
    place.clock.advance(minutes=1)
    danger = place.report(edt, child_age="17", immediate_danger="YES")
    page = place.signed_in(RUTH).open("/police")
    links = [a["href"] for a in read(page).all("a") if a.get("href", "").startswith("/episodes/")]
    assert list(dict.fromkeys(links)) == [f"/episodes/{r}" for r in (danger, young, older)]
    text = text_of(page)
    assert "STILL MISSING" in text
    assert "IMMEDIATE DANGER" in text
    assert "Waiting for you 2 minutes" in text


def test_a_found_child_in_danger_no_longer_stands_first():
    def item(name: str, **more: object) -> dict:
        plain = {"danger": "NO", "well_being": False, "under_age": False}
        return {"name": name, **plain, **more, "duty": {"started_at": name}}

    items = [item("a"), item("b", danger="YES", well_being=True), item("c", danger="YES")]
    assert [i["name"] for i in most_urgent(items)] == ["c", "a", "b"]


def test_an_officer_answers_with_a_reference(everywhere: Place):
    reference = everywhere.report(everywhere.signed_in(ASHA), seen_place="Canary Mews")
    police = everywhere.signed_in(RUTH)
    alert = police.open(f"/episodes/{reference}")
    assert "Canary Mews" in text_of(alert)
    assert "Answer by" in text_of(alert)
    answer = police.send(
        f"/episodes/{reference}/answer", an_answer(), drawn=f"/episodes/{reference}"
    )
    assert "Yes. Police have it." in text_of(police.follow(answer))
    assert reference not in text_of(police.open("/police"))
    assert "Yes. Police have it." in text_of(
        everywhere.signed_in(ASHA).open(f"/episodes/{reference}")
    )


def test_an_answer_without_reference_name_or_number_comes_back(place: Place, edt):
    reference = place.report(edt)
    police = place.signed_in(RUTH)
    page = f"/episodes/{reference}"
    for typed in (
        an_answer(value=""),
        an_answer(value="n/a"),
        an_answer(officer=""),
        an_answer(number=""),
        an_answer(value="44\u200b71"),
        an_answer(outcome="DECLINED", reason=""),
    ):
        answer = police.send(f"{page}/answer", typed, drawn=page)
        assert answer.status_code == 422, typed
        assert "was not saved yet" in text_of(answer)
    assert "Not yet" in text_of(edt.open(page))


def test_another_forces_episode_never_existed(place: Place, edt):
    reference = place.report(edt, seen_council="E06000060", child_name="Zebedee")
    police = place.signed_in(RUTH)  # the home force is told as well: it reads, and owes nothing
    told = text_of(police.open(f"/episodes/{reference}"))
    assert "Another force owes the answer" in told
    nothing = police.open("/episodes/HRW-NOPE1")
    assert nothing.status_code == 404
    assert "Zebedee" not in text_of(police.open("/police"))


def test_what_is_foreign_is_the_same_page_as_what_never_was(place: Place, edt):
    from missing_service.domain.events import SERVICE
    from missing_service.usecases.load_directory import load_directory
    from tests.domain.directories import role

    barnet = role("eleanor.finch@harrow.example", "edt", "E06000060")
    load_directory(place.application.service, dict([barnet]), {}, actor=SERVICE)
    reference = place.report(edt)
    other = place.signed_in("eleanor.finch@harrow.example|edt|E06000060")
    foreign, never = other.open(f"/episodes/{reference}"), other.open("/episodes/HRW-NOPE1")
    assert (foreign.status_code, foreign.data) == (404, never.data)
    for act in ("police", "rang", "found", "taken"):
        assert other.open(f"/episodes/{reference}/{act}").status_code in (404, 405)


def test_pages_of_others_are_not_theirs(place: Place):
    for who, path in ((RUTH, "/edt"), (RUTH, "/managers"), (ASHA, "/police"), (FARIDA, "/police")):
        assert place.signed_in(who).open(path).status_code == 403


def test_a_further_reference_is_kept_beside_the_first(place: Place, edt):
    reference = place.report(edt)
    police = place.signed_in(RUTH)
    page = f"/episodes/{reference}"
    for value in ("4471/24NOV", "MER-9"):
        police.send(f"{page}/answer", an_answer(value=value), drawn=page)
    listed = text_of(edt.open("/edt"))
    assert "CAD 4471/24NOV" in listed
    assert "CAD MER-9" in listed
