"""The flows whose every durable step is made to fail: what people, workers and administrators do.

What `prepare` answers can be written as JSON: the same flow runs in a process of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select

from adapters.database import models as m
from missing_service.access.looks import Looks
from missing_service.bootstrap import Application, make_web
from missing_service.domain.events import SERVICE, Actor
from missing_service.ports import StoreUnavailable
from missing_service.usecases import (
    answer_obligation,
    hold_interview,
    record_return,
    report_missing,
    retry_delivery,
    undo_act,
)
from missing_service.usecases.deliver_next import Paces, deliver_due
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.load_directory import load_directory
from missing_service.usecases.read_episode import read_episode
from missing_service.usecases.read_with_look import Looker
from missing_service.usecases.service import RequestKey
from tests.builders import (
    EDT,
    HARROW,
    INTERVIEWER,
    MANAGER,
    MET,
    a_record,
    a_report,
    a_return,
    an_answer,
)
from tests.domain.directories import council, entries, force
from tests.journeys.world import World
from tests.peers.behaviours import Behaviour, ok, refuse

Given = Mapping[str, Any]
Act = Callable[[Application, Given], Any]
KEY = RequestKey("key:Harrow EDT desk|Asha Patel", "one-key", sha256(b"one request").digest())
ADMIN = Actor("key:Harrow administrators", HARROW, "admin", "Lee Admin", "administrator")
DESK = {"Authorization": "Bearer edt", "On-Behalf-Of": "name=Asha%20Patel; role=duty%20worker"}
NEW = entries(council("E09000003", "Barnet", "BNT"), force("far", ("E09000003",)))
NO_JITTER = 0.5


def busy() -> Behaviour:
    return refuse(503)


def unwilling() -> Behaviour:
    return refuse(400)


@dataclass(frozen=True, slots=True)
class Flow:
    """Made ready without faults, then run with one; `keyed`: asked again, it answers the same."""

    name: str
    prepare: Callable[[World], Given]
    act: Act
    keyed: bool = True
    sends: bool = False
    police: Callable[[], Behaviour] = ok
    all_commits: bool = False  # killed for real on every commit, not by night alone
    own_process: bool = True  # it can run in a child
    repeats: bool = True  # asked again though it was answered


# people


def report(application: Application, _: Given) -> Any:
    service = application.service
    return report_missing.report_missing(a_report(), actor=EDT, service=service, key=KEY).body


def report_over_the_api(_: Application, given: Given) -> Any:
    headers = DESK | {"Idempotency-Key": "one-key"}
    answer = given["desk"].post("/api/v1/episodes", json=a_report(), headers=headers)
    if answer.status_code in (503, 409):
        raise StoreUnavailable(answer.get_data(as_text=True))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def acknowledge(application: Application, given: Given) -> Any:
    owed, service = UUID(given["owed"]), application.service
    said = an_answer()
    return answer_obligation.acknowledge(owed, said, actor=MET, service=service, key=KEY).body


def come_back(application: Application, given: Given) -> Any:
    at, service = application.service.clock.now(), application.service
    done = record_return.record_returned(
        given["reference"], at, a_return(), actor=EDT, service=service, key=KEY
    )
    return done.body


def sign(application: Application, given: Given) -> Any:
    interview, service = UUID(given["interview"]), application.service
    return hold_interview.sign_off(interview, actor=INTERVIEWER, service=service, key=KEY).body


def undo(application: Application, given: Given) -> Any:
    done = undo_act.undo_act(
        given["reference"],
        given["n"],
        "typed on the wrong episode",
        actor=MANAGER,
        service=application.service,
        key=KEY,
    )
    return done.body


def retry(application: Application, given: Given) -> Any:
    delivery, service = UUID(given["delivery"]), application.service
    return retry_delivery.retry_delivery(delivery, actor=ADMIN, service=service, key=KEY).body


# workers and administrators


def deliver(application: Application, _: Given) -> bool:
    """One turn: claim, send, note."""
    deliver_due(application.service, application.sender, Paces(), lambda: NO_JITTER)
    return True


def escalate(application: Application, _: Given) -> bool:
    escalate_due(application.service)
    return True


def escalate_and_deliver(application: Application, given: Given) -> bool:
    return escalate(application, given) and deliver(application, given)


def seal(application: Application, _: Given) -> bool:
    application.seal()
    return True


def load(application: Application, _: Given) -> bool:
    load_directory(application.service, NEW, {}, actor=SERVICE)
    return True


def look(application: Application, given: Given) -> bool:
    looker = Looker(EDT, "one session", "GET /episodes/{reference}", Looks())
    read_episode(given["reference"], looker=looker, service=application.service)
    return True


# what stands before


def nothing(_: World) -> Given:
    return {}


def a_desk(world: World) -> Given:
    return {"desk": make_web(world.application).test_client()}


def reported(world: World) -> dict[str, Any]:
    body = world.report()
    return {"reference": body["reference"], "owed": world.owed(body)["id"]}


def not_sent_yet(world: World) -> Given:
    report_missing.report_missing(a_report(), actor=EDT, service=world.service)
    return {}


def failing(world: World) -> Given:
    """Tried several times, and due again."""
    world.police.behave(refuse(503))
    given = reported(world)
    world.advance(seconds=5)
    with world.application.store.reading() as reading:
        delivery = m.DeliveryTable
        query = select(delivery.id).where(delivery.type == "episode.reported")
        found = reading.connection.execute(query.where(delivery.channel.startswith("met"))).scalar()
    return given | {"delivery": str(found)}


def lapsed(minutes: float, world: World) -> Given:
    """Nobody answers; the step of that minute is due, and nobody has looked yet."""
    given = reported(world)
    world.advance(minutes=minutes - 0.1)
    world.move_to(world.clock.now() + timedelta(seconds=7))
    return given


def outage(world: World) -> Given:
    """Nobody looked for an hour; two children are missing."""
    given = reported(world)
    reported(world)
    world.move_to(world.clock.now() + timedelta(hours=1, seconds=1))
    return given


def acknowledged(world: World) -> dict[str, Any]:
    given = reported(world)
    world.answer(given)
    return given


def acknowledged_by_mistake(world: World) -> Given:
    given = acknowledged(world)
    found = [item["n"] for item in world.story(given) if item["kind"] == "police.answered"]
    return given | {"n": found[-1]}


def drafted(world: World) -> Given:
    given = acknowledged(world)
    interview = UUID(world.returned(given)["interview"]["id"])
    world.allocate(interview)
    world.end_interview(interview)
    hold_interview.save_draft(
        interview, a_record(), if_match='"0"', actor=INTERVIEWER, service=world.service
    )
    return given | {"interview": str(interview)}


FLOWS = (
    Flow("report", nothing, report, all_commits=True),
    Flow("report over the API", a_desk, report_over_the_api, own_process=False),
    Flow("deliver, taken", not_sent_yet, deliver, keyed=False, sends=True, all_commits=True),
    Flow("deliver, failing", not_sent_yet, deliver, keyed=False, sends=True, police=busy),
    Flow("deliver, refused", not_sent_yet, deliver, keyed=False, sends=True, police=unwilling),
    Flow(
        "escalate and tell",
        partial(lapsed, 5),
        escalate_and_deliver,
        keyed=False,
        sends=True,
        all_commits=True,
    ),
    Flow("escalate after an outage", outage, escalate, keyed=False),
    Flow("acknowledge", reported, acknowledge, all_commits=True),
    Flow("return", acknowledged, come_back),
    Flow("sign the interview's record", drafted, sign),
    Flow("undo", acknowledged_by_mistake, undo),
    Flow("retry by an administrator", failing, retry, police=busy),
    Flow("seal the attempts", failing, seal, keyed=False, police=busy),
    Flow("load the directory", nothing, load, keyed=False),
    Flow(
        "look at an episode",
        reported,
        look,
        keyed=False,
        repeats=False,  # seen twice is two lines in the access log, as it should be
        own_process=False,
    ),
)
