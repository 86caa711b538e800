"""What is doubtful in a report is kept as it was said, flagged in a sentence that names the field,
and stops nothing; what cannot be read is refused by name."""

from typing import Any

import pytest

from tests.api.conftest import World, a_report
from tests.api.test_every_field import sent

CHILD = {"name": "Sam Okoro"}
# now: 24 November 2026, 23:00
DOUBTFUL: tuple[tuple[str, dict[str, Any], list[str]], ...] = (
    ("last seen tomorrow", {"last_seen": {"at": "2026-11-25T23:00:00Z"}}, ["last_seen.at"]),
    ("last seen in 5 minutes", {"last_seen": {"at": "2026-11-24T23:05:00Z"}}, []),
    ("last seen in 6 minutes", {"last_seen": {"at": "2026-11-24T23:06:00Z"}}, ["last_seen.at"]),
    ("last seen in the year 9999", {"last_seen": {"at": "9999-12-31T23:59:59Z"}}, ["last_seen.at"]),
    ("last seen a week ago", {"last_seen": {"at": "2026-11-17T23:00:00Z"}}, []),
    ("last seen over a week ago", {"last_seen": {"at": "2026-11-17T22:59:59Z"}}, ["last_seen.at"]),
    (
        "last seen before birth",
        {
            "child": {**CHILD, "date_of_birth": "2026-11-24"},
            "last_seen": {"at": "2026-11-23T23:00:00Z"},
        },
        ["last_seen.at"],
    ),
    ("17 until tomorrow", {"child": {**CHILD, "date_of_birth": "2008-11-25"}}, []),
    ("18 today", {"child": {**CHILD, "date_of_birth": "2008-11-24"}}, ["child.date_of_birth"]),
    ("born in 1850", {"child": {**CHILD, "date_of_birth": "1850-01-01"}}, ["child.date_of_birth"]),
    ("born tomorrow", {"child": {**CHILD, "date_of_birth": "2026-11-25"}}, ["child.date_of_birth"]),
    ("born on 29 February", {"child": {**CHILD, "date_of_birth": "2012-02-29"}}, []),
    ("about 44", {"child": {**CHILD, "estimated_age": 44}}, ["child.estimated_age"]),
    ("minus 1", {"child": {**CHILD, "estimated_age": -1}}, ["child.estimated_age"]),
    ("noticed tomorrow", {"became_aware_at": "2026-11-25T23:00:00Z"}, ["became_aware_at"]),
    ("reported tomorrow", {"reported_at": "2026-11-25T23:00:00Z"}, ["reported_at"]),
    ("reported last month", {"reported_at": "2026-10-24T23:00:00Z"}, ["reported_at"]),
    (
        "noticed before last seen",
        {
            "last_seen": {"at": "2026-11-24T20:00:00Z"},
            "became_aware_at": "2026-11-24T19:00:00Z",
        },
        ["became_aware_at"],
    ),
    ("turned round", {"child": {"name": "\u202eAhmed\u202c"}}, ["child.name"]),
    ("in isolation", {"reporter": {"name": "Jo\u2066 Grant\u2069"}}, ["reporter.name"]),
    ("of no width", {"last_seen": {"by": "Jo\u200bGrant"}}, ["last_seen.by"]),
    ("with tags", {"child": {**CHILD, "case_id": "c\U000e0041"}}, ["child.case_id"]),
    ("under five marks", {"child": {"name": "Za" + "\u0301" * 5}}, ["child.name"]),
    ("under two marks", {"child": {"name": "Nguye\u0302\u0303n"}}, []),
    ("200 characters", {"child": {"name": "x" * 200}}, []),
    ("20,000 characters", {"child": {"name": "x" * 20_000}}, []),
    *[
        (f"called {name}", {"child": {"name": name}}, [])
        for name in ("O'Brien", "Ní Dhomhnaill", "李", "Q", "Null", "unknown", "أمينة", "-", "0")
    ],
    *[
        (f"formula {text}", {"concern": text, "child": {"name": text}}, [])
        for text in ("=cmd|' /C calc'!A0", "+44", "-1", "@SUM(A1)", "\tx", "\rx", ' "a";b')
    ],
    *[
        (f"markup {text}", {"concern": text, "child": {"name": text}}, [])
        for text in (
            "<script>alert(1)</script>",
            "{{7*7}}",
            "javascript:alert(1)",
            "<svg/onload=1>",
        )
    ],
    ("unknown council", {"last_seen": {"council": "E99999999"}}, ["last_seen.council"]),
    ("unknown host", {"details": {"host_council": "nowhere"}}, ["details.host_council"]),
    (
        "unknown responsible council",
        {"details": {"responsible_council": "nowhere"}},
        ["details.responsible_council"],
    ),
    (
        "looked after by nobody known",
        {"child": {**CHILD, "looked_after_by": "nowhere"}},
        ["child.looked_after_by"],
    ),
    ("another's child", {"child": {**CHILD, "id": "not an id"}}, ["child.id"]),
    ("a flag of tomorrow", {"details": {"flags": ["NEW"]}}, ["details.flags"]),
    ("a status of tomorrow", {"details": {"legal": ["NEW"]}}, ["details.legal"]),
)
ROWS = [pytest.param(said, flagged, id=name) for name, said, flagged in DOUBTFUL]


