"""One named person owns an open episode; whoever it is handed to owns what is owed."""

import pytest

from tests.api.conftest import World

SAID = {"person": "morgan@harrow.example", "reason": "Asha goes off duty."}


def test_an_episode_is_handed_to_another_person(world: World):
    episode = world.report()
    assert episode["owner"] == "Asha Patel"
    where = f"/episodes/{episode['reference']}/owner"
    found = world.edt.post(where, SAID)
    assert (found.status_code, found.get_json()["owner"]) == (200, "morgan@harrow.example")
    again = world.edt.post(where, SAID | {"person": "Morgan@Harrow.example"})
    assert (again.status_code, again.get_json()["version"]) == (200, found.get_json()["version"])
    named = world.manager.post(where, {"person": " Jo Reeve ", "reason": "Day team."})
    assert named.get_json()["owner"] == "Jo Reeve"
    items = world.edt.get(f"/episodes/{episode['reference']}/chronology").get_json()["items"]
    assert [i["what"] for i in items if i["kind"] == "owner.changed"] == [
        "Morgan Hale owns it now, Asha Patel did before: Asha goes off duty.",
        "Jo Reeve owns it now, Morgan Hale did before: Day team.",
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": "x"}, "person"),
        ({"person": "", "reason": "x"}, "person"),
        ({"person": "nobody@harrow.example", "reason": "x"}, "person"),
        ({"person": "Jo Reeve"}, "reason"),
        ({"person": "Jo Reeve", "reason": " "}, "reason"),
    ],
)
def test_it_is_handed_to_somebody_with_a_reason(small_world: World, said, field):
    reference = small_world.report()["reference"]
    found = small_world.edt.post(f"/episodes/{reference}/owner", said)
    assert found.status_code == 422
    assert [error["field"] for error in found.get_json()["errors"]] == [field]
    assert small_world.edt.get(f"/episodes/{reference}").get_json()["owner"] == "Asha Patel"


def test_a_machine_alone_hands_nothing_over(small_world: World):
    reference = small_world.report()["reference"]
    found = small_world.caller("harrow-edt").post(f"/episodes/{reference}/owner", SAID)
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == "On-Behalf-Of"


def test_what_is_closed_is_handed_to_nobody(small_world: World):
    reference = small_world.report()["reference"]
    back = {"at": "2026-11-24T23:00:00Z", "well_being_confirmed_by": "the carer"}
    small_world.edt.post(f"/episodes/{reference}/returned", back)
    small_world.edt.post(f"/episodes/{reference}/closed", {"reason": "back"})
    assert small_world.edt.post(f"/episodes/{reference}/owner", SAID).status_code == 409
