"""Every event has a sentence, its true time beside when it was recorded, and whose act it was."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from missing_service.domain import events as e
from missing_service.domain.chronology import SENTENCES, chronology
from missing_service.domain.stored import EVENTS
from tests.domain.directories import HARROW, council, directory, force, person

AT = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
TRUE = AT - timedelta(hours=2)
ID = UUID(int=7)
ASHA = e.Actor("key:desk", HARROW, "edt", "Asha Patel", "duty worker")
WHO = directory(council(), force(), force("gmp", ()), person("asha@harrow.example", "Asha Patel"))
STEP = e.ToldStep(
    step="1", due_at=AT, until=None, count=1, people=("asha@harrow.example",), say="Not answered."
)


def _items(kind: type[e.Event], by: e.Actor = ASHA, **values: Any) -> dict[str, Any]:
    event = kind(id=ID, stream=ID, at=AT, by=by, **values)
    (item,) = chronology([(3, event)], WHO)
    return item


def _reported(**other: Any) -> dict[str, Any]:
    values = {"child": ID, "reference": "HRW-22222", "council": HARROW, "category": "MISSING"}
    values |= {"force": "met", "told": (), "danger": "NO", "under_age": True, "owner": "Asha"}
    values |= {"became_aware_at": TRUE, "reported_at": TRUE, "report": {}}
    return _items(e.EpisodeReported, **{**values, **other})


def test_every_kind_of_event_has_a_sentence():
    assert set(SENTENCES) == set(EVENTS.values())


def test_a_late_entry_keeps_its_true_time():
    item = _reported()
    assert item == {
        "n": 3,
        "at": "2026-11-24T21:00:00.000000Z",
        "recorded_at": "2026-11-24T23:00:00.000000Z",
        "kind": "episode.reported",
        "by": "Asha Patel (duty worker), Harrow",
        "what": "Reported as missing. Met owes an answer.",
    }
    assert _reported(told=("gmp",), danger="YES")["what"].endswith(
        "Gmp is told as well. Immediate danger was said."
    )


@pytest.mark.parametrize(
    ("actor", "by"),
    [
        (e.SERVICE, "The service"),
        (e.Actor("key:met CAD", "met", "police"), "met CAD, Met"),
        (e.Actor("desk", "elsewhere", "edt"), "desk, elsewhere"),
    ],
)
def test_who_acted(actor: e.Actor, by: str):
    assert _items(e.EpisodeClosed, by=actor, reason="x")["by"] == by


ANSWER = {
    "obligation": ID,
    "outcome": "RECORDED_MISSING",
    "acknowledged_at": TRUE,
    "by_phone": False,
    "ends": True,
    "content": {
        "reference": {"system": "CAD", "value": "44"},
        "acknowledged_by": {"name": "PC Lee"},
    },
}
TOLD = {
    "obligation": ID,
    "decided": 1,
    "repeated_to": None,
    "police": False,
    "empty_roles": (),
}
SEAL = e.SealedAttempts(delivery=ID, first=1, last=2, sha256="")


@pytest.mark.parametrize(
    ("kind", "values", "what"),
    [
        (
            e.EpisodeUpdated,
            {"topic": "details", "fields": ("clothing",), "content": {}},
            "More is known of the child: clothing.",
        ),
        (
            e.EpisodeUpdated,
            {"topic": "police_risk", "risk": "VERY_LOW", "by_phone": True, "content": {}},
            "Police risk level: very low. Given by phone.",
        ),
        (
            e.CategoryChanged,
            {"category": "AWAY_UNAUTHORISED", "from_at": TRUE, "reason": "At a friend's."},
            "The category is now away unauthorised: At a friend's.",
        ),
        (
            e.ChildLocated,
            {"located_at": TRUE, "how": "POLICE", "content": {}},
            "The child was located (police). Located is not yet well.",
        ),
        (
            e.ChildReturned,
            {
                "returned_at": TRUE,
                "well_being": True,
                "safe_there": "YES",
                "instead": None,
                "content": {},
            },
            "The child came back. Well-being was confirmed.",
        ),
        (
            e.ChildReturned,
            {
                "returned_at": TRUE,
                "well_being": False,
                "safe_there": "YES",
                "instead": "CUSTODY",
                "content": {},
            },
            "The child is in custody. Nobody has confirmed well-being yet.",
        ),
        (
            e.ActUndone,
            {"act": ID, "act_kind": "episode.located", "n": 2, "reason": "Wrong child."},
            "CORRECTION: number 2 (episode.located) was entered by mistake: Wrong child.",
        ),
        (e.PoliceAnswered, ANSWER, "Police answered recorded missing CAD 44 (PC Lee)."),
        (
            e.PoliceAnswered,
            {**ANSWER, "ends": False, "by_phone": True, "content": {}},
            "Police answered recorded missing (somebody, by phone). It ends nothing.",
        ),
        (
            e.PoliceRung,
            {"obligation": ID, "result": "IN_QUEUE", "content": {}},
            "Police were rung: in queue.",
        ),
        (
            e.ObligationTaken,
            {"obligation": ID, "person": "asha@harrow.example"},
            "Asha Patel has it.",
        ),
        (
            e.ObligationDecided,
            {
                "obligation": ID,
                "decision": "ESCALATE",
                "by_phone": True,
                "content": {"decided_by": "Morgan", "reason": "She is 12."},
            },
            "Decided escalate by Morgan, given by phone: She is 12.",
        ),
        (e.LadderTold, {**TOLD, "steps": (STEP,)}, "Step 1: Asha Patel told: Not answered."),
        (e.LadderTold, {**TOLD, "steps": ()}, "Nobody was due."),
        (
            e.DeliveryFailing,
            {"delivery": ID, "error": "timeout", "status": None},
            "A message was not taken (timeout); it goes on being tried.",
        ),
        (
            e.DeliveryRefused,
            {"delivery": ID, "error": "x", "status": 410},
            "A message was refused (410); it goes on being tried.",
        ),
        (
            e.ChannelBroughtIn,
            {"recipient": "met", "failing": "met/cad", "deliveries": (ID,)},
            "met/cad does not take what is sent: the next channel carries it as well.",
        ),
        (
            e.DeliveryTaken,
            {"delivery": ID, "status": 204, "seal": SEAL},
            "A machine took what was sent. That is not yet an answer.",
        ),
        (
            e.InterviewAllocated,
            {
                "interview": ID,
                "interviewer": "Lin Ode",
                "role": "",
                "organisation": "",
                "independence": "",
            },
            "The interview was allocated to Lin Ode.",
        ),
        (
            e.InterviewEnded,
            {"interview": ID, "status": "DECIDED_NOT", "outcome_at": TRUE, "content": {}},
            "The return home interview: decided not.",
        ),
        (
            e.RecordSigned,
            {"interview": ID, "version": 2, "record_hash": "", "record": {}, "whole": {}},
            "Version 2 of the written record was signed, and goes to police.",
        ),
        (e.AttemptsSealed, {"seals": (SEAL,)}, "Attempts of 1 deliveries were sealed."),
    ],
)
def test_sentences(kind: type[e.Event], values: dict[str, Any], what: str):
    assert _items(kind, **values)["what"] == what


def test_repeats_and_steps_that_were_passed_over_say_so():
    repeat = e.ToldStep(
        step="repeat", due_at=AT, until=AT, count=3, people=(), say="Still not answered."
    )
    passed = e.ToldStep(
        step="2", due_at=AT, until=None, count=1, people=(), say="", passed_over=True
    )
    found = _items(e.LadderTold, **{**TOLD, "steps": (repeat, passed)})["what"]
    assert found == (
        "Repeat: police told: Still not answered. "
        "Step 2 was passed over: its condition did not hold."
    )
