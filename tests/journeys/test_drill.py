"""A drill goes the real way to police and to a person's answer; nobody is missing, and nothing that
is shown or sent of it can be taken for a child."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from missing_service.access.looks import Looks
from missing_service.domain.errors import Conflict
from missing_service.domain.events import DrillAnswered, DrillUnanswered
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.ports import EpisodesWanted, ObligationsWanted, Page
from missing_service.usecases.answer_obligation import acknowledge
from missing_service.usecases.hold_drill import hold_drills, read_drill
from missing_service.usecases.read_boards import list_duties
from missing_service.usecases.read_health import read_duty
from missing_service.usecases.read_lists import list_episodes, list_interviews, list_owed
from missing_service.usecases.read_with_look import Looker
from missing_service.usecases.record_return import record_returned
from missing_service.usecases.update_episode import change_category, update_episode
from tests.builders import EDT, MANAGER, MET, an_answer
from tests.journeys.world import World, only
from tests.peers.behaviours import ok, refuse

HARROW = "E09000015"


def held(world: World) -> str:
    """A drill of Harrow's, sent."""
    reference: str = only(hold_drills(world.service, HARROW))
    world.run_workers()
    return reference


def asked(world: World) -> dict[str, Any]:
    """The alert that police took, and nothing else."""
    message = only(world.heard())
    assert message.type == "episode.reported"
    data: dict[str, Any] = json.loads(message.body)["data"]
    return data


def answer(world: World, data: dict[str, Any], **other: Any) -> None:
    duty = UUID(data["acknowledge"]["obligation"])
    acknowledge(duty, an_answer(**other), actor=MET, service=world.service)
    world.run_workers()


def test_police_get_an_alert_that_says_at_once_that_it_is_a_drill(world: World):
    held(world)
    data = asked(world)
    assert data["drill"] is True
    assert data["change"]["summary"].startswith("DRILL")
    assert data["episode"]["drill"] is True
    assert data["episode"]["child"]["name"].startswith("DRILL")
    assert data["episode"]["report"]["concern"].startswith("DRILL")
    assert [o["kind"] for o in data["episode"]["obligations"]] == ["police_acknowledgement"]
    assert data["number"] == 1
    assert world.letters() == []


def test_a_report_is_no_drill(world: World):
    world.report()
    data = asked(world)
    assert data["drill"] is False
    assert data["change"]["summary"] == "A child is reported missing."


def test_a_person_s_answer_ends_it_and_says_how_long_each_stretch_took(world: World):
    world.police.behave(refuse(503))
    reference = held(world)
    world.advance(seconds=30)
    world.police.behave(ok())
    world.advance(minutes=1)
    data = asked(world)
    world.advance(minutes=3)
    answer(world, data)
    drill = read_drill(reference, world.service)
    assert drill.answered_by == "PC Amira Khan"
    took = {each.what: each.ms for each in drill.stretches}
    assert list(took) == ["sent", "taken", "answered"]
    assert took["sent"] <= 1000
    assert 30_000 <= took["taken"] <= 90_000
    assert took["answered"] >= 180_000
    over = only(world.heard())
    assert (over.type, over.data["data"]["drill"]) == ("episode.closed", True)
    assert over.data["data"]["change"]["summary"] == "DRILL: It is over. Nobody was missing."
    letters = world.letters()
    assert letters
    assert all(one.subject.startswith("DRILL") for one in letters)
    assert "until a person answered" in letters[0].text
    assert recorded(world, reference, DrillAnswered).stretches == drill.stretches
    world.advance(hours=48)
    world.nothing_more()


def recorded(world: World, reference: str, kind: type) -> Any:
    with world.application.store.reading() as reading:
        stream = reading.listing.find("reference", reference)
        assert stream
        story = reading.whole_story(stream)
    return only([event for _, event in story if isinstance(event, kind)])


def test_a_machine_that_takes_it_ends_nothing(world: World):
    reference = held(world)
    asked(world)
    drill = read_drill(reference, world.service)
    assert [each.what for each in drill.stretches] == ["sent", "taken"]
    assert drill.answered_by is None


