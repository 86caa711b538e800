"""Children that a council knows: searched for, kept beforehand, and what a report is offered."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from adapters.database import models as m
from tests.api.conftest import Caller, World, a_report

SAM = {"name": "Sam Okoro", "date_of_birth": "2012-05-01", "case_id": "C-1001"}


def child_of(episode: dict[str, Any]) -> str:
    return str(episode["child"]["id"])


def search(caller: Caller, **said: Any) -> list[dict[str, Any]]:
    found = caller.post("/children/search", said)
    assert found.status_code == 200, found.get_data(as_text=True)
    items: list[dict[str, Any]] = found.get_json()["items"]
    return items


def put(caller: Caller, child: str, profile: dict[str, Any], etag: str = '"0"') -> Any:
    return caller.put(f"/children/{child}/profile", profile, headers={"If-Match": etag})


def counted(world: World, table: Any) -> int:
    with world.application.store.reading() as reading:
        found: int = reading.connection.execute(
            select(func.count()).select_from(table)
        ).scalar_one()
        return found


def looks_at(world: World, what: str) -> list[dict[str, Any]]:
    with world.application.store.reading() as reading:
        log, look = m.AccessLogTable, m.LookTable
        query = select(look.leaf).join(log, log.look == look.id).order_by(log.n)
        found = reading.connection.execute(query)
        leaves = [json.loads(bytes(leaf)) for leaf in found.scalars()]
    return [leaf for leaf in leaves if leaf["what"] == what]


def test_likely_children_come_best_first_and_nothing_is_merged(world: World):
    same = child_of(world.report(child=SAM))
    swapped = child_of(world.report(child={**SAM, "date_of_birth": "2012-01-05", "case_id": None}))
    world.report(child={"name": "Kim Low", "date_of_birth": "2012-05-02"})
    before = counted(world, m.EventTable)
    found = search(world.edt, name="okoro samuel", date_of_birth="2012-05-01")
    assert [item["id"] for item in found] == [same, swapped]
    assert found[0]["why"][-1] == "The date of birth is the same."
    assert "swapped" in found[1]["why"][-1]
    assert search(world.manager, case_id="c1001")[0]["id"] == same
    assert counted(world, m.EventTable) == before
    assert counted(world, m.ChildTable) == 3


def test_a_search_shows_no_more_than_tells_two_children_apart(world: World):
    world.report(child=SAM, details={"placement": {"address": "1 Canary Mews"}})
    (item,) = search(world.edt, **SAM)
    assert set(item) == {
        "id",
        "name",
        "description",
        "date_of_birth",
        "case_id",
        "score",
        "why",
    }


def test_a_search_finds_the_children_of_ones_own_council_alone(world: World):
    world.report(child=SAM)
    assert search(world.barnet, **SAM) == []
    for caller in (world.met, world.interviewer, world.lead, world.admin):
        assert caller.post("/children/search", SAM).status_code == 403


def test_a_search_is_a_look_even_where_it_finds_nobody(world: World):
    search(world.edt, name="Nobody Known")
    (look,) = looks_at(world, "POST /children/search")
    assert look["seen"] == {}
    assert "Nobody" not in json.dumps(look)
    child = child_of(world.report(child=SAM))
    search(world.edt, **SAM)
    search(world.edt, **SAM)
    _, look = looks_at(world, "POST /children/search")
    assert look["seen"] == {child: 1}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"date_of_birth": "1 May"}, "date_of_birth"),
        ({"date_of_birth": "2012-02-30"}, "date_of_birth"),
        ({"name": "x", "council": "E09000015"}, "council"),
        ({"name": 7}, "name"),
        ({"name": "a\u0000b"}, "name"),
    ],
)
def test_a_search_that_cannot_be_read_is_refused_by_name(one_world: World, said: Any, field: str):
    found = one_world.edt.post("/children/search", said)
    assert found.status_code == 422
    assert field in {error["field"] for error in found.get_json()["errors"]}


@pytest.mark.parametrize(
    ("said", "doubted"),
    [
        ({"name": "x" * 200}, []),
        ({"name": "\u202eAhmed\u202c Khan"}, ["child.name"]),
        ({"name": "=cmd|'/c calc'!A1"}, []),
        ({"name": "+44"}, []),
        ({"name": "李"}, []),
        ({"name": "Null", "date_of_birth": "1850-01-01"}, ["child.date_of_birth"]),
        ({"name": "O'Brien", "date_of_birth": "2090-01-01"}, ["child.date_of_birth"]),
        ({"name": "Sam O", "date_of_birth": "2012-02-29", "case_id": "=1+1"}, []),
        ({"name": "מוחמד אבו"}, []),
    ],
)
def test_strange_names_and_dates_are_taken_flagged_and_found_again(
    one_world: World, said: Any, doubted: list[str]
):
    saved = one_world.edt.post("/episodes", a_report(child=said))
    assert saved.status_code == 201
    child = child_of(saved.get_json())
    found = {item["id"]: item for item in search(one_world.edt, **said)}
    assert found[child]["name"] == said["name"]
    kept = put(one_world.edt, child, {"child": said, "medical": said["name"]})
    assert kept.status_code == 200
    offered = one_world.edt.get(f"/children/{child}/prefill").get_json()
    assert [doubt["field"] for doubt in offered["doubts"]] == doubted


def test_a_name_learned_later_finds_the_child(world: World):
    episode = world.report(child={"description": "A girl in a red coat"})
    where = f"/episodes/{episode['reference']}/updates"
    assert search(world.edt, name="Mina Khan") == []
    said = {"details": {"child": {"name": "Mina Kahn", "date_of_birth": "2011-03-04"}}}
    assert world.edt.post(where, said).status_code == 200
    assert search(world.edt, name="Mina Khan")[0]["id"] == child_of(episode)
    said = {"report": {"child": {"name": "Mina Osman"}}}
    assert world.edt.post(where, said).status_code == 200
    (item,) = search(world.edt, name="Mina Kahn", date_of_birth="2011-03-04")
    assert item["name"] == "Mina Osman"
    assert "a name used before" in item["why"][0]


def test_of_many_alike_the_last_recorded_are_shown_and_it_is_said_that_there_are_more(
    small_world: World,
):
    ids = []
    for _ in range(12):
        small_world.clock.advance(seconds=1)
        ids.append(child_of(small_world.report(child={"name": "Mo Ali"})))
    found = small_world.edt.post("/children/search", {"name": "Mohammed Ali"}).get_json()
    assert [item["id"] for item in found["items"]] == ids[:1:-1]
    assert found["more"] is True
    assert found["next"] is None


def test_a_profile_not_yet_written_is_empty_under_etag_0(world: World):
    child = child_of(world.report())
    found = world.manager.get(f"/children/{child}/profile")
    assert (found.status_code, found.get_json()) == (200, {})
    assert found.headers["ETag"] == '"0"'


def test_two_people_cannot_overwrite_each_others_profile(world: World):
    child = child_of(world.report())
    where = f"/children/{child}/profile"
    assert world.edt.put(where, {"medical": "Asthma."}).status_code == 428
    first = put(world.edt, child, {"medical": "Asthma."})
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    assert put(world.manager, child, {"what_works": "Ring Nan."}).status_code == 412
    read = world.manager.get(where)
    assert read.get_json() == {"medical": "Asthma."}
    assert read.headers["ETag"] == '"1"'
    both = {"medical": "Asthma.", "what_works": "Ring Nan."}
    second = put(world.manager, child, both, read.headers["ETag"])
    assert second.headers["ETag"] == '"2"'
    assert world.edt.get(where).get_json() == second.get_json() == both


def test_of_many_who_save_at_once_one_is_answered_200(world: World):
    child = child_of(world.report())
    callers = [world.caller("harrow-edt", f"Worker {n}") for n in range(8)]
    with ThreadPoolExecutor(len(callers)) as at_once:
        saving = [at_once.submit(put, c, child, {"medical": c.named}) for c in callers]
        answers = [saved.result() for saved in saving]
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [412] * 7
    (won,) = [answer.get_json() for answer in answers if answer.status_code == 200]
    assert world.edt.get(f"/children/{child}/profile").get_json() == won


def test_the_whole_of_a_profile_is_kept_as_said(world: World):
    child = child_of(world.report())
    said = {
        "medical": "Asthma; inhaler in the blue bag.",
        "phones": [{"number": "07700 900123", "note": "his own"}],
        "associates": [{"name": "Kai", "age": "about 30", "concern": "older"}],
        "places": [{"address": "Nan's, 3 Elm Row", "why": "goes there"}],
        "protected": {"address": {"from": ["father"]}, "carer_identity": True},
        "review_on": "2027-02-01",
        "what_works": "Ring Nan first.",
        "absence_plan": {"curfew": "21:00", "grace_minutes": 30, "note": "school nights"},
    }
    assert put(world.manager, child, said).get_json() == said
    assert world.edt.get(f"/children/{child}/profile").get_json() == said


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"medial": "x"}, "medial"),
        ({"review_on": "soon"}, "review_on"),
        ({"absence_plan": {"grace_minutes": "30"}}, "absence_plan.grace_minutes"),
        ({"absence_plan": {"grace_minutes": True}}, "absence_plan.grace_minutes"),
        ({"absence_plan": {"minutes": 30}}, "absence_plan.minutes"),
        ({"what_works": "a\u0000b"}, "what_works"),
        ({"last_seen": {"place": "x"}}, "last_seen"),
        ({"concern": "x"}, "concern"),
    ],
)
def test_a_profile_that_cannot_be_read_is_refused_by_name(one_world: World, said: Any, field: str):
    found = put(one_world.edt, child_of(one_world.report()), said)
    assert found.status_code == 422
    assert field in {error["field"] for error in found.get_json()["errors"]}


def test_a_child_of_another_council_is_as_one_who_never_was(world: World):
    child = child_of(world.report())
    never = world.edt.get("/episodes/HRW-22222").get_data()
    answers = [
        world.barnet.get(f"/children/{child}/profile"),
        world.barnet.get(f"/children/{child}/prefill"),
        put(world.barnet, child, {}),
        world.edt.get(f"/children/{uuid4()}/profile"),
        world.edt.get("/children/not-an-id/profile"),
        put(world.edt, str(uuid4()), {}),
    ]
    assert {(a.status_code, a.get_data()) for a in answers} == {(404, never)}
    for caller in (world.met, world.interviewer, world.lead, world.admin):
        for path in ("profile", "prefill"):
            assert caller.get(f"/children/{child}/{path}").status_code == 403
        assert put(caller, child, {}).status_code == 403


def test_reading_a_profile_and_what_is_offered_are_looks(world: World):
    episode = world.report()
    child = child_of(episode)
    put(world.edt, child, {"medical": "Asthma."})
    world.edt.get(f"/children/{child}/profile")
    (look,) = looks_at(world, "GET /children/<uuid:child>/profile")
    assert look["seen"] == {child: 2}
    world.edt.get(f"/children/{child}/prefill")
    (look,) = looks_at(world, "GET /children/<uuid:child>/prefill")
    assert look["seen"] == {child: 2, episode["id"]: 1}


def test_a_new_report_is_offered_what_was_said_before_and_asked_if_it_is_still_true(world: World):
    first = world.report(
        child={**SAM, "looked_after": "YES"},
        last_seen={"place": "The bus station"},
        concern="Zebra worry.",
        questions={
            "medical_needs": {"answer": "YES", "note": "Asthma."},
            "hurt_or_harmed": {"answer": "YES"},
        },
        details={"clothing": "Red coat", "vehicle": "Bicycle", "medical": "Asthma."},
    )
    child = child_of(first)
    world.clock.advance(days=2)
    profile = {
        "medical": "Asthma, and nuts.",
        "what_works": "Ring Nan.",
        "review_on": "2026-11-01",
        "absence_plan": {"curfew": "21:00", "grace_minutes": 45, "note": None},
    }
    put(world.manager, child, profile)
    found = world.edt.get(f"/children/{child}/prefill").get_json()
    assert found["report"] == {
        "child": {"id": child, **SAM, "looked_after": "YES"},
        "questions": {
            "medical_needs": {"answer": "YES", "note": "Asthma."},
            "missing_before": {
                "answer": "YES",
                "note": f"The last time was {first['reference']}.",
            },
        },
        "details": {"medical": "Asthma, and nuts.", "vehicle": "Bicycle"},
    }
    facts = {fact["field"]: fact for fact in found["facts"]}
    assert facts["details.vehicle"]["question"] == "from 24 Nov, still true?"
    assert facts["details.vehicle"]["source"] == first["reference"]
    assert facts["details.medical"]["question"] == "from 26 Nov, still true?"
    assert facts["details.medical"]["source"] == "profile"
    assert [line["reference"] for line in found["earlier"]] == [first["reference"]]
    assert found["what_works"] == "Ring Nan."
    assert found["report_after"] == "Report after 45 minutes: home by 21:00, so from 21:45."
    assert [doubt["field"] for doubt in found["doubts"]] == ["review_on"]
    for word in ("bus station", "Zebra", "Red coat", "hurt_or_harmed", "Jo Grant"):
        assert word not in json.dumps(found)
    again = {**a_report(), **found["report"]}
    second = world.edt.post("/episodes", again)
    assert second.status_code == 201
    assert child_of(second.get_json()) == child
    assert second.get_json()["earlier"] == [first["reference"]]


def test_the_profile_stays_with_the_child_when_the_carer_changes(world: World):
    child = child_of(world.report(child=SAM))
    said = {"what_works": "Ring Nan.", "placement": {"address": "1 Elm Row", "provider": "A"}}
    put(world.edt, child, said)
    world.clock.advance(days=30)
    moved = {**said, "placement": {"address": "9 Oak Road"}}
    put(world.manager, child, moved, '"1"')
    world.report(child={"id": child, "name": "Sam"}, reporter={"name": "The new carer"})
    found = world.edt.get(f"/children/{child}/prefill").get_json()
    assert found["what_works"] == "Ring Nan."
    assert found["report"]["details"]["placement"] == {"address": "9 Oak Road"}
