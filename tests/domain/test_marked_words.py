"""A marker in every field of a report and of what comes later; every recipient's bytes are searched
for each of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields

from missing_service.api.schemas_report import Report
from missing_service.domain import events as e
from missing_service.domain.delivery import Delivery
from missing_service.domain.who_is_told import BY_NAME, Level
from tests.domain import directories as d
from tests.domain.others_told import PLACES, a_child_placed_away, all_with_machines
from tests.domain.rules import Story

ALERTED = {"child.name", "child.date_of_birth", "child.estimated_age", "last_seen.at"}
TIMES = {  # a time is its own marker: it must be one
    "last_seen.at": "2001-02-03T04:05:06.000000Z",
    "became_aware_at": "2001-02-03T04:05:07.000000Z",
    "reported_at": "2001-02-03T04:05:08.000000Z",
}
ROLE_OF = {
    "bnt-edt": "host_council",
    "urn-1": "school",
    "agency-1": "fostering_agency",
    "hrw-vs": "virtual_school",
    "hrw-yjs": "youth_justice",
    "hrw-iro": "iro",
    "hrw-sw": "social_worker",
    "home-office": "home_office",
}


def marked(schema: Schema, at: str = "") -> dict[str, Any]:
    """Every field that the schema knows, with the field's own name as its marker."""
    return {
        field.data_key or name: _marked(field, f"{at}{field.data_key or name}")
        for name, field in schema.fields.items()
    }


def _marked(field: fields.Field, at: str) -> Any:
    if isinstance(field, fields.Nested):
        return marked(field.schema, f"{at}.")
    if isinstance(field, fields.List):
        return [_marked(field.inner, at)]
    return marker(at)


def marker(at: str) -> str:
    return TIMES.get(at, f"<{at}>")


def markers(said: Any) -> Iterator[str]:
    if isinstance(said, Mapping):
        for value in said.values():
            yield from markers(value)
    elif isinstance(said, list):
        for value in said:
            yield from markers(value)
    elif isinstance(said, str) and (said.startswith("<") or said in TIMES.values()):
        yield said


def over(said: Any, other: Any) -> Any:
    """`said`, with what decides who is told."""
    if isinstance(said, dict) and isinstance(other, dict):
        return said | {name: over(said.get(name), value) for name, value in other.items()}
    return [*said, *other] if isinstance(said, list) and isinstance(other, list) else other


DECIDES = {
    "council": d.HARROW,
    "category": "MISSING",
    "child": {"looked_after": "YES", "looked_after_by": d.HARROW},
    "reporter": a_child_placed_away()["reporter"] | {"name": marker("reporter.name")},
    "details": a_child_placed_away()["details"]
    | {"responsible_council": d.HARROW, "child": {"looked_after": "YES", "looked_after_by": ""}},
}


def everything() -> dict[str, Any]:
    said = over(marked(Report()), DECIDES)
    said["details"]["child"] = {}  # else it would hide who the child is above
    report: dict[str, Any] = said
    return report


def all_that_happens(report: dict[str, Any]) -> list[tuple[Delivery, bytes]]:
    second = d.channel("bnt-edt", "mail", kind="email", url=None, address="b@x.example", position=1)
    story = Story(directory=all_with_machines(second))
    sent: list[tuple[Delivery, bytes]] = []

    def happens(kind: type[e.Event], **values: Any) -> None:
        story.happens(kind, **values)
        sent.extend(story.bodies())

    story.reported(report=report)
    sent.extend(story.bodies())
    first = next(row for row, _ in sent if row.recipient == "bnt-edt")
    happens(e.DeliveryRefused, delivery=first.id, error="410", status=410)
    happens(e.EpisodeUpdated, topic="sighting", content={"place": marker("sighting.place")})
    happens(e.EpisodeUpdated, topic="details", content={"vehicle": marker("details.vehicle")})
    said = {"category": "UNSURE", "from_at": story.at, "reason": marker("reason")}
    happens(e.CategoryChanged, **said)
    back = {"returned_at": story.at, "well_being": True, "safe_there": "YES", "instead": None}
    happens(e.ChildReturned, **back, content={"to": marker("to")})
    (n, act) = next((n, t) for n, t in story.state.story(story.episode.stream) if "ret" in t.KIND)
    undone = {"act": act.id, "act_kind": act.KIND, "n": n, "reason": marker("undone")}
    happens(e.ActUndone, **undone)
    return sent


def test_nobody_but_police_reads_a_word_that_is_not_on_the_list():
    report = everything()
    looked_for = {*markers(report), *(marker(m) for m in ("to", "reason", "sighting.place"))}
    assert len(looked_for) > 80  # every field there is
    sent = all_that_happens(report)
    assert set(PLACES) <= {row.recipient for row, _ in sent}
    for row, body in sent:
        role = ROLE_OF.get(row.recipient)
        is_alerted = role and BY_NAME[role].level is Level.ALERT and not body.startswith(b'{"sub')
        allowed = {marker(name) for name in ALERTED} if is_alerted else set()
        if row.recipient != "met" or row.channel != "met/cad":
            found = {each for each in looked_for if each.encode() in body}
            assert found <= allowed, (row.recipient, row.type)


def test_police_read_every_word_of_the_report():
    report = everything()
    sent = all_that_happens(report)
    alert = next(body for row, body in sent if row.channel == "met/cad")
    assert [each for each in markers(report) if each.encode() not in alert] == []
