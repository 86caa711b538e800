"""The workers stopped, or the report came late: each lapsed step is told once, and says since
when."""

from missing_service.usecases.deliver_next import Paces, claim_errands, send
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.journeys.world import World, only

REVIEW = "still_missing_review"


def test_after_six_hours_each_lapsed_step_is_told_once_and_each_person_gets_one_message(
    world: World,
):
    episode = world.report()
    world.types()
    world.outage(hours=6)

    letters = world.letters()
    names = sorted(one.to.split(".")[0] for one in letters)
    assert names == ["asha", "daniel", "marcus", "ruth", "siobhan"]
    reminder = only(world.heard())
    assert (reminder.type, reminder.number) == ("obligation.reminder", 2)

    steps = world.owed(episode)["steps_told"]
    assert [s["step"] for s in steps] == [1, 2, 3, 4, "repeat"]
    repeat = steps[-1]
    assert (repeat["from"][11:16], repeat["until"][11:16], repeat["count"]) == (
        "04:30",
        "09:00",
        10,
    )
    asha = next(one for one in letters if one.to.startswith("asha"))
    assert asha.subject == "3 duties lapsed since 03:00"
    parts = asha.text.split("\n\n")
    assert parts[1].startswith(f"{episode['reference']}, STILL MISSING: Police have not answered")
    assert "Waiting since 03:00, 6 hours ago" in parts[1]
    assert "this fell due 10 times while nobody could be told" in parts[2]
    assert "1 hour review" in asha.text
    assert "6 hour review" in asha.text
    marcus = next(one for one in letters if one.to.startswith("marcus"))
    assert marcus.subject.startswith(f"{episode['reference']} STILL MISSING: Nobody at the police")

    world.run_workers()
    world.advance(minutes=29)


def test_after_three_days_nothing_is_told_twice_and_the_ladder_goes_on(world: World):
    episode = world.report()
    world.answer(episode)
    other = world.report()
    world.types()
    world.outage(days=3)
    letters = world.letters()
    assert len({one.to for one in letters}) == len(letters)
    repeat = world.owed(other)["steps_told"][-1]
    assert (repeat["step"], repeat["count"]) == ("repeat", 142)
    reviews = world.all_owed(episode, "still_missing_review")
    assert [r["due_at"][:13] for r in reviews] == [
        "2026-11-24T04",
        "2026-11-24T09",
        "2026-11-25T03",
        "2026-11-26T03",
        "2026-11-27T03",
        "2026-12-01T03",
    ]
    unanswered = [o for o in letters if "answered this report" in o.text and "duties" in o.subject]
    first = [one.text.split("\n\n")[1] for one in unanswered]
    assert all(line.startswith(other["reference"]) for line in first)  # the unanswered one
    assert {m.type for m in world.heard()} == {"obligation.reminder"}
    world.run_workers()
    world.advance(minutes=29)


def test_a_report_of_saturday_typed_on_monday_has_its_reviews_lapsed_and_the_next_open(
    world: World,
):
    world.report(reported_at="2026-11-21T21:00:00+00:00")
    world.types()
    reviews = world.all_owed(world.report(reported_at="2026-11-21T21:00:00Z"), REVIEW)
    assert [r["overdue"] for r in reviews] == [True, True, True, True, False]
    assert reviews[-1]["due_at"] == "2026-11-24T21:00:00.000000Z"
    world.types()
    told = world.letters()
    assert {one.to.split(".")[0] for one in told} == {"asha", "daniel", "farida", "siobhan"}
    assert len(told) == 2 * 4
    world.advance(minutes=4)


def test_a_crash_between_saving_and_sending_loses_nothing(world: World):
    done = report_missing(a_report(), actor=EDT, service=world.service)
    assert world.types() == []  # saved; the process died before it sent anything
    world.outage(minutes=1)
    alert = only(world.heard())
    assert alert.data["data"]["episode"]["reference"] == done.body["reference"]


def test_a_crash_between_sending_and_noting_it_sends_the_same_id_again(world: World):
    done = report_missing(a_report(), actor=EDT, service=world.service)
    errand = only(claim_errands(world.service, Paces()))
    send(errand, world.application.sender, world.service)  # and nobody writes down the answer
    world.run_workers()
    assert [m.number for m in world.heard()] == [1]  # the lease holds it
    world.advance(seconds=45)
    again = only(world.heard())
    assert again.id == str(errand.message.id)
    assert again.body == errand.message.body
    assert world.episode(done.body)["police"]["alert"] == "TAKEN"
