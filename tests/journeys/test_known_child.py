"""A child who is known goes missing again: found by a half-heard name, and their story is not told
twice."""

from typing import Any
from uuid import UUID

import pytest

from missing_service.access.looks import Looks
from missing_service.domain.errors import NotFound, StaleEdit
from missing_service.domain.events import Actor
from missing_service.domain.matching import Sought
from missing_service.usecases.keep_profile import ProfileRead, keep_profile, read_profile
from missing_service.usecases.prefill_report import read_prefill
from missing_service.usecases.read_with_look import Looker
from missing_service.usecases.search_children import search_children
from tests.builders import EDT, MANAGER
from tests.journeys.world import World

ELSEWHERE = Actor("key:Barnet EDT desk", "E09000003", "edt", "Kit Barnes", "duty worker")


def looker(actor: Actor = EDT) -> Looker:
    return Looker(actor, "the night", "a page", Looks())


def search(world: World, **said: str) -> list[dict[str, Any]]:
    found = search_children(Sought(**said), looker=looker(), service=world.service)
    items: list[dict[str, Any]] = found["items"]
    return items


def prefill(world: World, child: str, actor: Actor = EDT) -> dict[str, Any]:
    return read_prefill(UUID(child), looker=looker(actor), service=world.service)


def keep(world: World, child: str, etag: str, actor: Actor = MANAGER, **said: Any) -> ProfileRead:
    return keep_profile(UUID(child), said, if_match=etag, actor=actor, service=world.service)


def test_a_second_report_is_found_offered_and_told_to_police_like_the_first(world: World):
    first = world.report(
        child={"name": "Zebedee Quill", "date_of_birth": "2010-05-01", "case_id": "C-77"},
        last_seen={"place": "The skate park"},
        details={"medical": "Epilepsy.", "clothing": "Green hoodie"},
    )
    world.answer(first)
    world.advance(hours=2)
    world.returned(first)
    world.advance(hours=24 * 6)

    (likely,) = search(world, name="Quil, Zebedee", date_of_birth="2010-01-05")
    assert likely["id"] == first["child"]["id"]
    assert "spelt alike" in likely["why"][0]
    found = prefill(world, likely["id"])
    assert found["earlier"][0]["reference"] == first["reference"]
    assert "last_seen" not in found["report"]
    assert "concern" not in found["report"]
    assert found["report"]["details"] == {"medical": "Epilepsy."}
    assert all(fact["question"].endswith(", still true?") for fact in found["facts"])

    world.types()
    second = world.report(last_seen={"place": "The canal"}, **found["report"])
    assert second["child"]["id"] == likely["id"]
    assert second["reference"] != first["reference"]
    assert second["earlier"] == [first["reference"]]
    assert second["report"]["details"] == {"medical": "Epilepsy."}
    assert [kind for kind, _ in world.types()] == ["episode.reported"]
    world.letters()


def test_a_report_of_a_child_who_looks_known_is_a_child_of_its_own_until_somebody_says(
    world: World,
):
    said = {"name": "Zebedee Quill", "date_of_birth": "2010-05-01", "case_id": "C-77"}
    first, second = world.report(child=said), world.report(child=said)
    assert first["child"]["id"] != second["child"]["id"]
    assert {item["id"] for item in search(world, **said)} == {
        first["child"]["id"],
        second["child"]["id"],
    }
    assert first["earlier"] == second["earlier"] == []
    assert [kind for kind, _ in world.types()] == ["episode.reported"] * 2


def test_a_profile_edited_by_two_people_loses_nobodys_words(world: World):
    child = world.report()["child"]["id"]
    plan = {"curfew": "21:00", "grace_minutes": 20, "note": None}
    keep(world, child, "0", absence_plan=plan)
    with pytest.raises(StaleEdit):
        keep(world, child, "0", EDT, what_works="Ring Nan.")
    read = read_profile(UUID(child), looker=looker(), service=world.service)
    keep(world, child, read.etag, EDT, **read.body, what_works="Ring Nan.")
    found = prefill(world, child)
    assert found["what_works"] == "Ring Nan."
    assert found["report_after"] == "Report after 20 minutes: home by 21:00, so from 21:20."
    assert [kind for kind, _ in world.types()] == ["episode.reported"]


def test_another_council_finds_nothing_of_the_child(world: World):
    child = world.report()["child"]["id"]
    sought = Sought(name="Zebedee Quill", date_of_birth="2010-05-01")
    found = search_children(sought, looker=looker(ELSEWHERE), service=world.service)
    assert found["items"] == []
    with pytest.raises(NotFound):
        prefill(world, child, ELSEWHERE)
    with pytest.raises(NotFound):
        keep(world, child, "0", ELSEWHERE)
    assert [kind for kind, _ in world.types()] == ["episode.reported"]
