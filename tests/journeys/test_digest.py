"""Each working morning day services get what the night leaves, and a named person takes it."""

from uuid import UUID

import pytest

from missing_service.domain.errors import NotAllowed
from missing_service.domain.events import Actor
from missing_service.usecases.decide_obligation import take
from tests.builders import HARROW, MET
from tests.domain.directories import slot
from tests.journeys.world import World
from tests.peers.behaviours import drop

FARIDA, OWEN = "farida.rahman@harrow.example", "owen.pritchard@harrow.example"
DAY = Actor("key:Harrow managers", HARROW, "manager", "Farida Rahman", "team manager")


def digest(world: World, **passed: float) -> list[str]:
    """Whom the digest reaches, where it is sent."""
    world.advance(**passed)
    world.letters()
    world.types()
    world.application.send_digests()
    world.run_workers()
    return world.told_now()


def test_it_is_sent_once_at_half_past_eight_of_a_working_day(world: World):
    world.answer(world.report())
    assert digest(world) == []  # 03:00 on a Tuesday
    assert digest(world, hours=5, minutes=29) == []
    assert digest(world, minutes=1) == ["farida"]
    assert digest(world, minutes=1) == []
    assert digest(world, days=1) == ["farida"]


def test_it_says_what_is_open_unanswered_late_and_waiting(world: World):
    silent = world.report()
    back = world.report()
    world.answer(back)
    world.returned(back)
    world.closed(back)
    world.police.behave(drop())
    world.located(silent)
    world.advance(hours=5, minutes=30)
    world.letters()
    world.types()
    world.application.send_digests()
    world.run_workers()
    (letter,) = [one for one in world.letters() if one.to == FARIDA]
    parts = {part.split("\n")[0]: part.split("\n")[1:] for part in letter.text.split("\n\n")}
    reference = silent["reference"]
    assert letter.subject == "From the night to the day: Harrow"
    assert parts["Open:"] == [f"{reference}, STILL MISSING, owned by Asha Patel"]
    assert parts["Police have not answered:"] == [reference]
    assert f"{reference}: police acknowledgement, due 03:15" in parts["Not done in time:"]
    assert any(back["reference"] in line for line in parts["Waits for the day:"])
    assert parts["Does not take what is sent:"] == ["met/cad"]
    world.types()


def test_it_is_owed_until_a_named_person_takes_it_and_the_edt_manager_hears_at_nine(world: World):
    episode = world.report()
    world.answer(episode)
    world.returned(episode)
    assert digest(world, hours=5, minutes=30) == ["farida"]
    duty = world.owed(episode, "day_services_told")
    assert duty["due_at"] == "2026-11-24T09:00:00.000000Z"
    world.advance(minutes=31)
    letters = [one for one in world.letters() if "day services" in one.text]
    assert [one.to.split(".")[0] for one in letters] == ["daniel"]
    take(UUID(duty["id"]), actor=DAY, service=world.service)
    assert world.owed(episode, "day_services_told")["state"] == "DISCHARGED"
    said = [item["what"] for item in world.story(episode) if item["kind"] == "obligation.taken"]
    assert said == ["Farida Rahman has it."]
    world.undo_last(episode, "obligation.taken")
    assert world.owed(episode, "day_services_told")["state"] == "OPEN"
    take(UUID(duty["id"]), actor=DAY, service=world.service)
    assert digest(world, days=1) == ["farida"]
    assert len(world.all_owed(episode, "day_services_told")) == 1
    assert world.faults() == ()


def test_on_saturday_nobody_is_sent_it_and_on_monday_all_of_the_weekend_is(world: World):
    world.advance(days=4)  # 03:00 on Saturday
    world.answer(world.report())
    assert digest(world, hours=6) == []
    assert digest(world, days=1) == []
    assert digest(world, days=1) == ["farida"]


def test_one_that_was_missed_is_sent_on_return_while_day_services_are_there(world: World):
    world.answer(world.report())
    assert digest(world, hours=13, minutes=59) == ["farida"]
    assert digest(world, hours=24, minutes=1) == []  # 17:00: the next one says it all


def test_a_quiet_night_sends_nothing(world: World):
    assert digest(world, hours=6) == []


def test_with_nobody_on_call_there_the_next_gets_it(world: World):
    world.load(slot(FARIDA, "team_manager", end="2026-01-01T00:00:00Z"))
    world.answer(world.report())
    assert digest(world, hours=5, minutes=30) == ["owen"]


def test_police_take_nothing_that_is_day_services(world: World):
    episode = world.report()
    digest(world, hours=5, minutes=30)
    duty = UUID(world.owed(episode, "day_services_told")["id"])
    with pytest.raises(NotAllowed):
        take(duty, actor=MET, service=world.service)
