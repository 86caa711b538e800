"""Found before police acknowledged: the duty stays; they get missing and found."""

from datetime import UTC, datetime

from tests.journeys.world import World


def test_found_before_acknowledged_keeps_the_duty_and_asks_worker_and_police_every_half_hour(
    world: World,
):
    episode = world.report()
    world.advance(minutes=20)
    assert world.told() == [(5, "asha"), (15, "daniel")]

    world.returned(episode)

    assert world.types() == [("episode.reported", 1), ("episode.returned", 2)]
    found = world.letters()
    assert [(one.minute, one.to.split(".")[0]) for one in found] == [(20, "asha"), (20, "daniel")]
    assert all("FOUND" in one.subject for one in found)
    assert all("police have still not answered" in one.text for one in found)
    assert world.open_kinds(episode) == ["interview_held", "police_acknowledgement"]
    ended = world.owed(episode, "still_missing_review")
    assert ended["discharged_as"] == "ENDED_WITH_EPISODE"

    world.advance(minutes=101)
    assert world.told() == [(30, "asha"), (60, "asha"), (90, "asha"), (120, "asha")]
    assert world.types() == [("obligation.reminder", n) for n in (3, 4, 5, 6)]


def test_the_manager_hears_at_eight_of_a_child_found_whom_police_never_answered_for(world: World):
    episode = world.report()
    world.advance(minutes=2)
    world.returned(episode)
    world.advance_to_minute(5 * 60 + 1)
    told = world.told()
    assert [one for one in told if one[1] == "daniel"] == [(300, "daniel")]
    assert {minute for minute, name in told if name == "asha"} == {30 * n for n in range(1, 11)}
    world.types()
    world.answer(episode)
    assert world.open_kinds(episode) == ["interview_held"]  # found: no update is owed any more
    world.advance(hours=3)


def test_located_alone_closes_nothing_and_changes_nobody_s_ladder(world: World):
    episode = world.report()
    world.advance(minutes=6)
    located = world.located(episode)
    assert located["state"] == "LOCATED"
    assert world.types() == [("episode.reported", 1), ("episode.located", 2)]
    world.advance_to_minute(16)
    assert world.told() == [(5, "asha"), (15, "daniel")]


def test_an_acknowledgement_after_the_return_ends_the_ladder_within_its_minute(world: World):
    episode = world.report()
    world.returned(episode)
    world.advance(minutes=29)
    world.answer(episode)
    world.advance(hours=2)
    assert world.types() == [("episode.reported", 1), ("episode.returned", 2)]
    assert world.episode(episode)["police"]["state"] == "ACKNOWLEDGED"


def test_the_interview_is_due_72_elapsed_hours_after_the_return_whatever_the_clocks_do(
    world: World,
):
    for returned, due in (
        ("2027-03-27T18:00:00+00:00", "2027-03-30T18:00:00.000000Z"),  # clocks go forward
        ("2027-10-30T18:00:00+01:00", "2027-11-02T17:00:00.000000Z"),  # and back
    ):
        world.move_to(datetime.fromisoformat(returned).astimezone(UTC))
        episode = world.report()
        back = world.returned(episode)
        assert back["interview"]["due_at"] == due
        assert world.owed(episode, "interview_held")["due_at"] == due
    world.types()
    world.letters()


def test_a_return_entered_days_late_counts_from_its_true_time(world: World):
    episode = world.report(reported_at="2026-11-20T18:00:00Z")
    world.run_workers()
    back = world.returned(episode, at=datetime(2026, 11, 20, 21, 0, tzinfo=UTC))
    assert back["interview"]["due_at"] == "2026-11-23T21:00:00.000000Z"
    held = world.owed(episode, "interview_held")
    assert held["overdue"] is True
    world.types()
    world.letters()
