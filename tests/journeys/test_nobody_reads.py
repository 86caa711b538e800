"""A gateway answers 200 and nobody reads it."""

from tests.builders import CANARIES
from tests.journeys.world import World, only

EVERYONE = ["asha", "daniel", "marcus", "ruth", "siobhan"]


def test_a_report_is_alerted_acknowledged_and_its_ladder_stops(world: World):
    episode = world.report()
    alert = only(world.heard())
    assert (alert.type, alert.number) == ("episode.reported", 1)
    inner = alert.data["data"]
    assert inner["episode"]["child"]["name"] == "Zebedee Quill"
    assert inner["acknowledge"]["obligation"] == world.owed(episode)["id"]
    assert world.episode(episode)["police"]["alert"] == "TAKEN"
    assert world.episode(episode)["police"]["state"] == "UNACKNOWLEDGED"

    world.advance(minutes=4)
    answered = world.answer(episode)

    assert answered["police"]["state"] == "ACKNOWLEDGED"
    assert answered["police"]["references"] == [{"system": "CAD", "value": "CAD 4471"}]
    assert world.open_kinds(episode) == ["police_update", "still_missing_review"]
    world.advance(minutes=55)


def test_when_nobody_answers_each_step_is_told_at_its_minute_once_and_to_the_right_people(
    world: World,
):
    world.report()
    world.types()
    world.advance(minutes=61)
    assert world.told() == [
        (5, "asha"),
        (15, "daniel"),
        (30, "ruth"),
        (30, "siobhan"),
        (60, "asha"),  # the one hour review
        (60, "marcus"),
    ]


def test_the_last_step_is_repeated_every_half_hour_for_ever(world: World):
    episode = world.report()
    world.types()
    world.advance(minutes=85)
    world.letters()

    world.advance(minutes=24 * 60)

    reminders = world.types()
    assert reminders == [("obligation.reminder", n) for n in range(2, 50)]
    police = [one for one in world.letters() if "not answered this report" in one.subject]
    assert len(police) == 48 * len(EVERYONE)
    minutes = sorted({one.minute for one in police})
    assert minutes == [90 + 30 * n for n in range(48)]
    for minute in minutes:
        told = sorted(one.to.split(".")[0] for one in police if one.minute == minute)
        assert told == EVERYONE
    assert len({one.message_id for one in police}) == len(police)
    assert not any(word in one.subject + one.text for one in police for word in CANARIES)
    assert world.owed(episode)["state"] == "OPEN"


def test_every_message_says_what_has_not_happened_since_when_and_what_to_do(world: World):
    episode = world.report()
    world.types()
    world.rang(episode, "IN_QUEUE")
    world.advance(minutes=5)
    letter = only(world.letters())
    assert letter.subject == (
        f"{episode['reference']} STILL MISSING: Police have not answered this report"
    )
    for said in (
        "Waiting since 03:00, 5 minutes ago.",
        "Rung at 03:00: in the queue.",
        "Ring 101 now (999 if the child is in danger) and record the reference.",
        "EDT desk: 020 7946 0100. Police: 101.",
        f"http://127.0.0.1:8000/episodes/{episode['reference']}",
    ):
        assert said in letter.text
