"""One text that cannot be read stops neither the ladders nor the news of any other child."""

import pytest
from sqlalchemy import text

from missing_service.ports import UnreadableText
from missing_service.usecases.escalate_due import escalate_due
from tests.journeys.world import World
from tests.peers.behaviours import drop, ok

SPOIL = "UPDATE private_text SET content = {other} WHERE id = :id"


def spoil(world: World, what: str) -> None:
    """Make one private text unreadable, as a fault of the disk would."""
    engine = world.application.store.engine
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        if is_sqlite:
            connection.execute(text("DROP TRIGGER private_text_no_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        found = connection.execute(text(what)).scalar_one()
        other = "zeroblob(60)" if is_sqlite else "decode(repeat('00', 60), 'hex')"
        connection.execute(text(SPOIL.format(other=other)), {"id": found})


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
