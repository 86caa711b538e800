"""Bad input gets the answer that says what is wrong; a good report is never refused."""

import json
from typing import Any

import pytest

from tests.api.conftest import World, a_report

GOOD = json.dumps(a_report()).encode()


def _with(text: str) -> bytes:
    """A report whose concern is this piece of JSON."""
    return GOOD.replace(b'"Not back from school, phone off."', text.encode())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b" " * (256 * 1024 + 1), 413, id="more than 256 KiB"),
        pytest.param(b"", 400, id="nothing"),
        pytest.param(b"{", 400, id="cut off"),
        pytest.param(b"[" * 100_000, 400, id="100,000 deep"),
        pytest.param(b'{"a":' * 900 + b"1" + b"}" * 900, 400, id="900 deep"),
        pytest.param(b'{"a":' * 21 + b"1" + b"}" * 21, 400, id="21 deep"),
        pytest.param(b'{"council": "a", "council": "b"}', 400, id="a name twice"),
        pytest.param(_with("NaN"), 400, id="NaN"),
        pytest.param(_with("-Infinity"), 400, id="Infinity"),
        pytest.param(_with("1e400"), 400, id="1e400"),
        pytest.param(_with("9007199254740993"), 400, id="over 2^53"),
        pytest.param(_with("1" * 5000), 400, id="5,000 digits"),
        pytest.param(_with('"\xff"').decode().encode("latin-1"), 400, id="not UTF-8"),
        pytest.param(json.dumps(a_report()).encode("utf-16"), 415, id="UTF-16"),
        pytest.param(json.dumps(a_report()).encode("utf-16-le"), 415, id="UTF-16 without a mark"),
        pytest.param(b"\xef\xbb\xbf" + GOOD, 415, id="a byte order mark"),
        pytest.param(b"[]", 422, id="a list"),
        pytest.param(b"null", 422, id="null"),
        pytest.param(_with('"\\ud800"'), 422, id="half a character"),
        pytest.param(_with('"a\\u0000b"'), 422, id="NUL"),
        pytest.param(_with("true"), 422, id="true for text"),
        pytest.param(_with('"  "'), 422, id="blank"),
        pytest.param(_with('"' + "x" * 20_001 + '"'), 422, id="20,001 characters"),
        pytest.param(_with('"' + "x" * 20_000 + '"'), 201, id="20,000 characters"),
    ],
)
def test_bodies(one_world: World, body: bytes, status: int):
    found = one_world.edt.raw("/episodes", body)
    assert found.status_code == status, found.get_data(as_text=True)
    if status != 201:
        assert found.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("", {}),
        ("text/plain", {}),
        ("application/x-www-form-urlencoded", {}),
        ("application/merge-patch+json", {}),
        ("application/json; charset=utf-16", {}),
        ("application/json; charset=iso-8859-1", {}),
        ("application/json", {"Content-Encoding": "gzip"}),
    ],
)
def test_other_forms_are_415(one_world: World, content_type: str, headers: dict[str, str]):
    found = one_world.edt.raw("/episodes", GOOD, content_type, headers=headers)
    assert found.status_code == 415


