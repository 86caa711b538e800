"""Lists come a page at a time, each row once, whatever is added meanwhile."""

from typing import Any

import pytest

from tests.api.conftest import Caller, World, a_report, an_answer, owed


def _all(caller: Caller, path: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = caller.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}").get_json()
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def test_episodes_are_the_last_recorded_first_each_once(world: World):
    made = []
    for _ in range(7):
        made.append(world.report()["reference"])
        world.clock.advance(seconds=1)
    for caller in (world.edt, world.met):
        assert [e["reference"] for e in _all(caller, "/episodes", 3)] == made[::-1]


def test_a_report_that_comes_between_two_pages_moves_nothing(world: World):
    made = {world.report()["reference"] for _ in range(4)}
    first = world.edt.get("/episodes?limit=2").get_json()
    world.clock.advance(minutes=1)
    world.report()
    second = world.edt.get(f"/episodes?limit=2&cursor={first['next']}").get_json()
    assert {e["reference"] for e in first["items"] + second["items"]} == made
    assert second["next"] is None


def test_episodes_are_filtered_by_what_stands(world: World):
    old = world.report()
    world.met.post(
        f"/obligations/{owed(old, 'police_acknowledgement')}/acknowledgement", an_answer()
    )
    world.edt.post(f"/episodes/{old['reference']}/located", {"at": "2026-11-24T22:59:00Z"})
    world.clock.advance(minutes=20)
    new = world.report()

    def found(query: str) -> list[str]:
        return [e["reference"] for e in world.edt.get(f"/episodes?{query}").get_json()["items"]]

    assert found("state=LOCATED") == [old["reference"]]
    assert found("unacknowledged=true") == [new["reference"]]
    assert found("since=2026-11-24T23:10:00Z") == [new["reference"]]
    assert found(f"child={old['child']['id']}") == [old["reference"]]
    assert found("council=E09000003") == []
    assert found("overdue=true") == []
    world.clock.advance(minutes=16)
    assert found("overdue=true") == [new["reference"]]


def test_what_is_most_overdue_comes_first(world: World):
    for _ in range(3):
        world.report()
        world.clock.advance(minutes=1)
    world.clock.advance(minutes=30)
    path = "/obligations?state=open&overdue=true&kind=police_acknowledgement"
    for caller in (world.manager, world.lead, world.edt, world.met):
        found = _all(caller, path, 2)
        assert [o["overdue"] for o in found] == [True] * 3
        assert [o["due_at"] for o in found] == sorted(o["due_at"] for o in found)
    first = found[0]
    assert first["episode"].startswith("HRW-")
    assert world.gmp.get(path).get_json()["items"] == []


def test_a_childs_earlier_episodes_are_named_oldest_first(world: World):
    first = world.report()
    child = {"name": "Sam Okoro", "id": first["child"]["id"]}
    world.clock.advance(days=1)
    second = world.report(child=child)
    world.clock.advance(days=1)
    third = world.report(child=child)
    found = world.edt.get(f"/episodes/{third['reference']}").get_json()
    assert found["earlier"] == [first["reference"], second["reference"]]


def test_parts_of_an_episode_come_in_pages_too(world: World):
    reference = world.report()["reference"]
    for place in range(5):
        world.edt.post(f"/episodes/{reference}/updates", {"sighting": {"note": str(place)}})
    for part in ("chronology", "told", "obligations", "deliveries"):
        path = f"/episodes/{reference}/{part}"
        assert _all(world.edt, path, 2) == world.edt.get(path).get_json()["items"]
    numbers = [d["number"] for d in _all(world.edt, f"/episodes/{reference}/deliveries", 2)]
    assert numbers == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("limit", ["-1", "0", "1000000000"])
def test_a_limit_is_brought_into_its_range(one_world: World, limit: str):
    assert one_world.edt.get(f"/episodes?limit={limit}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "limit=ten",
        "limit=1.5",
        "cursor=zzz",
        "cursor=%00",
        "cursor=MjAyNg",
        "state=LOST",
        "child=1",
        "since=2026-11-24",
        "overdue=yes",
        "unacknowledged=1",
    ],
)
def test_what_a_list_cannot_take_is_named(one_world: World, query: str):
    found = one_world.edt.get(f"/episodes?{query}")
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == query.partition("=")[0]


def test_cursors_of_other_lists_do_no_harm(one_world: World):
    for _ in range(3):
        one_world.edt.post("/episodes", a_report())
    cursor = one_world.edt.get("/episodes?limit=1").get_json()["next"]
    reference = one_world.edt.get("/episodes").get_json()["items"][0]["reference"]
    found = one_world.edt.get(f"/episodes/{reference}/chronology?cursor={cursor}")
    assert found.status_code == 422
