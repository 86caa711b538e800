"""The use cases alone, on a store in memory: what is saved together, what is refused, what is
not."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from adapters.draw import SeededDraw
from missing_service.domain.directory import Directory
from missing_service.domain.errors import (
    AlreadyOver,
    Conflict,
    Invalid,
    KeyReused,
    NotAllowed,
    NotFound,
    NotYetFound,
)
from missing_service.domain.events import Actor, EpisodeReported
from missing_service.policy.load import load_policy
from missing_service.usecases.answer_obligation import acknowledge, record_call
from missing_service.usecases.decide_obligation import decide
from missing_service.usecases.hold_interview import allocate_interview, end_interview
from missing_service.usecases.record_return import close_episode, record_returned
from missing_service.usecases.report_missing import report_missing
from missing_service.usecases.service import RequestKey, Service
from missing_service.usecases.update_episode import change_category, update_episode
from tests.domain.directories import HARROW
from tests.fakes.clock import FakeClock
from tests.fakes.store import MemoryStore, MemoryUnit
from tests.simulation.places import DIRECTORY, NEAR

EDT = Actor("key:edt", HARROW, "edt", "Asha Patel")
MANAGER = Actor("key:manager", HARROW, "manager", "Siobhan Kelly")
MET = Actor("key:met", "met", "police", "PC Khan")
STRANGER = Actor("key:far", "far", "police", "PC Far")
REPORT: dict[str, Any] = {
    "council": HARROW,
    "category": "MISSING",
    "child": {"name": "Zebedee Quill"},
    "concern": "not home",
    "reporter": {"name": "A carer"},
}
ANSWER = {
    "outcome": "RECORDED_MISSING",
    "reference": {"system": "CAD", "value": "CAD 1"},
    "acknowledged_by": {"name": "PC Khan"},
}
POLICY = load_policy()


def a_service() -> Service:
    clock = FakeClock()
    store = MemoryStore(clock, POLICY, Directory.from_entries(DIRECTORY))
    return Service(store=store, clock=clock, new_draw=SeededDraw)  # type: ignore[arg-type]


def reported(service: Service, **other: Any) -> dict[str, Any]:
    return report_missing({**REPORT, **other}, actor=EDT, service=service).body


def duty(episode: dict[str, Any], kind: str = "police_acknowledgement") -> UUID:
    return UUID(next(o["id"] for o in episode["obligations"] if o["kind"] == kind))


def test_a_report_its_duty_and_its_alert_are_saved_by_one_act():
    service = a_service()
    episode = reported(service)
    store: Any = service.store
    assert [type(k.event) for k in store.events][-1] is EpisodeReported
    assert [d.type for d in store.queued] == ["episode.reported"]
    assert episode["obligations"][0]["state"] == "OPEN"


def test_a_report_that_fails_saves_nothing():
    service = a_service()
    with pytest.raises(Invalid, match="council"):
        reported(service, council=NEAR)
    store: Any = service.store
    assert (store.events, store.queued) == ([], [])


def test_the_alert_goes_to_where_the_child_was_last_seen_and_the_home_force_is_told():
    service = a_service()
    episode = reported(service, last_seen={"council": NEAR})
    store: Any = service.store
    assert episode["force"] == "near"
    assert sorted(d.recipient for d in store.queued) == ["met", "near"]


def test_the_same_key_gets_the_first_answer_and_another_body_is_refused():
    service = a_service()
    key = RequestKey("key:edt", "k", b"one")
    first = report_missing(REPORT, actor=EDT, service=service, key=key)
    again = report_missing(REPORT, actor=EDT, service=service, key=key)
    assert (again.body, again.replayed) == (first.body, True)
    other = RequestKey("key:edt", "k", b"two")
    with pytest.raises(KeyReused):
        report_missing(REPORT, actor=EDT, service=service, key=other)


def test_only_a_named_answer_with_a_real_reference_by_the_force_that_owes_it_ends_the_duty():
    service = a_service()
    episode = reported(service)
    with pytest.raises(NotFound):
        acknowledge(duty(episode), ANSWER, actor=STRANGER, service=service)
    for value in ("", "N/A", "-", "none"):
        said = {**ANSWER, "reference": {"system": "CAD", "value": value}}
        with pytest.raises(Invalid, match="reference"):
            acknowledge(duty(episode), said, actor=MET, service=service)
    with pytest.raises(Invalid, match="by_phone"):
        acknowledge(duty(episode), ANSWER, actor=EDT, service=service)
    done = acknowledge(duty(episode), ANSWER, actor=MET, service=service)
    assert done.body["police"]["state"] == "ACKNOWLEDGED"


def test_a_call_ends_nothing():
    service = a_service()
    episode = reported(service)
    said = {"result": "IN_QUEUE", "name": "", "number": ""}
    done = record_call(duty(episode), said, actor=EDT, service=service)
    assert done.body["police"]["state"] == "UNACKNOWLEDGED"


def test_edt_decides_the_first_reviews_and_gives_a_managers_decision_by_telephone_for_others():
    service = a_service()
    episode = reported(service)
    review = duty(episode, "still_missing_review")
    said = {"decision": "CONTINUE", "reason": "searching"}
    with pytest.raises(Invalid, match="CONTINUE or ESCALATE"):
        decide(review, {**said, "decision": "YES"}, actor=EDT, service=service)
    decide(review, said, actor=EDT, service=service)
    with pytest.raises(Conflict):
        decide(review, said, actor=MANAGER, service=service)


def test_an_episode_closes_only_when_the_child_is_known_to_be_well_and_then_takes_no_update():
    service = a_service()
    clock: Any = service.clock
    reference = reported(service)["reference"]
    with pytest.raises(NotYetFound):
        close_episode(reference, "back", actor=EDT, service=service)
    later = clock.now() + timedelta(hours=1)
    with pytest.raises(Invalid, match="future"):
        record_returned(reference, later, {}, actor=EDT, service=service)
    well = {"well_being_confirmed_by": "the carer"}
    record_returned(reference, clock.now(), well, actor=EDT, service=service)
    close_episode(reference, "back", actor=EDT, service=service)
    with pytest.raises(AlreadyOver):
        update_episode(reference, "sighting", {"place": "x"}, actor=EDT, service=service)
    with pytest.raises(AlreadyOver):
        change_category(
            reference, "AWAY_UNAUTHORISED", clock.now(), "r", actor=EDT, service=service
        )


def test_police_alone_grade_the_risk_and_the_councils_view_is_its_own():
    service = a_service()
    reference = reported(service)["reference"]
    grade = {"level": "HIGH", "by": "Insp"}
    with pytest.raises(NotAllowed):
        update_episode(reference, "police_risk", grade, actor=MANAGER, service=service)
    with pytest.raises(Invalid, match="by_phone"):
        update_episode(reference, "police_risk", grade, actor=EDT, service=service)
    with pytest.raises(NotAllowed):
        update_episode(reference, "council_risk", {"level": "LOW"}, actor=MET, service=service)
    done = update_episode(reference, "police_risk", grade, actor=MET, service=service)
    assert done.body["police"]["risk"] == "HIGH"


def test_each_outcome_of_an_interview_needs_what_the_rules_ask():
    service = a_service()
    clock: Any = service.clock
    reference = reported(service)["reference"]
    back = record_returned(reference, clock.now(), {}, actor=EDT, service=service)
    interview = UUID(back.body["interview"]["id"])
    said = {"interviewer": "nobody@nowhere.example"}
    with pytest.raises(Invalid, match="e-mail"):
        allocate_interview(interview, said, actor=MANAGER, service=service)
    with pytest.raises(Invalid) as refused:
        end_interview(interview, {"status": "DECIDED_NOT"}, actor=MANAGER, service=service)
    assert [field for field, _ in refused.value.errors] == ["reason", "authorised_by"]
    end_interview(interview, {"status": "HELD"}, actor=MANAGER, service=service)
    with pytest.raises(AlreadyOver):
        end_interview(interview, {"status": "HELD"}, actor=MANAGER, service=service)


def test_a_duplicate_holds_both_episodes_before_either_is_read(monkeypatch: pytest.MonkeyPatch):
    service = a_service()
    first, second = reported(service), reported(service)
    held: list[tuple[UUID, ...]] = []
    monkeypatch.setattr(MemoryUnit, "lock", lambda _, *streams: held.append(streams))
    said = {**ANSWER, "outcome": "DUPLICATE_OF", "duplicate_of": first["reference"]}
    acknowledge(UUID(second["obligations"][0]["id"]), said, actor=MET, service=service)
    assert set(held[0]) == {UUID(first["id"]), UUID(second["id"])}