def test_a_large_body_is_refused_before_it_is_read(one_world: World):
    class Unread:
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    found = one_world.app.test_client().post(
        "/api/v1/episodes",
        headers={"Authorization": "Bearer harrow-edt", "Content-Type": "application/json"},
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(10**9)},
    )
    assert found.status_code == 413


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"council": None}, "council"),
        ({"category": "LOST"}, "category"),
        ({"category": None}, "category"),
        ({"child": {}}, "child.name"),
        ({"child": {"name": " "}}, "child.name"),
        ({"child": None}, "child"),
        ({"concern": None}, "concern"),
        ({"reporter": {}}, "reporter.name"),
        ({"status": "CLOSED"}, "status"),
        ({"child": {"name": "x", "force_id": "met"}}, "child.force_id"),
        ({"last_seen": {"when": "x"}}, "last_seen.when"),
        ({"details": {"phones": [{"number": "1"}, {"no": "2"}]}}, "details.phones.1.no"),
        ({"questions": {"eleventh": {}}}, "questions.eleventh"),
        ({"child": {"name": "x", "estimated_age": 1.0}}, "child.estimated_age"),
        ({"child": {"name": "x", "estimated_age": True}}, "child.estimated_age"),
        ({"child": {"name": "x", "estimated_age": "12"}}, "child.estimated_age"),
        ({"child": {"name": "x", "date_of_birth": "2012-02-30"}}, "child.date_of_birth"),
        ({"child": {"name": "x", "date_of_birth": "20120201"}}, "child.date_of_birth"),
        ({"immediate_danger": "yes"}, "immediate_danger"),
        ({"immediate_danger": True}, "immediate_danger"),
        (
            {"details": {"protected": {"carer_identity": "true"}}},
            "details.protected.carer_identity",
        ),
    ],
)
def test_fields_are_named(one_world: World, said: dict[str, Any], field: str):
    found = one_world.edt.post("/episodes", a_report(**said))
    assert found.status_code == 422
    assert field in {e["field"] for e in found.get_json()["errors"]}


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-24T10:00:00",
        "2026-11-24",
        "2026-W48-2",
        "2026-W48-2T10:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T10:00:60Z",
        "2026-11-24T10:00:00+25:00",
        "2026-11-24T10:00Z",
        "2026-11-24 10:00:00Z",
        "2026-02-30T10:00:00Z",
        "٢٠٢٦-11-24T10:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "20261124T100000Z",
        "now",
        "",
        1764000000,
        True,
        {},
    ],
)
def test_an_instant_needs_its_offset(one_world: World, at: Any):
    for said in ({"last_seen": {"at": at}}, {"became_aware_at": at}, {"reported_at": at}):
        found = one_world.edt.post("/episodes", a_report(**said))
        assert found.status_code == 422
        assert "offset needed" in found.get_json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "said",
    [
        {"last_seen": {"at": "2030-01-01T00:00:00Z"}},
        {"last_seen": {"at": "0950-01-01T00:00:00.123456789+01:00"}},
        {"became_aware_at": "0950-01-01T00:00:00Z", "reported_at": "9999-12-31T23:59:59Z"},
        {"child": {"name": "x", "date_of_birth": "1850-01-01"}},
        {"child": {"name": "x", "date_of_birth": "2090-01-01"}},
        {"child": {"name": "x", "date_of_birth": "2012-02-29"}},
        {"child": {"name": "x", "estimated_age": 44}},
        {"child": {"description": "A girl in a red coat", "name": None}},
        {"child": {"name": "\u202eAhmed\u202c"}},
        {"child": {"name": "李"}},
        {"child": {"name": "Null"}},
        {"child": {"name": "x" * 200}},
        {"last_seen": {"council": "E99999999"}},
        {"details": {"host_council": "nowhere", "flags": ["SOMETHING_NEW"]}},
        {"details": {"associates": [{"name": "Kai", "age": "about 30"}, {"age": 19}]}},
        {"police_informed": {"answer": "YES", "reference": "CAD 12"}},
        {"police_informed": {"answer": "YES", "reference": {"system": "CAD", "value": "12"}}},
        {"details": None, "questions": None, "last_seen": None, "immediate_danger": None},
    ],
)
def test_a_doubtful_report_is_taken(one_world: World, said: dict[str, Any]):
    found = one_world.edt.post("/episodes", a_report(**said))
    assert found.status_code == 201, found.get_data(as_text=True)
    read = one_world.edt.get(f"/episodes/{found.get_json()['reference']}")
    assert read.status_code == 200


def test_times_that_cannot_be_are_kept_and_put_no_clock_off(world: World):
    said = {"became_aware_at": "0950-01-01T00:00:00Z", "reported_at": "9999-12-31T23:59:59Z"}
    episode = world.report(**said)
    assert world.edt.get(f"/episodes/{episode['reference']}").get_json() == episode
    assert episode["report"]["reported_at"] == "9999-12-31T23:59:59.000000Z"
    (review,) = [o for o in episode["obligations"] if o["kind"] == "still_missing_review"]
    assert review["due_at"] == "2026-11-25T00:00:00.000000Z"


