"""What people say to the service, each as the least that they can say, and what is given beside
it."""

from typing import Any

from missing_service.domain.events import Actor

HARROW = "E09000015"
EDT = Actor("key:Harrow EDT desk", HARROW, "edt", "Asha Patel", "duty worker")
MANAGER = Actor("key:Harrow managers", HARROW, "manager", "Siobhan Kelly", "head of service")
INTERVIEWER = Actor("key:Harrow interviewers", HARROW, "interviewer", "Tomasz Zielinski", "adviser")
MET = Actor("key:met CAD gateway", "met", "police", "PC Amira Khan", "control room")


def a_report(**other: Any) -> dict[str, Any]:
    """A report of a child whose name, address and school nobody but police may be told."""
    return {
        "council": HARROW,
        "category": "MISSING",
        "child": {"name": "Zebedee Quill", "date_of_birth": "2010-05-01"},
        "last_seen": {"place": "14 Canary Mews"},
        "concern": "Not back from Larkspur School, phone off.",
        "reporter": {"name": "Jo Grant", "role": "FOSTER_CARER"},
        **other,
    }


CANARIES = ("Zebedee", "Quill", "Canary Mews", "Larkspur", "Jo Grant", "2010-05-01")


def an_answer(value: str = "CAD 4471", **other: Any) -> dict[str, Any]:
    """A named officer's acknowledgement with a reference."""
    return {
        "outcome": "RECORDED_MISSING",
        "reference": {"system": "CAD", "value": value},
        "acknowledged_by": {"name": "PC Amira Khan", "role": "control room", "number": "4471QK"},
        **other,
    }


def without_reference(outcome: str, **other: Any) -> dict[str, Any]:
    """An answer that names an officer and no reference."""
    return an_answer(outcome=outcome, **{"reference": None, **other})


def a_return(**other: Any) -> dict[str, Any]:
    """The child came back, and somebody saw that they are well."""
    return {"to": "home", "well_being_confirmed_by": "the foster carer", **other}


def a_record(**other: Any) -> dict[str, Any]:
    """A written record that lacks nothing."""
    return {
        "why_left": "I wanted to see my brother – it’s been months.",
        "what_happened": "He walked, and slept at his brother's.",
        "trafficking_screen": {"answer": "NO", "note": ""},
        "helpline_given": True,
        "view_on_sharing": "Fine by him.",
        "told_about_sharing": "That police and his social worker read it.",
        "could_not_wait": {"answer": "NO", "note": ""},
        "seen_alone": "YES",
        "analysis": "Contact was promised and did not happen.",
        "withheld": [],
        **other,
    }
