"""One text that cannot be read stops neither the ladders nor the news of any other child."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from missing_service.ports import UnreadableText
from missing_service.usecases import escalate_due as escalate
from missing_service.usecases.deliver_next import deliver_due
from missing_service.usecases.escalate_due import escalate_due
from tests.journeys.world import World
from tests.peers.behaviours import drop, ok
from workers.escalate import Escalator

SPOIL = "UPDATE private_text SET content = {other} WHERE id = :id"


def spoil(world: World, what: str) -> None:
    """Make one private text unreadable, as a fault of the disk would."""
    world.is_spoilt = True
    engine = world.application.store.engine
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        if is_sqlite:
            connection.execute(text("DROP TRIGGER IF EXISTS private_text_no_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        found = connection.execute(text(what)).scalars().first()
        other = "zeroblob(60)" if is_sqlite else "decode(repeat('00', 60), 'hex')"
        connection.execute(text(SPOIL.format(other=other)), {"id": found})


def deliver(world: World) -> None:
    """Send all that waits, with nobody to decide what is due."""
    sender, jitter = world.application.sender, world.application.jitter
    while deliver_due(world.service, sender, world.paces, jitter):
        pass
    world._note_letters()


def test_an_unreadable_report_stops_no_other_ladder(world: World):
    world.report()
    spoil(world, "SELECT id FROM event WHERE kind = 'episode.reported'")
    other = world.report()
    world.types()
    world.clock.advance(minutes=6)
    world.hold_offset()
    with pytest.raises(UnreadableText):
        escalate_due(world.application.service)
    assert [step["step"] for step in world.owed(other)["steps_told"]] == [1]


def test_after_an_outage_one_unreadable_report_costs_nobody_the_one_message(world: World):
    world.report()
    spoil(world, "SELECT id FROM event WHERE kind = 'episode.reported'")
    others = [world.report() for _ in range(3)]
    world.types()
    world.move_to(world.clock.now() + timedelta(hours=2))
    faults: list[UUID] = []
    assert escalate_due(world.service, lambda stream, _: faults.append(stream))
    assert not escalate_due(world.service, lambda stream, _: faults.append(stream))
    assert len(faults) == 2
    assert len(set(faults)) == 1
    assert all(world.owed(other)["steps_told"] for other in others)
    deliver(world)
    letters = world.letters()
    assert len({one.to for one in letters}) == len(letters)
    assert {one.type for one in world.heard()} == {"obligation.reminder"}


def test_unreadable_reports_that_stay_the_oldest_due_keep_no_later_one_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(escalate, "MANY", 2)
    monkeypatch.setattr(escalate, "MOST_LEFT_OUT", 1)
    for _ in range(3):
        world.report()
        spoil(world, "SELECT id FROM event WHERE kind = 'episode.reported' ORDER BY at DESC")
        world.move_to(world.clock.now() + timedelta(seconds=1))
    other = world.report()
    world.types()
    world.move_to(world.clock.now() + timedelta(minutes=6))
    faults: dict[UUID, Exception] = {}
    assert escalate_due(world.service, faults.__setitem__)
    assert len(faults) == 3
    assert [step["step"] for step in world.owed(other)["steps_told"]] == [1]
    deliver(world)
    world.letters()


def test_a_worker_goes_on_looking_beside_an_unreadable_report(world: World):
    world.report()
    spoil(world, "SELECT id FROM event WHERE kind = 'episode.reported'")
    world.types()
    world.move_to(world.clock.now() + timedelta(minutes=6))
    assert not Escalator(world.application, lambda _: None).turn()


def test_an_unreadable_alert_stops_no_other_alert(world: World):
    world.police.behave(drop())
    world.report()
    spoil(world, "SELECT body FROM delivery WHERE type = 'episode.reported'")
    world.police.behave(ok())
    other = world.report()
    world.advance(minutes=1)
    assert world.episode(other)["police"]["alert"] == "TAKEN"
    world.heard()
    world.letters()
