"""The same key again gets the first answer again, however often and however many at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.conftest import World, a_report, an_answer, owed

KEY = {"Idempotency-Key": "form-7f3a"}


def test_the_same_report_again_is_the_first_answer_again(world: World):
    first = world.edt.post("/episodes", a_report(), headers=KEY)
    assert "Idempotency-Replayed" not in first.headers
    world.clock.advance(minutes=5)
    again = world.edt.post("/episodes", a_report(), headers=KEY)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(world.edt.get("/episodes").get_json()["items"]) == 1


def test_another_body_under_the_same_key_is_refused(world: World):
    world.edt.post("/episodes", a_report(), headers=KEY)
    found = world.edt.post("/episodes", a_report(concern="Another."), headers=KEY)
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == "Idempotency-Key"


def test_keys_of_different_people_are_independent(world: World):
    first = world.edt.post("/episodes", a_report(), headers=KEY).get_json()
    other = world.caller("harrow-edt", "Ben Ray").post("/episodes", a_report(), headers=KEY)
    assert other.status_code == 201
    assert other.get_json()["id"] != first["id"]


def test_without_a_key_each_call_is_a_new_report(world: World):
    assert world.report()["id"] != world.report()["id"]


def test_an_act_is_done_once_under_its_key(world: World):
    episode = world.report()
    where = f"/obligations/{owed(episode, 'police_acknowledgement')}/attempts"
    first = world.edt.post(where, {"result": "NO_ANSWER"}, headers=KEY)
    again = world.edt.post(where, {"result": "NO_ANSWER"}, headers=KEY)
    assert again.get_json()["version"] == first.get_json()["version"] == 2
    other_call = world.edt.post(f"/episodes/{episode['reference']}/updates", {}, headers=KEY)
    assert other_call.status_code == 422


def test_a_refused_call_uses_up_no_key(world: World):
    assert world.edt.post("/episodes", a_report(concern=""), headers=KEY).status_code == 422
    assert world.edt.post("/episodes", a_report(), headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "k\u00e9y", "a\tb"])
def test_a_key_is_printable_ascii(one_world: World, key: str):
    found = one_world.edt.post("/episodes", a_report(), headers={"Idempotency-Key": key})
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == "Idempotency-Key"


def test_twenty_at_once_make_one_episode(world: World):
    def send(_: int) -> tuple[int, Any]:
        caller = world.caller("harrow-edt", "Asha Patel")
        found = caller.post("/episodes", a_report(), headers=KEY)
        return found.status_code, found.get_json().get("id")

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(send, range(20)))
    assert len({found for status, found in answers if status == 201}) == 1
    assert {status for status, _ in answers} <= {201, 409}
    assert len(world.edt.get("/episodes").get_json()["items"]) == 1


def test_an_answer_is_kept_with_what_police_said(world: World):
    episode = world.report()
    where = f"/obligations/{owed(episode, 'police_acknowledgement')}/acknowledgement"
    first = world.met.post(where, an_answer(), headers=KEY)
    again = world.met.post(where, an_answer(), headers=KEY)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
