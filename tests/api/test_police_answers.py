"""What police may answer, and what each answer ends."""

import pytest

from tests.api.conftest import World, an_answer, owed


def _where(episode: dict) -> str:
    return f"/obligations/{owed(episode, 'police_acknowledgement')}/acknowledgement"


@pytest.mark.parametrize(
    "value", ["", "   ", "N/A", "none", "-", "x" * 1000, "CAD\u202e1", "a\x07"]
)
def test_a_reference_that_is_none_does_not_end_the_duty(small_world: World, value: str):
    where = _where(small_world.report())
    found = small_world.met.post(where, an_answer(reference={"system": "CAD", "value": value}))
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == "reference.value"


def test_the_officer_is_named(small_world: World):
    where = _where(small_world.report())
    for officer in ({}, {"name": ""}, {"name": "  "}, None):
        found = small_world.met.post(where, an_answer(acknowledged_by=officer))
        assert found.status_code == 422
        assert found.get_json()["errors"][0]["field"].startswith("acknowledged_by")


def test_an_answer_by_phone_is_recorded_by_a_named_worker(world: World):
    where = _where(world.report())
    nobody = world.caller("harrow-edt")
    unnamed = nobody.post(where, an_answer(by_phone=True))
    assert unnamed.status_code == 422
    assert unnamed.get_json()["errors"][0]["field"] == "On-Behalf-Of"
    plain = world.edt.post(where, an_answer())
    assert plain.get_json()["errors"][0]["field"] == "by_phone"
    found = world.edt.post(where, an_answer(by_phone=True))
    assert found.get_json()["police"]["state"] == "ACKNOWLEDGED"


def test_a_further_reference_is_kept_beside_the_first(world: World):
    where = _where(world.report())
    first = world.met.post(where, an_answer()).get_json()
    other = an_answer(reference={"system": "MERLIN", "value": "24MIS1"})
    found = world.met.post(where, other)
    assert found.status_code == 200
    assert [r["system"] for r in found.get_json()["police"]["references"]] == ["CAD", "MERLIN"]
    ended = [o for o in first["obligations"] if o["kind"] == "police_acknowledgement"]
    still = [o for o in found.get_json()["obligations"] if o["kind"] == "police_acknowledgement"]
    assert still[0]["discharged_at"] == ended[0]["discharged_at"]


def test_declined_needs_a_reason_and_opens_a_review(world: World):
    where = _where(world.report())
    bare = world.met.post(where, an_answer(outcome="DECLINED"))
    assert bare.get_json()["errors"][0]["field"] == "reason"
    found = world.met.post(where, an_answer(outcome="DECLINED", reason="Not missing.")).get_json()
    assert found["police"]["state"] == "DECLINED"
    review = owed(found, "police_declined_review")
    short = world.manager.post(
        f"/obligations/{review}/decision", {"decision": "YES", "reason": "x"}
    )
    assert short.get_json()["errors"][0]["field"] == "decision"
    decided = world.manager.post(
        f"/obligations/{review}/decision", {"decision": "ESCALATE", "reason": "She is 12."}
    )
    assert decided.status_code == 200
    assert owed(decided.get_json(), "police_declined_review") != review


def test_what_is_recorded_as_something_else_needs_a_reason(world: World):
    where = _where(world.report())
    for reason in (None, "  "):
        bare = world.met.post(where, an_answer(outcome="RECORDED_OTHER", reason=reason))
        assert bare.status_code == 422
        assert bare.get_json()["errors"][0]["field"] == "reason"
    said = an_answer(outcome="RECORDED_OTHER", reason="Concern for safety.")
    found = world.met.post(where, said).get_json()
    assert owed(found, "police_declined_review")


def test_declined_without_a_reference_discharges_nothing(world: World):
    where = _where(world.report())
    said = an_answer(outcome="DECLINED", reason="Not ours.", reference=None)
    found = world.met.post(where, said)
    assert found.status_code == 200
    assert found.get_json()["police"]["state"] == "UNACKNOWLEDGED"


def test_a_wrong_force_reads_what_it_was_sent_and_no_more(world: World):
    episode = world.report()
    reference, obligation = episode["reference"], owed(episode, "police_acknowledgement")
    said = an_answer(outcome="WRONG_FORCE", force="gmp", reference=None)
    assert world.met.post(_where(episode), said).status_code == 200
    world.edt.post(f"/episodes/{reference}/updates", {"sighting": {"place": "Piccadilly"}})
    now = world.gmp.get(f"/episodes/{reference}").get_json()
    assert now["force"] == "gmp"
    assert owed(now, "police_acknowledgement") == obligation
    frozen = world.met.get(f"/episodes/{reference}")
    assert frozen.status_code == 200
    assert frozen.get_json()["force"] == "met"
    assert frozen.get_json()["version"] == 1
    assert world.met.get("/episodes").get_json()["items"] == [frozen.get_json()]
    assert world.met.post(f"/episodes/{reference}/closed", {"reason": "x"}).status_code == 403
    assert world.met.post(_where(episode), an_answer()).status_code == 403
    kinds = [
        i["kind"] for i in world.met.get(f"/episodes/{reference}/chronology").get_json()["items"]
    ]
    assert "episode.updated" not in kinds
    sent = world.met.get(f"/episodes/{reference}/deliveries").get_json()["items"]
    assert {d["recipient"] for d in sent} == {"met"}
    assert [t["who"] for t in world.met.get(f"/episodes/{reference}/told").get_json()["items"]] == [
        "met"
    ]
    assert (
        world.gmp.post(_where(episode), an_answer()).get_json()["police"]["state"] == "ACKNOWLEDGED"
    )


def test_a_call_without_a_reference_ends_nothing(world: World):
    episode = world.report()
    where = f"/obligations/{owed(episode, 'police_acknowledgement')}/attempts"
    call = {"result": "IN_QUEUE", "name": "", "number": "101"}
    found = world.edt.post(where, call)
    assert found.status_code == 200
    assert found.get_json()["police"]["state"] == "UNACKNOWLEDGED"
    assert world.met.post(where, call).status_code == 403
    assert world.caller("harrow-edt").post(where, call).status_code == 422


def test_only_those_who_were_told_can_take_it(world: World):
    episode = world.report()
    where = f"/obligations/{owed(episode, 'police_acknowledgement')}/taken"
    found = world.edt.post(where)
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == "On-Behalf-Of"


def test_a_still_missing_review_is_decided_by_a_manager(world: World):
    episode = world.report()
    where = f"/obligations/{owed(episode, 'still_missing_review')}/decision"
    said = {"decision": "CONTINUE", "reason": "Searching."}
    assert world.interviewer.post(where, said).status_code == 403
    found = world.manager.post(where, said)
    assert found.status_code == 200
    assert world.manager.post(where, said).status_code == 409
