"""Two reports of one child: linked with a reason, both kept, both owed, and taken back."""

from typing import Any

import pytest

from tests.api.conftest import World, an_answer, owed

SOONER = "2026-11-24T21:00:00Z"


def _both(world: World, **other: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    first = world.report(became_aware_at=SOONER)
    return first, world.report(child={"name": "Samuel Okoro"}, **other)


def _link(world: World, one: dict[str, Any], two: dict[str, Any], word: str = "same_as") -> Any:
    said = {word: two["reference"], "reason": "The school and the carer both rang."}
    return world.manager.post(f"/episodes/{one['reference']}/links", said)


def test_both_accounts_and_both_duties_stand_and_the_earliest_time_counts(world: World):
    first, second = _both(world)
    found = _link(world, second, first).get_json()
    assert found["linked"] == [first["reference"]]
    assert found["first_aware_at"] == "2026-11-24T21:00:00.000000Z"
    assert found["report"] == second["report"]
    for one, other in ((first, second), (second, first)):
        where = f"/episodes/{one['reference']}"
        seen = world.edt.get(where).get_json()
        assert seen["linked"] == [other["reference"]]
        assert owed(seen, "police_acknowledgement") == owed(one, "police_acknowledgement")
        assert world.met.get(where).get_json()["linked"] == [other["reference"]]
        last = world.edt.get(f"{where}/chronology").get_json()["items"][-1]
        assert "both rang" in last["what"]
    assert _link(world, first, second).status_code == 409


def test_a_link_is_taken_back_with_a_reason_and_made_anew(world: World):
    first, second = _both(world)
    assert _link(world, first, second, "unlink").status_code == 409
    _link(world, first, second)
    found = _link(world, second, first, "unlink").get_json()
    assert (found["linked"], found["first_aware_at"]) == ([], second["times"]["recorded"])
    assert world.edt.get(f"/episodes/{first['reference']}").get_json()["linked"] == []
    assert _link(world, first, second).get_json()["linked"] == [second["reference"]]


def test_one_answer_of_police_may_name_both_and_holds_the_link(world: World):
    first, second = _both(world)
    duty = owed(first, "police_acknowledgement")
    world.met.post(f"/obligations/{duty}/acknowledgement", an_answer())
    same = an_answer(outcome="DUPLICATE_OF", duplicate_of=first["reference"])
    where = f"/obligations/{owed(second, 'police_acknowledgement')}/acknowledgement"
    apart = world.met.post(where, same).get_json()
    assert apart["police"]["state"] == "UNACKNOWLEDGED"  # of another child, as far as is known
    _link(world, first, second)
    assert world.met.post(where, same).get_json()["police"]["state"] == "ACKNOWLEDGED"
    assert _link(world, first, second, "unlink").status_code == 409
    items = world.edt.get(f"/episodes/{second['reference']}/chronology").get_json()["items"]
    number = [item["n"] for item in items if item["kind"] == "police.answered"][-1]
    undone = {"undoes": number, "reason": "Two children."}
    world.edt.post(f"/episodes/{second['reference']}/corrections", undone)
    assert _link(world, first, second, "unlink").status_code == 200


def test_a_force_sees_of_a_link_what_it_was_told_of(world: World):
    first, second = _both(world, last_seen={"council": "E08000003"})
    _link(world, first, second)
    assert second["force"] == "gmp"
    found = world.gmp.get(f"/episodes/{second['reference']}").get_json()
    assert found["linked"] == []
    duty = owed(second, "police_acknowledgement")
    done = world.gmp.post(f"/obligations/{duty}/acknowledgement", an_answer())
    assert done.get_json()["linked"] == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": "x"}, "same_as"),
        ({"same_as": "HRW-22222", "unlink": "HRW-22222", "reason": "x"}, "same_as"),
        ({"same_as": "HRW-22222", "reason": "x"}, "same_as"),
        ({"unlink": "HRW-22222", "reason": "x"}, "unlink"),
        ({"same_as": "HRW-22222"}, "reason"),
    ],
)
def test_what_is_wrong_is_named(one_world: World, said: dict[str, Any], field: str):
    where = f"/episodes/{one_world.report()['reference']}/links"
    found = one_world.edt.post(where, said)
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == field


def test_an_episode_is_not_linked_with_itself_nor_with_another_councils(one_world: World):
    mine = one_world.report()
    assert _link(one_world, mine, mine).get_json()["errors"][0]["field"] == "same_as"
    theirs = one_world.barnet.post("/episodes", {**_barnet()}).get_json()
    assert _link(one_world, mine, theirs).get_json()["errors"][0]["field"] == "same_as"


def _barnet() -> dict[str, Any]:
    reporter = {"name": "Jo Grant", "role": "FOSTER_CARER"}
    child = {"name": "Robin Grey"}
    said = {"council": "E09000003", "category": "MISSING", "concern": "Not back."}
    return {**said, "child": child, "reporter": reporter}


def test_reports_linked_as_the_same_complete_a_pattern_as_one(world: World):
    child = {"id": world.report()["child"]["id"], "name": "Sam Okoro"}
    one, two = world.report(child=child), None
    assert one["triggers"] == []
    items = world.edt.get("/episodes").get_json()["items"]
    first = next(item for item in items if item["reference"] != one["reference"])
    _link(world, first, one)
    two = world.report(child=child)
    assert two["triggers"] == []
    assert world.report(child=child)["triggers"] != []
