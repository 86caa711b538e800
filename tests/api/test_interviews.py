"""The interview: who holds it, what came of it, its record, and what police see of it."""

from hashlib import sha256

import rfc8785

from tests.api.conftest import World, an_answer, owed

BACK = {
    "at": "2026-11-24T22:59:00Z",
    "to": "home",
    "well_being_confirmed_by": "Jo Grant",
    "safe_there": "YES",
    "prevention_interview": {"held": True, "mode": "PHONE", "at": "2026-11-24T22:59:30Z"},
}
RECORD = {
    "why_left": "I wanted to see my brother.",
    "what_happened": "Stayed at his flat.",
    "trafficking_screen": {"answer": "NO", "note": ""},
    "helpline_given": True,
    "view_on_sharing": "Fine.",
    "told_about_sharing": "Police read this.",
    "could_not_wait": {"answer": "NO", "note": ""},
    "seen_alone": "YES",
    "analysis": "Pull of family.",
    "intelligence": [{"kind": "PLACE", "value": "The flat", "first_hand": "YES"}],
}


def _returned(world: World) -> tuple[dict, str]:
    episode = world.report()
    found = world.edt.post(f"/episodes/{episode['reference']}/returned", BACK)
    assert found.status_code == 200, found.get_data(as_text=True)
    return found.get_json(), found.get_json()["interview"]["id"]


def _held(world: World, interview: str) -> None:
    said = {"interviewer": "Lin Ode", "role": "advocate", "organisation": "NYAS"}
    assert world.manager.post(f"/interviews/{interview}/allocation", said).status_code == 201
    found = world.interviewer.post(f"/interviews/{interview}/outcome", {"status": "HELD"})
    assert found.status_code == 201
    assert found.get_json()["status"] == "HELD"
    assert found.get_json()["interviewer"] == "Lin Ode"


def _put(world: World, interview: str, record: dict, etag: str):
    return world.interviewer.put(
        f"/interviews/{interview}/record", record, headers={"If-Match": etag}
    )


def test_a_record_not_yet_written_is_empty_under_etag_0(world: World):
    _, interview = _returned(world)
    found = world.interviewer.get(f"/interviews/{interview}/record")
    assert found.headers["ETag"] == '"0"'
    assert found.get_json() == {
        "version": 0,
        "sha256": None,
        "signed_at": None,
        "draft": False,
        "record": {},
    }


def test_two_people_cannot_overwrite_each_other(world: World):
    _, interview = _returned(world)
    where = f"/interviews/{interview}/record"
    assert world.interviewer.put(where, {"why_left": "x"}).status_code == 428
    first = _put(world, interview, {"why_left": "x"}, '"0"')
    assert first.status_code == 200
    assert first.get_json()["record"]["draft"] is True
    assert _put(world, interview, {"why_left": "y"}, '"0"').status_code == 412
    read = world.interviewer.get(where)
    assert read.get_json()["record"] == {"why_left": "x"}
    assert read.headers["ETag"] == first.headers["ETag"]
    assert _put(world, interview, {"why_left": "y"}, read.headers["ETag"]).status_code == 200


def test_sign_off_names_all_that_is_missing_at_once(world: World):
    _, interview = _returned(world)
    _held(world, interview)
    withheld = [{"item": "/nothing/1", "reason": "", "test": None, "authorised_by": ""}]
    _put(world, interview, {"why_left": "x", "withheld": withheld}, '"0"')
    found = world.interviewer.post(f"/interviews/{interview}/record/signoff")
    assert found.status_code == 422
    fields = {e["field"] for e in found.get_json()["errors"]}
    assert {"what_happened", "analysis", "withheld.0.item", "withheld.0.reason"} <= fields


