"""Who was told by a ladder is seen by everybody, and one of them can say: I have it."""

import pytest

from missing_service.usecases.escalate_due import escalate_due
from tests.api.conftest import World, an_answer, owed


def _lapse(world: World, minutes: float) -> None:
    world.clock.advance(minutes=minutes)
    while escalate_due(world.application.service):
        pass


def test_people_told_are_named_and_can_take_it(small_world: World):
    episode = small_world.report()
    obligation = owed(episode, "police_acknowledgement")
    _lapse(small_world, 5.5)
    where = f"/episodes/{episode['reference']}"
    read = small_world.met.get(where).get_json()
    (duty,) = [o for o in read["obligations"] if o["id"] == obligation]
    assert duty["steps_told"][0]["step"] == 1
    assert duty["steps_told"][0]["people"] == ["Asha Patel"]
    assert duty["steps_told"][0]["taken_by"] is None
    taken = small_world.edt.post(f"/obligations/{obligation}/taken")
    assert taken.status_code == 200
    (duty,) = [o for o in taken.get_json()["obligations"] if o["id"] == obligation]
    assert duty["steps_told"][0]["taken_by"] == "Asha Patel"
    assert duty["state"] == "OPEN"


def test_the_matrix_names_forces_and_people(small_world: World):
    episode = small_world.report()
    obligation = owed(episode, "police_acknowledgement")
    _lapse(small_world, 5.5)
    small_world.edt.post(f"/obligations/{obligation}/taken")
    small_world.met.post(f"/obligations/{obligation}/acknowledgement", an_answer())
    found = small_world.lead.get(f"/episodes/{episode['reference']}/told").get_json()["items"]
    force, person = found
    assert (force["who"], force["kind"], force["needed"]) == ("met", "force", True)
    assert force["by_when"] == "2026-11-24T23:15:00.000000Z"
    assert force["reference"] == {"system": "CAD", "value": "4471/24NOV"}
    assert force["acknowledged_at"] == "2026-11-24T23:05:30.000000Z"
    assert (person["who"], person["kind"]) == ("Asha Patel", "person")
    assert person["told_at"] == "2026-11-24T23:05:30.000000Z"
    assert person["acknowledged_at"] is not None


def test_the_chronology_says_who_was_told(small_world: World):
    episode = small_world.report()
    _lapse(small_world, 5.5)
    where = f"/episodes/{episode['reference']}/chronology"
    (told,) = [
        i for i in small_world.edt.get(where).get_json()["items"] if i["kind"] == "ladder.told"
    ]
    assert told["by"] == "The service"
    assert "Asha Patel" in told["what"]


def test_who_was_told_by_a_person_or_why_not_is_seen_beside_the_others(world: World):
    """CONTRACT 5: POST /episodes/{ref}/told."""
    where = f"/episodes/{world.report()['reference']}/told"
    mother = {"who": "the mother", "at": "2026-11-24T22:55:00Z", "method": "phone"}
    done = world.edt.post(where, mother)
    assert (done.status_code, done.get_json()["state"]) == (200, "MISSING")
    father = {"who": "the father", "why_not": "An order: no contact."}
    assert world.manager.post(where, father).status_code == 200
    told = {item["who"]: item for item in world.edt.get(where).get_json()["items"]}
    assert told["the mother"]["told_at"] == "2026-11-24T22:55:00.000000Z"
    assert (told["the father"]["told_at"], told["the father"]["why_not"]) == (
        None,
        "An order: no contact.",
    )
    said = [
        i["what"] for i in world.edt.get(where.replace("told", "chronology")).get_json()["items"]
    ]
    assert "Asha Patel told the mother (phone)." in said
    assert "the father is not told: An order: no contact." in said


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "who"),
        ({"who": "school", "at": "2026-11-24T23:55:00Z"}, "at"),  # lies in the future
        ({"who": "school", "method": "letter", "why_not": "closed"}, "method"),
    ],
)
def test_what_is_wrong_in_who_was_told_is_named(small_world: World, said: dict, field: str):
    where = f"/episodes/{small_world.report()['reference']}/told"
    found = small_world.edt.post(where, said)
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == field
    nobody = small_world.caller("harrow-edt").post(where, {"who": "school"})
    assert nobody.get_json()["errors"][0]["field"] == "by"
    assert small_world.met.post(where, {"who": "school"}).status_code == 403
