"""A destination is down with much waiting for it: two minutes are two minutes for each report."""

from datetime import timedelta

import pytest

from missing_service.domain.delivery import Delivery
from missing_service.domain.telling import MAIL
from missing_service.usecases import deliver_next
from missing_service.usecases.deliver_next import Paces, claim_errands
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.journeys.world import MAILBOX, World
from tests.peers.behaviours import drop, ok

MANY = 30  # the open breaker lets one be tried in five seconds


def mailed(world: World) -> list[float]:
    """When the force's mailbox had something."""
    return [letter.minute for letter in world.letters() if letter.to == MAILBOX]


def minute(world: World) -> float:
    return round((world.clock.now() - world.began) / timedelta(minutes=1), 2)


def test_each_of_many_reports_has_the_next_channel_after_two_minutes(world: World):
    world.police.behave(drop())
    for _ in range(MANY):
        world.report()
    world.advance(minutes=2.5)
    minutes = mailed(world)
    assert len(minutes) == MANY
    assert max(minutes) <= 2.5
    world.advance(minutes=1)
    assert mailed(world) == []


def test_a_report_made_while_the_destination_is_known_to_fail_waits_for_nothing(world: World):
    world.police.behave(drop())
    for _ in range(MANY):
        world.report()
    world.advance(minutes=4)
    mailed(world)
    world.report()
    assert mailed(world) == [minute(world)]


def test_another_process_knows_it_as_well_and_forgets_it_when_the_destination_answers(
    world: World,
):
    world.police.behave(drop())
    world.report()
    world.advance(minutes=3)
    mailed(world)
    world.paces = Paces()
    world.report()
    assert mailed(world) == [minute(world)]

    world.police.behave(ok())
    world.advance(minutes=2)
    world.police.behave(drop())
    world.heard()
    world.letters()
    world.report()
    assert mailed(world) == []


def test_a_destination_of_which_nothing_can_be_claimed_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    report_missing(a_report(), actor=EDT, service=world.service)
    world.move_to(world.clock.now() + timedelta(minutes=6))
    assert escalate_due(world.service)
    with monkeypatch.context() as patch:
        patch.setattr(deliver_next, "_where", _spoilt)
        faults: dict[str, Exception] = {}
        errands = claim_errands(world.service, Paces(), on_fault=faults.__setitem__)
    assert {errand.channel for errand in errands} == {MAIL}
    assert list(faults) == ["met/cad"]
    world.advance(minutes=1)
    world.types()
    world.letters()


def _spoilt(_: object, delivery: Delivery) -> tuple[str, str, tuple[str, ...]]:
    if delivery.channel != MAIL:
        raise RuntimeError("unforeseen")
    return "mail", delivery.recipient, ()
