"""Who saw a child's data stands in the access log first; where it cannot, nothing is shown."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from adapters.database import models as m
from missing_service.ports import StoreBusy, StoreUnavailable
from tests.api.conftest import World


def _looks(world: World) -> list[dict[str, Any]]:
    with world.application.store.reading() as reading:
        found = reading.connection.execute(select(m.LookTable.leaf).order_by(m.LookTable.at))
        return [json.loads(bytes(leaf)) for leaf in found.scalars()]


def test_a_look_says_who_what_and_how_far(world: World):
    episode = world.report()
    assert _looks(world) == []
    world.met.get(f"/episodes/{episode['reference']}")
    (look,) = _looks(world)
    assert look["by"][:3] == ["key:met CAD gateway", "met", "police"]
    assert look["what"] == "GET /episodes/<ref:reference>"
    assert look["seen"] == {episode["id"]: 1}
    assert "met-police" not in json.dumps(look)


def test_a_refresh_that_shows_nothing_new_is_the_same_look(world: World):
    where = f"/episodes/{world.report()['reference']}"
    for _ in range(3):
        world.edt.get(where)
    assert len(_looks(world)) == 1
    world.edt.post(f"{where}/updates", {"sighting": {"note": "seen"}})
    world.edt.get(where)
    assert len(_looks(world)) == 2
    world.clock.advance(minutes=16)
    world.edt.get(where)
    assert len(_looks(world)) == 3
    world.caller("harrow-edt", "Ben Ray").get(where)
    assert len(_looks(world)) == 4


def test_a_list_names_every_child_that_it_showed(world: World):
    ids = {world.report()["id"] for _ in range(2)}
    world.edt.get("/episodes")
    world.edt.get("/episodes?state=CLOSED")
    (look,) = _looks(world)
    assert set(look["seen"]) == ids


@pytest.mark.parametrize("fault", [StoreUnavailable, StoreBusy])
def test_what_cannot_be_logged_is_not_shown(
    small_world: World, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
):
    where = f"/episodes/{small_world.report()['reference']}"
    _break(small_world, monkeypatch, fault)
    found = small_world.edt.get(where)
    assert found.status_code == 503
    assert b"Sam Okoro" not in found.get_data()
    assert "999" in found.get_json()["detail"]


def _break(world: World, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]) -> None:
    def write(function: Callable[..., Any], *_: Any, **__: Any) -> None:
        raise fault("the disk is full")

    monkeypatch.setattr(world.application.store, "write", write)


def test_a_report_that_cannot_be_saved_says_whom_to_ring(
    small_world: World, monkeypatch: pytest.MonkeyPatch
):
    _break(small_world, monkeypatch, StoreUnavailable)
    from tests.api.conftest import a_report

    found = small_world.edt.post("/episodes", a_report())
    assert found.status_code == 503
    assert "101" in found.get_json()["detail"]
    assert found.headers["Retry-After"]
