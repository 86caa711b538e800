"""Withdrawn by a named act: refused without whoever saw the child, shown, and undoable."""

import pytest

from tests.api.conftest import World, an_answer, owed

SEEN = {"reason": "NEVER_MISSING", "note": "Asleep in her room.", "authorised_by": "Jo Grant"}


@pytest.mark.parametrize("by", [{}, {"authorised_by": None}, {"authorised_by": " "}])
def test_never_missing_is_said_by_somebody_who_has_seen_the_child(world: World, by: dict):
    where = f"/episodes/{world.report()['reference']}/withdrawn"
    found = world.edt.post(where, {"reason": "NEVER_MISSING", **by})
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == "authorised_by"
    assert "seen the child" in found.get_json()["errors"][0]["message"]
    assert world.edt.post(where, {"reason": "PRACTICE"}).get_json()["state"] == "WITHDRAWN"


def test_the_police_duty_stays_until_they_acknowledge_the_withdrawal(world: World):
    episode = world.report()
    reference, duty = episode["reference"], owed(episode, "police_acknowledgement")
    found = world.manager.post(f"/episodes/{reference}/withdrawn", SEEN).get_json()
    assert (found["state"], owed(found, "police_acknowledgement")) == ("WITHDRAWN", duty)
    assert world.edt.post(f"/episodes/{reference}/withdrawn", SEEN).status_code == 409
    risk = {"council_risk": {"level": "HIGH", "why": "x"}}
    assert world.edt.post(f"/episodes/{reference}/updates", risk).status_code == 409
    at = {"at": "2026-11-24T22:59:00Z"}
    assert world.edt.post(f"/episodes/{reference}/returned", at).status_code == 409
    done = world.met.post(f"/obligations/{duty}/acknowledgement", an_answer()).get_json()
    assert [o["kind"] for o in done["obligations"] if o["state"] == "OPEN"] == []
    told = world.edt.get(f"/episodes/{reference}/chronology").get_json()["items"]
    said = next(item for item in told if item["kind"] == "episode.withdrawn")
    assert "Jo Grant" in said["what"]
    assert said["by"].startswith("Asha Patel")
    undone = {"undoes": said["n"], "reason": "Another child was seen."}
    again = world.edt.post(f"/episodes/{reference}/corrections", undone).get_json()
    assert (again["state"], again["police"]["state"]) == ("MISSING", "UNACKNOWLEDGED")


def test_police_withdraw_nothing_and_a_person_is_named(world: World):
    where = f"/episodes/{world.report()['reference']}/withdrawn"
    assert world.met.post(where, SEEN).status_code == 403
    nobody = world.caller("harrow-edt").post(where, SEEN)
    assert nobody.get_json()["errors"][0]["field"] == "On-Behalf-Of"


def test_a_pattern_that_needed_what_was_withdrawn_falls_away_and_comes_back(world: World):
    first = world.report()
    child = {"id": first["child"]["id"], "name": "Sam Okoro"}
    _, last = world.report(child=child), world.report(child=child)
    where = f"/episodes/{last['reference']}"
    question = owed(last, "strategy_discussion")
    world.edt.post(f"/episodes/{first['reference']}/withdrawn", SEEN)
    found = world.edt.get(where).get_json()
    assert owed(found, "strategy_discussion", "DISCHARGED") == question
    assert found["triggers"] == []
    told = world.edt.get(f"/episodes/{first['reference']}/chronology").get_json()["items"]
    number = next(item["n"] for item in told if item["kind"] == "episode.withdrawn")
    undone = {"undoes": number, "reason": "Another child was seen."}
    world.edt.post(f"/episodes/{first['reference']}/corrections", undone)
    found = world.edt.get(where).get_json()
    assert owed(found, "strategy_discussion") == question
    assert found["triggers"] == last["triggers"]


def test_a_question_that_others_prompted_outlives_a_withdrawal(world: World):
    first = world.report()
    child = {"id": first["child"]["id"], "name": "Sam Okoro"}
    rest = [world.report(child=child) for _ in range(3)]
    assert "strategy_discussion" in {o["kind"] for o in rest[1]["obligations"]}
    for reference in (rest[2]["reference"], rest[0]["reference"]):
        found = world.edt.get(f"/episodes/{rest[1]['reference']}").get_json()
        assert owed(found, "strategy_discussion")
        world.edt.post(f"/episodes/{reference}/withdrawn", SEEN)
    found = world.edt.get(f"/episodes/{rest[1]['reference']}").get_json()
    assert owed(found, "strategy_discussion", "DISCHARGED")


def test_a_report_that_was_withdrawn_completes_no_pattern(world: World):
    first, second = world.report(), world.report(child={"name": "Sam Okoro"})
    child = first["child"]["id"]
    assert second["child"]["id"] != child
    world.edt.post(f"/episodes/{first['reference']}/withdrawn", SEEN)
    for _ in range(2):
        last = world.report(child={"id": child, "name": "Sam Okoro"})
    assert last["triggers"] == []
    assert world.report(child={"id": child, "name": "Sam Okoro"})["triggers"] != []
