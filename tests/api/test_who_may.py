"""Who may do what; what a caller may not see does not exist for it; nobody unknown is let in."""

from uuid import uuid4

import pytest
from flask import Flask

from missing_service.access.permissions import PERMISSIONS
from missing_service.api.app import all_calls, check_routes
from missing_service.api.calls import Calls, CallWithoutPermission
from missing_service.api.schemas_answers import Episode
from missing_service.domain.codes import Role
from tests.api.conftest import World, a_report, an_answer, owed

CALLS = [pytest.param(call, id=f"{call.method} {call.rule}") for call in all_calls()]
PLACES = {
    "<ref:reference>": "HRW-22222",
    "<uuid:obligation>": str(uuid4()),
    "<uuid:question>": str(uuid4()),
    "<uuid:interview>": str(uuid4()),
    "<uuid:child>": str(uuid4()),
    "<uuid:delivery>": str(uuid4()),
}
TOKENS = {role: f"harrow-{role}" for role in Role} | {Role.POLICE: "met-police"}


def _path(rule: str) -> str:
    for pattern, value in PLACES.items():
        rule = rule.replace(pattern, value)
    return rule


@pytest.mark.parametrize("call", CALLS)
def test_each_call_is_for_its_roles_alone(one_world: World, call):
    allowed = PERMISSIONS[call.act].roles
    for role, token in TOKENS.items():
        caller = one_world.caller(token, "Asha Patel")
        found = caller._send(call.method, _path(call.rule), json={} if call.takes else None)
        assert (found.status_code == 403) is (role not in allowed), role
        assert found.status_code < 500


@pytest.mark.parametrize("call", CALLS)
def test_without_a_key_in_force_nothing_is_answered(one_world: World, call):
    client = one_world.app.test_client()
    for header in ({}, {"Authorization": "Bearer ended"}, {"Authorization": "Basic eDp5"}):
        found = client.open(f"/api/v1{_path(call.rule)}", method=call.method, headers=header)
        assert found.status_code == 401
        assert found.content_type == "application/problem+json"
        assert found.headers["WWW-Authenticate"].startswith("Bearer")


def test_what_is_anothers_is_as_if_it_never_was(world: World):
    episode = world.report()
    reference, obligation = episode["reference"], owed(episode, "police_acknowledgement")
    back = {"at": "2026-11-24T22:59:00Z"}
    interview = world.edt.post(f"/episodes/{reference}/returned", back).get_json()["interview"][
        "id"
    ]
    never = world.edt.get("/episodes/HRW-22222").get_data()
    for caller in (world.gmp, world.caller("barnet-edt", "Kit Barnes")):
        for path in (
            f"/episodes/{reference}",
            f"/episodes/{reference}/chronology",
            f"/episodes/{reference}/told",
            f"/episodes/{reference}/obligations",
            f"/episodes/{reference}/deliveries",
        ):
            found = caller.get(path)
            assert (found.status_code, found.get_data()) == (404, never)
    answers = [
        world.gmp.post(f"/obligations/{obligation}/acknowledgement", an_answer()),
        world.gmp.post(f"/obligations/{uuid4()}/acknowledgement", an_answer()),
        world.gmp.post("/obligations/not-an-id/acknowledgement", an_answer()),
        world.gmp.get(f"/interviews/{interview}"),
        world.gmp.get(f"/interviews/{interview}/record"),
        world.gmp.get(f"/interviews/{uuid4()}"),
        world.barnet.post(f"/episodes/{reference}/located", back),
        world.barnet.post(f"/obligations/{obligation}/attempts", {"result": "IN_QUEUE"}),
        world.admin.post(f"/deliveries/{uuid4()}/retry"),
        world.edt.get("/episodes/%00"),
        world.edt.get("/episodes/" + "x" * 200),
        world.edt.get("/episodes/..%2f..%2fetc"),
        world.edt.get("/nothing/here"),
        world.app.test_client().get("/api/v1/nothing/here"),
        world.app.test_client().get("/api/v1/docs/nothing.js"),
    ]
    assert {(a.status_code, a.get_data()) for a in answers} == {(404, never)}
    lists = [
        world.gmp.get("/episodes"),
        world.gmp.get("/obligations"),
        world.barnet.get("/episodes"),
    ]
    assert all(found.get_json() == {"items": [], "next": None} for found in lists)


def test_a_key_reports_for_its_own_council_alone(one_world: World):
    found = one_world.barnet.post("/episodes", a_report())
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == "council"


def test_an_administrator_reads_no_episode_and_a_lead_changes_nothing(one_world: World):
    reference = one_world.report()["reference"]
    assert one_world.admin.get(f"/episodes/{reference}").status_code == 403
    assert one_world.lead.get(f"/episodes/{reference}").status_code == 200
    assert one_world.lead.post(f"/episodes/{reference}/closed", {"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Asha",
        "name=; role=x",
        "name=Asha",
        "name=%FF; role=x",
        "name=A%00b; role=x",
        "name=A%0Ab; role=x",
        "name=Asha; role=x; more=y",
        "name=Jos\u00e9; role=x",
        "name=" + "a" * 300 + "; role=x",
    ],
)
def test_a_malformed_name_is_refused_by_the_headers_own_name(one_world: World, header: str):
    found = one_world.caller("harrow-edt").post(
        "/episodes", a_report(), headers={"On-Behalf-Of": header}
    )
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == "On-Behalf-Of"


def test_names_of_every_script_are_taken(one_world: World):
    for name in ("Ní Dhomhnaill", "李", "O'Brien", "Null"):
        found = one_world.caller("harrow-edt", name).post("/episodes", a_report())
        assert found.get_json()["owner"] == name


def test_a_report_without_a_name_is_owned_by_the_worker_on_call(one_world: World):
    found = one_world.caller("harrow-edt").post("/episodes", a_report())
    assert found.status_code == 201
    assert found.get_json()["owner"] == "asha@harrow.example"


def test_a_route_in_no_row_of_the_table_stops_the_start():
    with pytest.raises(CallWithoutPermission):
        Calls().add("GET", "/secrets", "read secrets", gives=Episode)
    app = Flask("tests")
    app.add_url_rule("/api/v1/secrets", "secrets", lambda: "all of them")
    with pytest.raises(CallWithoutPermission):
        check_routes(app)
