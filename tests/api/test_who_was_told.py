"""Who was told by a ladder is seen by everybody, and one of them can say: I have it."""

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
