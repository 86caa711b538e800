"""A directory in which everybody who is to be told has a machine, and a report that names them."""

from typing import Any

from tests.builders import a_report
from tests.domain import directories as d
from tests.domain.rules import people_and_forces

PLACES = {
    "bnt-edt": ("Barnet EDT", "council", d.BARNET),
    "urn-1": ("Larkspur School", "school", d.HARROW),
    "agency-1": ("Oak Fostering", "fostering agency", d.HARROW),
    "hrw-vs": ("Harrow Virtual School", "Virtual school", d.HARROW),
    "hrw-yjs": ("Harrow Youth Justice", "youth-justice", d.HARROW),
    "hrw-iro": ("Harrow IRO service", "iro", d.HARROW),
    "hrw-sw": ("Harrow social work", "social_work", d.HARROW),
    "home-office": ("Home Office", "home_office", d.HARROW),
}
BY_MAIL = ("hrw-sw", "agency-1")


def organisation(code: str, name: str, kind: str, council: str):
    entry = {"code": code, "name": name, "kind": kind, "council": council}
    return ("organisation", code), entry


def a_place_channel(code: str):
    if code in BY_MAIL:
        return d.channel(code, "desk", kind="email", url=None, address=f"{code}@x.example")
    return d.channel(code, "desk", url=f"https://{code}.example/")


def all_with_machines(*more: Any):
    made = [organisation(code, *said) for code, said in PLACES.items()]
    machines = [a_place_channel(code) for code in PLACES]
    return d.directory(*people_and_forces(), *made, *machines, d.council(), *more)


def a_child_placed_away(**other: Any) -> dict[str, Any]:
    """Looked after by Harrow, fostered in Barnet, on bail, alone from abroad; a school reports."""
    details = {
        "host_council": d.BARNET,
        "flags": ["UASC"],
        "legal": ["On bail"],
        "placement": {"type": "Foster care", "provider": "agency-1"},
    }
    return a_report(
        child={"name": "Zebedee Quill", "looked_after": "YES", "looked_after_by": d.HARROW},
        reporter={"name": "Jo Grant", "role": "SCHOOL", "organisation": "Larkspur School"},
        details=details | other.pop("details", {}),
        **other,
    )
