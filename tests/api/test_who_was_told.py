"""Who was told by a ladder is seen by everybody, and one of them can say: I have it."""

from typing import Any

import pytest

from missing_service.usecases.escalate_due import escalate_due
from tests.api.conftest import World, an_answer, owed
from tests.domain.directories import BARNET, HARROW


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
    force, *others, person = found
    assert [row["kind"] for row in others if row["needed"]] == ["parent", "social_worker", "school"]
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


AWAY = {
    "child": {"name": "Sam Okoro", "looked_after": "YES", "looked_after_by": HARROW},
    "details": {"host_council": BARNET},
}


def _row(world: World, where: str, kind: str) -> dict[str, Any]:
    row: dict[str, Any]
    (row,) = [i for i in world.edt.get(where).get_json()["items"] if i["kind"] == kind]
    return row


def test_whoever_has_no_machine_stands_in_the_matrix_with_an_owner_and_a_time(world: World):
    where = f"/episodes/{world.report(**AWAY)['reference']}/told"
    host = _row(world, where, "host_council")
    assert (host["why_not"], host["owner"]) == ("no endpoint", "Asha Patel")
    assert host["by_when"] == "2026-11-24T23:00:00.000000Z"
    school = _row(world, where, "school")
    assert (school["when"], school["owner"]) == ("NEXT_SCHOOL_MORNING", "day services")
    assert school["by_when"] == "2026-11-25T09:00:00.000000Z"
    not_needed = _row(world, where, "home_office")
    assert (not_needed["needed"], not_needed["by_when"]) == (False, None)
    assert not_needed["why_not"] == "The child is not known to be seeking asylum alone."


def test_who_was_told_missing_by_a_person_is_to_be_told_found(world: World):
    episode = world.report(**AWAY)
    where = f"/episodes/{episode['reference']}/told"
    world.edt.post(where, {"who": "parent (the mother)", "method": "phone"})
    parent = _row(world, where, "parent")
    assert (parent["told_at"], parent["why_not"]) == ("2026-11-24T23:00:00.000000Z", None)
    world.clock.advance(hours=2)
    back = {"at": "2026-11-25T00:50:00Z", "to": "home", "well_being_confirmed_by": "Jo Grant"}
    assert world.edt.post(where.replace("told", "returned"), back).status_code == 200
    parent = _row(world, where, "parent")
    assert (parent["found_by_when"], parent["found_told_at"]) == (
        "2026-11-25T01:00:00.000000Z",
        None,
    )
    assert _row(world, where, "host_council")["found_by_when"] is None  # never told missing
    world.clock.advance(minutes=5)
    world.edt.post(where, {"who": "parent (the mother)", "method": "phone"})
    assert _row(world, where, "parent")["found_told_at"] == "2026-11-25T01:05:00.000000Z"


def test_a_person_on_the_list_is_refused_and_the_task_says_what_may_be_said(world: World):
    barred = [{"person": "the father", "order": "Non-molestation order", "until": None}]
    protected = {"address": {"from": ["the father"]}, "no_contact": barred}
    episode = world.report(details={"protected": protected})
    where = f"/episodes/{episode['reference']}/told"
    found = world.edt.post(where, {"who": "Father", "method": "phone"})
    assert found.status_code == 422
    (error,) = found.get_json()["errors"]
    assert error["field"] == "who"
    assert error["message"].startswith("the father must not be told: Non-molestation order.")
    say = _row(world, where, "parent")["say"]
    assert "Do not tell: the father (Non-molestation order)" in say
    assert "where the child lives" in say
    assert world.edt.post(where, {"who": "father", "why_not": "An order."}).status_code == 200
    assert world.edt.post(where, {"who": "the mother", "method": "phone"}).status_code == 200


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
