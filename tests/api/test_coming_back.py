"""Found, back, closed, corrected: in the order in which it becomes known, each act undoable."""

from tests.api.conftest import World, an_answer, owed

AT = "2026-11-24T22:59:00Z"


def _number(world: World, reference: str, kind: str) -> int:
    items = world.edt.get(f"/episodes/{reference}/chronology").get_json()["items"]
    found: int = next(item["n"] for item in items if item["kind"] == kind)
    return found


def test_an_episode_is_closed_only_when_the_child_is_located_and_well(world: World):
    reference = world.report()["reference"]
    early = world.edt.post(f"/episodes/{reference}/closed", {"reason": "Home."})
    assert early.status_code == 409
    found = world.edt.post(f"/episodes/{reference}/located", {"at": AT, "how": "CARER"})
    assert found.get_json()["state"] == "LOCATED"
    assert world.edt.post(f"/episodes/{reference}/closed", {"reason": "x"}).status_code == 409
    back = {"at": AT, "to": "home", "well_being_confirmed_by": "Jo Grant", "safe_there": "YES"}
    assert world.met.post(f"/episodes/{reference}/returned", back).get_json()["state"] == "RETURNED"
    closed = world.manager.post(f"/episodes/{reference}/closed", {"reason": "Home and well."})
    assert closed.get_json()["state"] == "CLOSED"
    late = world.edt.post(f"/episodes/{reference}/located", {"at": AT})
    assert late.status_code == 409


def test_an_act_that_lies_in_the_future_is_refused(world: World):
    reference = world.report()["reference"]
    found = world.edt.post(f"/episodes/{reference}/located", {"at": "2026-11-25T09:00:00Z"})
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == "at"


def test_a_mistaken_acknowledgement_is_undone_and_owed_again(world: World):
    episode = world.report()
    obligation = owed(episode, "police_acknowledgement")
    world.met.post(f"/obligations/{obligation}/acknowledgement", an_answer())
    undoing = {
        "undoes": _number(world, episode["reference"], "police.answered"),
        "reason": "Typed on the wrong episode.",
    }
    where = f"/episodes/{episode['reference']}/corrections"
    found = world.edt.post(where, undoing)
    assert found.status_code == 200
    assert found.get_json()["police"]["state"] == "UNACKNOWLEDGED"
    assert owed(found.get_json(), "police_acknowledgement") == obligation
    assert world.edt.post(where, undoing).status_code == 409
    story = world.edt.get(f"/episodes/{episode['reference']}/chronology").get_json()["items"]
    assert [item["n"] for item in story] == list(range(1, len(story) + 1))
    assert "CORRECTION" in story[-1]["what"]


def test_a_number_that_is_no_act_is_named_and_police_undo_their_own_alone(world: World):
    reference = world.report()["reference"]
    where = f"/episodes/{reference}/corrections"
    wrong = world.edt.post(where, {"undoes": 1, "reason": "?"})
    assert wrong.status_code == 422
    assert wrong.get_json()["errors"][0]["field"] == "undoes"
    world.edt.post(f"/episodes/{reference}/located", {"at": AT})
    number = _number(world, reference, "episode.located")
    officer = world.caller("met-police", "PC Lee")
    assert officer.post(where, {"undoes": number, "reason": "?"}).status_code == 403


def test_later_facts_are_kept_beside_what_was_said(world: World):
    reference = world.report()["reference"]
    where = f"/episodes/{reference}/updates"
    found = world.edt.post(
        where, {"details": {"clothing": "red coat", "phones": [{"number": "1"}]}}
    )
    assert found.status_code == 200
    assert found.get_json()["report"]["details"]["clothing"] == "red coat"
    found = world.edt.post(where, {"report": {"child": {"date_of_birth": "2011-01-01"}}})
    assert found.get_json()["child"]["name"] == "Sam Okoro"
    assert found.get_json()["child"]["date_of_birth"] == "2011-01-01"
    risk = world.met.post(where, {"police_risk": {"level": "ABSENT", "by": "Insp Ray"}})
    assert risk.get_json()["police"]["risk"] == "VERY_LOW"
    assert world.manager.post(where, {"police_risk": {"level": "LOW"}}).status_code == 403
    by_phone = world.edt.post(where, {"police_risk": {"level": "LOW"}})
    assert by_phone.get_json()["errors"][0]["field"] == "police_risk.by_phone"


def test_a_grade_below_medium_of_a_young_child_prompts_a_question_and_stays(world: World):
    young = {"name": "Sam Okoro", "date_of_birth": "2014-05-01"}
    where = f"/episodes/{world.report(child=young)['reference']}"
    world.edt.post(f"{where}/updates", {"details": {"flags": ["CSE"]}})
    assert world.edt.get(where).get_json()["prompts"] == []
    world.met.post(f"{where}/updates", {"police_risk": {"level": "LOW", "by": "Insp Ray"}})
    episode = world.edt.get(where).get_json()
    assert episode["police"]["risk"] == "LOW"
    assert [prompt[:5] for prompt in episode["prompts"]] == ["High?", "High?"]


def test_an_update_says_exactly_one_thing(world: World):
    where = f"/episodes/{world.report()['reference']}/updates"
    two = world.edt.post(where, {"sighting": {"note": "x"}, "council_risk": {"level": "HIGH"}})
    assert {e["field"] for e in two.get_json()["errors"]} == {"sighting", "council_risk"}
    assert world.edt.post(where, {}).status_code == 422
    assert world.edt.post(where, {"sighting": {}}).status_code == 422
    held = world.edt.post(where, {"report": {"council": "E09000003"}})
    assert held.get_json()["errors"][0]["field"] == "report.council"


def test_a_category_that_becomes_missing_asks_police_anew(world: World):
    episode = world.report(category="AWAY_UNAUTHORISED")
    first = owed(episode, "police_acknowledgement")
    world.met.post(f"/obligations/{first}/acknowledgement", an_answer())
    change = {"category": "MISSING", "from_at": AT, "reason": "No longer known where."}
    found = world.edt.post(f"/episodes/{episode['reference']}/category", change)
    assert found.get_json()["category"] == "MISSING"
    assert owed(found.get_json(), "police_acknowledgement") != first
    again = world.edt.post(f"/episodes/{episode['reference']}/category", change)
    assert again.status_code == 409