def test_the_whole_of_a_report_is_kept_as_said(world: World):
    said = a_report(
        last_seen={"at": "2026-11-24T22:30:00+01:00", "precision": "EXACT", "place": "Café <b>"},
        done_so_far={"checks": ["PHONED_CHILD", "OTHER"], "note": "{{7*7}}"},
        questions={"out_of_character": {"answer": "YES", "note": "n", "said_by": "Jo"}},
        details={"protected": {"address": {"from": ["father"]}, "no_contact": []}},
    )
    kept = world.report(**said)["report"]
    said["last_seen"]["at"] = "2026-11-24T21:30:00.000000Z"
    assert kept == said


def test_refusals_do_not_say_what_was_sent(one_world: World):
    said = a_report(category="SECRET-WORD", reported_at="SECRET-WORD")
    found = one_world.edt.post("/episodes", said)
    assert b"SECRET-WORD" not in found.get_data()


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "OPTIONS", "TRACE", "PUT"])
def test_another_method_is_405_with_those_allowed(one_world: World, method: str):
    found = one_world.app.test_client().open("/api/v1/episodes", method=method)
    assert found.status_code == 405
    assert {"GET", "POST"} <= set(found.headers["Allow"].replace(" ", "").split(","))


def test_a_method_override_is_no_method(one_world: World):
    found = one_world.edt.get("/episodes", headers={"X-HTTP-Method-Override": "POST"})
    assert found.status_code == 200


def test_a_name_given_twice_or_unknown_in_the_query_is_refused(one_world: World):
    assert one_world.edt.get("/episodes?limit=1&limit=2").status_code == 422
    found = one_world.edt.get("/episodes?sort=name")
    assert found.get_json()["errors"][0]["field"] == "sort"


def test_a_council_that_nobody_knows_stops_no_report(world: World):
    saved = world.edt.post("/episodes", a_report(council="E99999999"))
    assert saved.status_code == 201
    found = saved.get_json()
    assert [doubt["field"] for doubt in found["doubts"]] == ["council"]
    assert world.edt.get(f"/episodes/{found['reference']}").status_code == 200


def test_not_known_is_an_answer_to_whatever_is_not_required(small_world: World):
    """CONTRACT 5.1: all else may be absent or NOT_KNOWN."""
    seen = ("at", "precision", "place", "council", "by", "responsible_adult")
    child = ("date_of_birth", "estimated_age", "looked_after", "looked_after_by", "case_id")
    said: dict[str, Any] = {
        "child": {"name": "Zeb", **dict.fromkeys(child, "NOT_KNOWN")},
        "last_seen": dict.fromkeys(seen, "NOT_KNOWN"),
        "done_so_far": {"checks": "NOT_KNOWN", "note": "NOT_KNOWN"},
        "reporter": {"name": "Jo", **dict.fromkeys(("role", "organisation", "phone"), "NOT_KNOWN")},
        "police_informed": {"answer": "NOT_KNOWN", "reference": "NOT_KNOWN"},
        "questions": {"self_harm": "NOT_KNOWN"},
        "details": {"flags": "NOT_KNOWN", "placement": "NOT_KNOWN", "medical": "NOT_KNOWN"},
        **dict.fromkeys(("immediate_danger", "became_aware_at", "reported_at"), "NOT_KNOWN"),
    }
    report = small_world.report(**said)["report"]
    assert report["reporter"] == {**said["reporter"], "role": None}
    assert (report["last_seen"]["at"], report["last_seen"]["by"]) == (None, "NOT_KNOWN")
    assert report["immediate_danger"] == "NOT_KNOWN"


@pytest.mark.parametrize(
    ("where", "field", "said"),
    [
        ("/episodes", "reporter.role", {"reporter": {"name": "Jo", "role": "NEIGHBOUR"}}),
        ("/episodes", "category", {"category": "NOT_KNOWN"}),
        ("/episodes/{}/located", "how", {"at": "2026-11-24T22:50:00Z", "how": "TAXI"}),
    ],
)
def test_a_word_that_is_in_no_list_is_refused_by_name(
    small_world: World, where: str, field: str, said: dict[str, Any]
):
    reference = small_world.report()["reference"]
    body = a_report(**said) if where == "/episodes" else said
    found = small_world.edt.post(where.format(reference), body)
    assert found.status_code == 422
    assert found.get_json()["errors"][0]["field"] == field
