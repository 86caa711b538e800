"""Rule 3: the times that differ are all kept apart, and the gaps between them are shown."""

from datetime import timedelta
from typing import Any

import pytest

from missing_service.domain.times import in_words
from tests.api.conftest import World
from tests.api.test_every_field import sent, shown
from tests.builders import a_report
from tests.domain.rules import Story


def at(clock: str, day: int = 24) -> str:
    return f"2026-11-{day}T{clock}:00.000000Z"


def gaps(episode: dict[str, Any]) -> list[str]:
    return [gap["text"] for gap in episode["times"]["gaps"]]


def test_every_time_is_kept_apart_and_each_gap_is_said(world: World):
    """Told at 20:00, written down at 23:00; back at 01:20, and police spoke with him at 09:00."""
    episode = world.report(
        last_seen={"at": at("16:30"), "precision": "EXACT"},
        became_aware_at=at("19:10"),
        reported_at=at("20:00"),
    )
    assert gaps(episode) == [
        "last seen to noticed: 2 h 40 min",
        "noticed to reported: 50 min",
        "reported to recorded: 3 h",
        "last seen to recorded: 6 h 30 min",
    ]
    world.clock.advance(hours=12)
    where = f"/episodes/{episode['reference']}"
    world.edt.post(f"{where}/located", {"at": at("00:50", 25), "how": "POLICE"})
    interview = {"held": True, "mode": "IN_PERSON", "at": at("09:00", 25), "by": "PC Lee"}
    back = {"at": at("01:20", 25), "to": "home", "prevention_interview": interview}
    found = world.edt.post(f"{where}/returned", back).get_json()
    times = {name: value for name, value in found["times"].items() if name != "gaps"}
    assert times == {
        "last_seen": at("16:30"),
        "became_aware": at("19:10"),
        "reported": at("20:00"),
        "recorded": at("23:00"),
        "located": at("00:50", 25),
        "returned": at("01:20", 25),
        "prevention_interview": at("09:00", 25),
    }
    assert gaps(found)[4:] == [
        "last seen to located: 8 h 20 min",
        "located to returned: 30 min",
        "returned to police prevention interview: 7 h 40 min",
    ]


def test_the_alert_says_that_it_was_entered_late(world: World):
    episode = world.report(reported_at=at("20:00"))
    body = sent(world, episode, 1)
    assert body["change"]["summary"] == (
        "A child is reported missing. It was entered 3 h after it was reported."
    )
    assert gaps(body["episode"]) == ["reported to recorded: 3 h"]
    assert "Reported to recorded: 3 h" in shown(world, episode)


def test_what_lapsed_before_it_was_entered_shows_as_lapsed(world: World):
    episode = world.report(reported_at=at("20:00"))
    (review,) = [o for o in episode["obligations"] if o["kind"] == "still_missing_review"]
    assert (review["due_at"], review["overdue"]) == (at("21:00"), True)


def test_one_entered_at_once_is_not_called_late(world: World):
    episode = world.report(reported_at=at("22:50"))
    assert sent(world, episode, 1)["change"]["summary"] == "A child is reported missing."


def test_what_nobody_said_is_not_known_and_has_no_gap(world: World):
    episode = world.report()
    assert episode["times"] == {
        **dict.fromkeys(("last_seen", "became_aware", "reported", "located", "returned")),
        "prevention_interview": None,
        "recorded": at("23:00"),
        "gaps": [],
    }


def test_times_in_the_wrong_order_are_shown_and_flagged(world: World):
    episode = world.report(became_aware_at=at("22:00"), reported_at=at("21:00"))
    assert "noticed to reported: 1 h the wrong way round" in gaps(episode)
    assert [d["field"] for d in episode["doubts"]] == ["reported_at"]


def test_a_return_that_is_undone_takes_its_times_back(world: World):
    reference = world.report()["reference"]
    back = {"at": at("22:59"), "prevention_interview": {"held": True, "at": at("22:59")}}
    world.edt.post(f"/episodes/{reference}/returned", back)
    items = world.edt.get(f"/episodes/{reference}/chronology").get_json()["items"]
    number = next(item["n"] for item in items if item["kind"] == "episode.returned")
    undo = {"undoes": number, "reason": "another child"}
    found = world.edt.post(f"/episodes/{reference}/corrections", undo).get_json()
    assert (found["times"]["returned"], found["times"]["prevention_interview"]) == (None, None)


@pytest.mark.parametrize("said", ["", "about ten", "2026-11-24", "2026-11-24T22:00:00", "9999"])
def test_a_time_that_cannot_be_read_holds_up_no_alert(said: str):
    story = Story()
    story.reported(report=a_report(last_seen={"at": said}, reported_at=said))
    assert ("episode.reported", "met") in story.queued()


@pytest.mark.parametrize(
    ("length", "words"),
    [
        ({"minutes": 0}, "0 min"),
        ({"seconds": 59}, "0 min"),
        ({"hours": 3}, "3 h"),
        ({"hours": 1, "minutes": 5}, "1 h 5 min"),
        ({"days": 1}, "1 day"),
        ({"days": 2, "hours": 4, "minutes": 9}, "2 days 4 h"),
        ({"minutes": -20}, "20 min the wrong way round"),
    ],
)
def test_a_length_as_people_say_it(length: dict[str, int], words: str):
    assert in_words(timedelta(**length)) == words
