"""A report is saved with what is owed; police answer it, and nobody else can."""

from tests.api.conftest import World, an_answer, owed


def test_a_report_is_answered_with_the_episode_and_what_is_owed(world: World):
    episode = world.report(immediate_danger="YES")
    assert episode["reference"].startswith("HRW-")
    assert episode["state"] == "MISSING"
    assert episode["force"] == "met"
    assert episode["police"] == {
        "state": "UNACKNOWLEDGED",
        "alert": "QUEUED",
        "risk": "NOT_GRADED",
        "references": [],
    }
    assert episode["owner"] == "Asha Patel"
    assert episode["version"] == 1
    kinds = {o["kind"] for o in episode["obligations"]}
    assert {"police_acknowledgement", "still_missing_review"} <= kinds


def test_an_episode_is_read_again_by_its_council_and_by_police(world: World):
    episode = world.report()
    for caller in (world.edt, world.manager, world.interviewer, world.lead, world.met):
        found = caller.get(f"/episodes/{episode['reference']}")
        assert found.status_code == 200
        assert found.get_json() == episode


def test_a_named_officer_with_a_reference_ends_the_duty(world: World):
    episode = world.report()
    where = f"/obligations/{owed(episode, 'police_acknowledgement')}/acknowledgement"
    found = world.met.post(where, an_answer())
    assert found.status_code == 200
    after = found.get_json()
    assert after["police"]["state"] == "ACKNOWLEDGED"
    assert after["police"]["references"] == [{"system": "CAD", "value": "4471/24NOV"}]
    again = world.met.post(where, an_answer())
    assert again.status_code == 200
    assert again.get_json()["version"] == after["version"]