def test_police_get_the_signed_version_without_what_is_withheld(world: World):
    episode, interview = _returned(world)
    _held(world, interview)
    withheld = [
        {
            "item": "/intelligence/0",
            "reason": "Would put the brother at risk.",
            "test": "MORE_DETRIMENTAL",
            "authorised_by": "Morgan Hale",
        }
    ]
    where = f"/interviews/{interview}/record"
    assert world.met.get(where).status_code == 404
    _put(world, interview, {**RECORD, "withheld": withheld}, '"0"')
    assert world.met.get(where).status_code == 404
    signed = world.interviewer.post(f"{where}/signoff")
    assert signed.status_code == 201
    assert signed.get_json()["record"]["version"] == 1
    for path in (where, f"{where}?version=1"):
        read = world.met.get(path).get_json()
        assert read["version"] == 1
        assert read["draft"] is False
        assert read["record"]["intelligence"] == [None]
        assert sha256(rfc8785.dumps(read["record"])).hexdigest() == read["sha256"]
    assert world.met.get(f"{where}?version=2").status_code == 404
    whole = world.interviewer.get(where).get_json()
    assert whole["record"]["intelligence"] == RECORD["intelligence"]
    shared = world.met.get(f"/interviews/{interview}").get_json()
    assert [o["kind"] for o in shared["obligations"]] == ["record_with_police"]
    _acknowledged(world, episode["reference"], read["sha256"])


def _acknowledged(world: World, reference: str, sha: str) -> None:
    episode = world.met.get(f"/episodes/{reference}").get_json()
    where = f"/obligations/{owed(episode, 'record_with_police')}/acknowledgement"
    bare = world.met.post(where, an_answer())
    assert bare.status_code == 422
    assert bare.get_json()["errors"][0]["field"] == "record_hash"
    assert world.met.post(where, an_answer(record_hash="0" * 64)).status_code == 409
    found = world.met.post(where, an_answer(record_hash=sha[:8]))
    assert found.status_code == 200
    assert owed(found.get_json(), "record_with_police", "DISCHARGED")


def test_the_record_is_a_page_to_print_for_whoever_asks_for_one(world: World):
    episode, interview = _returned(world)
    _held(world, interview)
    where = f"/interviews/{interview}/record"
    html = {"Accept": "text/html,*/*;q=0.8"}
    text = "<b>see</b> my brother\nand go"
    _put(world, interview, {**RECORD, "why_left": text}, '"0"')
    assert "DRAFT" in world.interviewer.get(where, headers=html).get_data(as_text=True)
    sha = world.interviewer.post(f"{where}/signoff").get_json()["record"]["sha256"]
    found = world.met.get(where, headers=html)
    page = found.get_data(as_text=True)
    assert found.content_type == "text/html; charset=utf-8"
    assert episode["reference"] in page
    assert f"acknowledge it by: {sha[:8]}<" in page
    assert "&lt;b&gt;see&lt;/b&gt; my brother<br>and go" in page
    for accept in ("*/*", "application/json", "text/html;q=0.5, application/json"):
        assert world.met.get(where, headers={"Accept": accept}).is_json
    assert world.met.get(where, headers={"Accept": "image/png"}).status_code == 406
    assert world.gmp.get(where, headers=html).status_code == 404


def test_an_outcome_says_what_it_requires(world: World):
    _, interview = _returned(world)
    where = f"/interviews/{interview}/outcome"
    for status, needed in {
        "DECLINED": {"reason", "parent_offered"},
        "NOT_POSSIBLE": {"reason"},
        "DECIDED_NOT": {"reason", "authorised_by"},
    }.items():
        found = world.manager.post(where, {"status": status})
        assert {e["field"] for e in found.get_json()["errors"]} == needed
    assert world.caller("harrow-manager").post(where, {"status": "HELD"}).status_code == 422
    assert world.edt.post(where, {"status": "HELD"}).status_code == 403


def test_overdue_interviews_are_listed_first_due_first(world: World):
    _, interview = _returned(world)
    assert world.manager.get("/interviews?overdue=true").get_json()["items"] == []
    world.clock.advance(hours=73)
    found = world.manager.get("/interviews?overdue=true").get_json()["items"]
    assert [i["id"] for i in found] == [interview]
    assert found[0]["obligations"][0]["overdue"] is True
    assert world.met.get("/interviews").get_json()["items"][0]["id"] == interview
    assert world.gmp.get("/interviews").get_json()["items"] == []
    assert world.barnet.get("/interviews").status_code == 403