def test_one_that_nobody_answers_is_told_once_to_administrators_alone(world: World):
    reference = held(world)
    data = asked(world)
    world.advance(minutes=14)
    assert world.letters() == []
    world.advance(minutes=2)
    letters = world.letters()
    directory = world.application.store.directory()
    admins = {person.email for person in directory.administrators(world.clock.now())}
    assert {one.to for one in letters} == admins
    assert len(letters) == len(admins)
    assert letters[0].subject.startswith(f"DRILL {reference} NOBODY IS MISSING")
    assert letters[0].text.startswith("DRILL")
    assert recorded(world, reference, DrillUnanswered)
    world.advance(hours=72)
    world.nothing_more()
    answer(world, data)  # late is better than never
    assert read_drill(reference, world.service).answered_by
    world.letters()
    world.heard()


def test_an_answer_that_ends_nothing_leaves_it_open(world: World):
    reference = held(world)
    answer(world, asked(world), outcome="DECLINED", reference=None, reason="not ours")
    assert read_drill(reference, world.service).answered_by is None
    assert all(one.subject.startswith("DRILL") for one in world.letters())


def test_a_decline_with_a_reference_opens_no_review(world: World):
    reference = held(world)
    answer(world, asked(world), outcome="DECLINED", reason="not ours")
    assert read_drill(reference, world.service).answered_by
    world.letters()
    world.heard()
    world.advance(hours=3)
    world.nothing_more()


def test_every_letter_of_a_drill_begins_with_the_word(world: World):
    """Police's machine refuses: their mailbox is brought in, and people hear."""
    world.police.behave(refuse(410))
    held(world)
    world.advance(minutes=20)
    letters = world.letters()
    assert {one.to for one in letters} >= {"missing.persons@met.example"}
    for letter in letters:
        assert letter.subject.startswith("DRILL"), letter
        assert letter.text.startswith("DRILL"), letter
        assert "STILL MISSING" not in letter.subject + letter.text
        assert "URGENT" not in letter.subject + letter.text
    world.police.behave(ok())
    world.advance(minutes=2)
    world.heard()


def test_it_stands_in_no_list_of_children_and_in_no_figure(world: World):
    held(world)
    asked(world)
    world.advance(minutes=20)
    world.letters()
    page = Page(50)
    for actor in (EDT, MANAGER, MET):
        looker = Looker(actor, "one", "list", Looks())
        of: Any = {"looker": looker, "service": world.service}
        assert list_episodes(EpisodesWanted(), page, **of)["items"] == []
        assert list_owed(ObligationsWanted("OPEN"), page, **of)["items"] == []
        assert list_interviews(is_overdue=False, page=page, **of)["items"] == []
        assert list_duties((Kind.police_acknowledgement,), **of)["items"] == []
    duty = read_duty(world.service, ())
    assert duty.oldest_undelivered is None
    assert duty.oldest_unacknowledged is None
    with world.application.store.reading() as reading:
        assert reading.listing.unanswered(10) == []
        assert reading.listing.count_unanswered() == 0


def test_police_find_it_by_itself_among_what_they_are_asked(world: World):
    reference = held(world)
    asked(world)
    other = world.report()
    looker = Looker(MET, "one", "list", Looks())
    of: Any = {"looker": looker, "service": world.service}
    kinds = (Kind.police_acknowledgement,)
    drills = list_duties(kinds, drills=True, **of)["items"]
    assert [item["episode"]["reference"] for item in drills] == [reference]
    reports = list_duties(kinds, **of)["items"]
    assert [item["episode"]["reference"] for item in reports] == [other["reference"]]
    world.heard()


def test_nothing_but_an_answer_is_recorded_of_it(world: World):
    reference = held(world)
    asked(world)
    given: Any = {"actor": EDT, "service": world.service}
    now = world.clock.now()
    with pytest.raises(Conflict, match="DRILL"):
        update_episode(reference, "sighting", {"text": "Seen."}, **given)
    with pytest.raises(Conflict, match="DRILL"):
        change_category(reference, "AWAY_UNAUTHORISED", now, "x", **given)
    with pytest.raises(Conflict, match="DRILL"):
        record_returned(reference, now, {"to": "home", "well_being_confirmed_by": "x"}, **given)


def test_each_council_that_is_served_has_its_own(world: World):
    references = hold_drills(world.service)
    world.run_workers()
    assert len(references) == len(set(references)) >= 1
    world.heard()
    world.letters()


def test_a_drill_after_an_outage_is_told_as_one_in_the_same_letter_s_words(world: World):
    world.report()
    held(world)
    world.heard()
    world.outage(hours=2)
    for letter in world.letters():
        if "DRILL" in letter.text:
            assert letter.subject.startswith("DRILL")
    assert timedelta(hours=2) <= world.clock.now() - world.began
    world.heard()