@pytest.mark.parametrize(("said", "flagged"), ROWS)
def test_what_is_doubtful_is_taken_flagged_and_sent(
    one_world: World, said: dict[str, Any], flagged: list[str]
):
    found = one_world.edt.post("/episodes", a_report(**said))
    assert found.status_code == 201, found.get_data(as_text=True)
    episode = found.get_json()
    assert [doubt["field"] for doubt in episode["doubts"]] == flagged
    assert all(doubt["message"].endswith((".", "?")) for doubt in episode["doubts"])
    kept = sent(one_world, episode, 1)["episode"]["report"]
    assert kept == episode["report"]
    for part in ("concern", "child"):
        if isinstance(said.get(part), dict):
            assert kept[part]["name"] == said[part]["name"]
        elif part in said:
            assert kept[part] == said[part]


@pytest.mark.parametrize(("said", "flagged"), ROWS)
def test_and_so_it_is_in_an_update(one_world: World, said: dict[str, Any], flagged: list[str]):
    reference = one_world.report(child=CHILD)["reference"]
    found = one_world.edt.post(f"/episodes/{reference}/updates", {"report": said})
    assert found.status_code == 200, found.get_data(as_text=True)
    assert [doubt["field"] for doubt in found.get_json()["doubts"]] == flagged


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"child": {"name": "a\0b"}}, "child.name"),
        ({"concern": "x" * 20_001}, "concern"),
        ({"concern": ["x"]}, "concern"),
        ({"concern": " "}, "concern"),
        ({"child": {"name": " ", "description": None}}, "child.name"),
        ({"child": {**CHILD, "estimated_age": "12"}}, "child.estimated_age"),
        ({"child": {**CHILD, "estimated_age": 12.0}}, "child.estimated_age"),
        ({"child": {**CHILD, "date_of_birth": "2012-02-30"}}, "child.date_of_birth"),
        ({"last_seen": {"at": "2026-11-24T22:00:00"}}, "last_seen.at"),
        ({"details": {"appearance": {"shoe_size": "39"}}}, "details.appearance.shoe_size"),
        ({"details": {"appearance": ["tall"]}}, "details.appearance"),
        ({"details": {"medical": {"next_dose_at": "noon"}}}, "details.medical.next_dose_at"),
        ({"questions": {"self_harm": {"answer": "MAYBE"}}}, "questions.self_harm.answer"),
        ({"questions": {"self_harm": {"said_at": "noon"}}}, "questions.self_harm.said_at"),
        ({"nickname": "Sam"}, "nickname"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(one_world: World, said: dict[str, Any], field: str):
    found = one_world.edt.post("/episodes", a_report(**said))
    assert found.status_code in (400, 422)
    faults = found.get_json().get("errors") or []
    assert field in [fault["field"] for fault in faults]
    assert all(fault["message"].endswith(".") for fault in faults)
