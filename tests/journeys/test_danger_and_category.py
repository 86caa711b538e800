"""Danger said and withdrawn, and a category that becomes missing: clocks are counted anew."""

from tests.journeys.world import World


def test_danger_said_at_minute_14_tells_at_once_what_has_lapsed_and_halves_what_is_to_come(
    world: World,
):
    episode = world.report()
    world.advance(minutes=14)
    assert world.told() == [(5, "asha")]
    world.update(episode, "report", immediate_danger="YES")
    letter = world.letters()
    assert [(one.minute, one.to.split(".")[0]) for one in letter] == [(14, "daniel")]
    assert letter[0].subject.startswith(f"{episode['reference']} STILL MISSING: Police have not")
    assert "Police: 999 (immediate danger was said)" in letter[0].text
    assert world.owed(episode)["due_at"] == "2026-11-24T03:07:30.000000Z"
    world.advance_to_minute(46)
    assert world.told() == [
        (15, "ruth"),
        (15, "siobhan"),
        (30, "marcus"),
        *[(45, name) for name in ("asha", "daniel", "marcus", "ruth", "siobhan")],
    ]
    assert [t for t, _ in world.types()] == [
        "episode.reported",
        "episode.updated",
        "obligation.reminder",
    ]


def test_danger_said_at_minute_29_and_withdrawn_lengthens_only_what_is_not_yet_told(
    world: World,
):
    episode = world.report()
    world.advance(minutes=29)
    world.letters()
    world.update(episode, "report", immediate_danger="YES")
    assert world.told() == [(29, "ruth"), (29, "siobhan")]
    world.update(episode, "report", immediate_danger="NO")
    assert world.told() == []
    assert world.owed(episode)["due_at"] == "2026-11-24T03:15:00.000000Z"
    world.advance_to_minute(61)
    assert world.told() == [(60, "asha"), (60, "marcus")]
    world.types()


def test_danger_from_the_start_halves_all(world: World):
    world.report(immediate_danger="YES")
    world.types()
    world.advance(minutes=31)
    assert world.told() == [
        (2.5, "asha"),
        (7.5, "daniel"),
        (15, "ruth"),
        (15, "siobhan"),
        (30, "marcus"),
    ]


def test_away_that_becomes_missing_opens_a_new_duty_unless_one_is_open(world: World):
    episode = world.report(category="AWAY_UNAUTHORISED")
    world.category(episode, "MISSING")
    assert len(world.all_owed(episode, "police_acknowledgement")) == 1
    world.category(episode, "AWAY_UNAUTHORISED")
    world.answer(episode)
    world.types()
    world.advance(minutes=10)
    changed = world.category(episode, "MISSING")
    first, second = world.all_owed(episode, "police_acknowledgement")
    assert (first["state"], second["state"]) == ("DISCHARGED", "OPEN")
    assert second["started_at"][11:16] == "03:10"
    assert changed["police"]["state"] == "UNACKNOWLEDGED"
    sent = world.heard()[-1]
    assert sent.type == "episode.category_changed"
    assert sent.data["data"]["acknowledge"]["obligation"] == second["id"]
    said = {"field": "category", "was": "AWAY_UNAUTHORISED", "now": "MISSING"}
    assert sent.data["data"]["change"]["fields"] == [said]
    world.advance_to_minute(16)
    assert world.told() == [(15, "asha")]
