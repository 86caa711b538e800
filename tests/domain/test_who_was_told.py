"""The who-was-told matrix: each force with its own state, each person once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from missing_service.domain import events as e
from missing_service.domain.codes import EpisodeState, PoliceState
from missing_service.domain.delivery import Delivery
from missing_service.domain.episode import Episode, Party
from missing_service.domain.obligation import Obligation, ObligationState, StepTold
from missing_service.domain.policy import ObligationKind
from missing_service.domain.state import NoRows, State
from missing_service.domain.who_was_told import who_was_told
from tests.domain.directories import HARROW, council, directory, force, person

AT = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=15)
ID, DUTY = UUID(int=1), UUID(int=2)
WHO = directory(council(), force(), person("asha@harrow.example", "Asha Patel"))


def _episode() -> Episode:
    return Episode(
        id=ID,
        stream=ID,
        reference="HRW-22222",
        child=UUID(int=3),
        council=HARROW,
        category="MISSING",
        state=EpisodeState.MISSING,
        force="met",
        danger="NO",
        under_age=True,
        risk="NOT_GRADED",
        police=PoliceState.UNACKNOWLEDGED,
        owner="Asha",
        well_being=False,
        became_aware_at=AT,
        reported_at=AT,
        recorded_at=AT,
    )


def _party(who: str, *, owes: bool) -> Party:
    return Party(stream=ID, who=who, kind="force", owes=owes, depth=1, last_number=0)


def _duty() -> Obligation:
    return Obligation(
        id=DUTY,
        stream=ID,
        kind=ObligationKind("police_acknowledgement"),
        state=ObligationState.OPEN,
        council=HARROW,
        force="met",
        started_at=AT,
        due_at=LATER,
        opened_at=AT,
        opened_by=ID,
        policy="1",
    )


def _step(*people: str, step: str = "1", passed_over: bool = False) -> StepTold:
    return StepTold(
        obligation=DUTY,
        step=step,
        due_at=AT,
        stream=ID,
        event=ID,
        until=None,
        count=1,
        told_at=LATER,
        people=people,
        passed_over=passed_over,
    )


def _sent(who: str, taken_at: datetime | None) -> Delivery:
    return Delivery(
        id=UUID(int=9),
        stream=ID,
        event=ID,
        lane=ID,
        recipient=who,
        channel=f"{who}/cad",
        type="episode.reported",
        number=1,
        urgent=True,
        queued_at=AT,
        body=ID,
        taken_at=taken_at,
    )


def _answer(role: str, organisation: str, **other: Any) -> e.PoliceAnswered:
    values: dict[str, Any] = {
        "id": UUID(int=20),
        "stream": ID,
        "at": LATER,
        "by": e.Actor("key:x", organisation, role),
        "obligation": DUTY,
        "outcome": "RECORDED_MISSING",
        "acknowledged_at": LATER,
        "by_phone": role != "police",
        "ends": True,
        "content": {"reference": {"system": "CAD", "value": "44"}},
    }
    return e.PoliceAnswered(**{**values, **other})


def _told(rows: list[Any], *story: e.Event) -> list[dict[str, Any]]:
    state = State(NoRows())
    state.born(ID)
    for row in rows:
        state.put(row)
    for n, event in enumerate(story, start=1):
        state.tell(ID, n, event)
    return who_was_told(state, _episode(), WHO)


def test_the_force_that_owes_stands_first_with_its_time():
    first, second = _told([_party("gmp", owes=False), _party("met", owes=True), _duty()])
    assert (first["who"], first["by_when"]) == ("met", "2026-11-24T23:15:00.000000Z")
    assert (second["who"], second["by_when"], second["told_at"]) == ("gmp", None, None)


def test_told_is_when_its_machine_first_took_it():
    (item,) = _told([_party("met", owes=True), _sent("met", LATER)])
    assert item["told_at"] == "2026-11-24T23:15:00.000000Z"
    assert item["by_when"] is None


def test_an_answer_counts_for_the_force_that_gave_it():
    rows = [_party("met", owes=True), _party("gmp", owes=False)]
    met, gmp = _told(rows, _answer("police", "gmp"))
    assert met["acknowledged_at"] is None
    assert gmp["reference"] == {"system": "CAD", "value": "44"}
    met, gmp = _told(rows, _answer("edt", HARROW))
    assert (met["acknowledged_at"] is None, gmp["acknowledged_at"]) == (False, None)


def test_an_answer_that_ends_nothing_or_was_undone_does_not_count():
    rows = [_party("met", owes=True)]
    undone = e.ActUndone(
        id=UUID(int=21),
        stream=ID,
        at=LATER,
        by=e.SERVICE,
        act=UUID(int=20),
        act_kind="police.answered",
        n=1,
        reason="",
    )
    for story in (
        (_answer("police", "met", ends=False),),
        (_answer("police", "met", record_hash="ab"),),
        (_answer("police", "met"), undone),
    ):
        assert _told(rows, *story)[0]["acknowledged_at"] is None


def test_each_person_stands_once_and_those_passed_over_do_not():
    rows = [
        _step("asha@harrow.example"),
        _step("asha@harrow.example", "gone@harrow.example", step="2"),
        _step("lin@harrow.example", step="3", passed_over=True),
    ]
    taken = e.ObligationTaken(
        id=ID, stream=ID, at=LATER, by=e.SERVICE, obligation=DUTY, person="asha@harrow.example"
    )
    asha, gone = _told(rows, taken)
    assert (asha["who"], asha["seen_at"]) == ("Asha Patel", "2026-11-24T23:15:00.000000Z")
    assert (gone["who"], gone["acknowledged_at"]) == ("gone@harrow.example", None)
