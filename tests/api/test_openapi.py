"""The document that is served says what is answered: checked by calls that it gives rise to."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from missing_service.api.app import all_calls
from tests.api.conftest import World, an_answer, owed
from tests.domain.directories import HARROW

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
BY_ACT = {
    "acknowledge": "met-police",
    "retry": "harrow-admin",
    "read queue": "harrow-admin",
    "decide": "harrow-manager",
    "read interviews": "harrow-manager",
    "allocate": "harrow-manager",
    "end interview": "harrow-manager",
    "sign off": "harrow-manager",
    "write record": "harrow-interviewer",
    "read record": "harrow-interviewer",
}
AT = "2026-11-24T22:59:30Z"
POSSIBLE = {
    "council": HARROW,
    "at": AT,
    "from_at": AT,
    "acknowledged_at": AT,
    "outcome": "RECORDED_MISSING",
    "force": None,
}


def _places(world: World) -> dict[str, str]:
    """What exists, so that calls reach what they are for."""
    episode = world.report()
    back = {"at": "2026-11-24T22:59:00Z", "well_being_confirmed_by": "Jo"}
    interview = world.edt.post(f"/episodes/{episode['reference']}/returned", back).get_json()
    sent = world.edt.get(f"/episodes/{episode['reference']}/deliveries").get_json()["items"]
    return {
        "reference": episode["reference"],
        "obligation": owed(episode, "police_acknowledgement"),
        "interview": interview["interview"]["id"],
        "child": episode["child"]["id"],
        "delivery": sent[0]["id"],
    }


def _possible(body: Any) -> Any:
    """The body with what no schema can say: which council asks, and what time it is."""
    if not isinstance(body, dict):
        return body
    return {name: POSSIBLE.get(name, value) for name, value in body.items()}


def _path(rule: str) -> str:
    for converter in ("ref:", "uuid:"):
        rule = rule.replace(f"<{converter}", "{")
    return "/api/v1" + rule.replace(">", "}")


CALLS = [pytest.param(call, id=f"{call.method} {call.rule}") for call in all_calls()]


@pytest.fixture(scope="module")
def places(one_world: World) -> dict[str, str]:
    return _places(one_world)


@pytest.fixture(scope="module")
def document(one_world: World) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", one_world.app)


@pytest.mark.parametrize("call", CALLS)
def test_answers_are_what_the_document_says(document, places, call):
    headers = {
        "Authorization": f"Bearer {BY_ACT.get(call.act, 'harrow-edt')}",
        "On-Behalf-Of": "name=Asha%20Patel; role=worker",
        "If-Match": '"0"',
    }
    operation = document[_path(call.rule)][call.method]

    @given(case=operation.as_strategy())
    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: schemathesis.Case) -> None:
        known = {n: places[n] for n in case.path_parameters or {} if n in places}
        case.path_parameters = {**(case.path_parameters or {}), **known}
        case.headers.update(headers)
        case.body = _possible(case.body)
        case.call_and_validate(checks=list(CHECKS))

    check()


def test_every_call_stands_in_the_document(one_world: World):
    document = one_world.app.test_client().get("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    shown = {(m.upper(), p) for p, calls in document["paths"].items() for m in calls}
    rules = {(c.method, _path(c.rule)) for c in all_calls()}
    assert {pair for pair in shown if pair[0] != "PARAMETERS"} == rules


def test_errors_are_problems_in_the_document_too(one_world: World):
    document = one_world.app.test_client().get("/api/v1/openapi.json").get_json()
    for name, response in document["components"]["responses"].items():
        assert list(response["content"]) == ["application/problem+json"], name


def test_what_is_sent_may_have_no_other_names(one_world: World):
    document = one_world.app.test_client().get("/api/v1/openapi.json").get_json()
    schemas = document["components"]["schemas"]
    assert schemas["ReportSent"]["additionalProperties"] is False
    assert {"council", "category", "child", "concern", "reporter"} == set(
        schemas["ReportSent"]["required"]
    )
    assert an_answer()["reference"].keys() <= schemas["PoliceReferenceSent"]["properties"].keys()
