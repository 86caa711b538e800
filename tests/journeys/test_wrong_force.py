"""The alert reached a force that it does not belong to, or one that has no machine."""

from tests.builders import MET, without_reference
from tests.domain.directories import channel, force
from tests.journeys.world import World, only

BUCKINGHAMSHIRE = "E06000060"


def test_a_wrong_force_names_the_right_one_and_the_same_duty_moves_with_its_clock_running(
    world: World,
):
    episode = world.report()
    first = world.owed(episode)
    world.types()
    world.advance(minutes=6)
    assert world.told() == [(5, "asha")]

    moved = world.answer(episode, **without_reference("WRONG_FORCE", force="thames-valley"))

    assert moved["force"] == "thames-valley"
    duty = only(world.all_owed(episode, "police_acknowledgement"))
    assert (duty["id"], duty["started_at"], duty["due_at"]) == (
        first["id"],
        first["started_at"],
        first["due_at"],
    )
    letter = only(world.letters())  # that force is told by telephone
    assert letter.to == "asha.patel@harrow.example"
    assert "Thames Valley Police has no machine" in letter.subject
    world.located(episode)
    assert world.types() == []  # the first force's view is frozen at what it was sent
    rung = only(world.letters())  # the force without a machine learns it from a person
    assert rung.to == "asha.patel@harrow.example"
    assert "The child has been located." in rung.text
    world.advance_to_minute(15)
    assert world.told() == [(15, "daniel")]


def test_a_force_with_a_machine_gets_the_whole_report_when_it_is_named(world: World):
    world.load(
        force("thames-valley", covers=(BUCKINGHAMSHIRE,)),
        channel("thames-valley", "desk", kind="email", url=None, address="desk@tvp.example"),
    )
    episode = world.report()
    world.types()
    world.answer(episode, **without_reference("WRONG_FORCE", force="thames-valley"))
    letter = only(world.letters())
    assert letter.to == "desk@tvp.example"
    assert letter.subject.startswith(f"URGENT {episode['reference']}")


def test_where_no_force_is_named_the_worker_is_asked_at_once_and_nothing_ends(world: World):
    episode = world.report()
    world.types()
    for named in (None, "met"):
        world.answer(episode, **without_reference("WRONG_FORCE", force=named))
        letter = only(world.letters())
        assert letter.to == "asha.patel@harrow.example"
        assert "did not say whose" in letter.text
    assert world.open_kinds(episode) == ["police_acknowledgement", "still_missing_review"]
    assert world.episode(episode)["force"] == MET.organisation


def test_a_force_told_by_telephone_has_the_worker_told_at_once_and_each_attempt_repeated(
    world: World,
):
    episode = world.report(last_seen={"council": BUCKINGHAMSHIRE, "place": "a bus stop"})
    assert episode["force"] == "thames-valley"
    letter = only(world.letters())
    assert (letter.minute, letter.to) == (0, "asha.patel@harrow.example")
    assert "ring 101 (999 in danger)" in letter.text
    told = only(world.heard())  # the home force is told, and has nothing to acknowledge
    assert "acknowledge" not in told.data["data"]

    world.advance(minutes=2)
    world.rang(episode, "NO_ANSWER")
    world.advance(minutes=3)
    assert "Rung at 03:02: no answer." in only(world.letters()).text
    world.rang(episode, "SPOKE_NO_REFERENCE_YET")
    world.advance_to_minute(15)
    text = only(world.letters()).text
    assert "Rung at 03:02: no answer. Rung at 03:05: spoke, no reference yet." in text
    assert world.open_kinds(episode) == ["police_acknowledgement", "still_missing_review"]


def test_a_new_duty_to_a_force_without_a_machine_is_told_by_telephone_too(world: World):
    from tests.builders import EDT

    episode = world.report(last_seen={"council": BUCKINGHAMSHIRE}, category="AWAY_UNAUTHORISED")
    world.types()
    assert world.told_now() == ["asha"]
    world.answer(episode, actor=EDT, by_phone=True, outcome="RECORDED_OTHER", reason="a concern")
    world.types()
    world.category(episode, "MISSING")
    assert world.told_now() == ["asha"]
    assert world.types() == [("episode.category_changed", 3)]
    assert "police_acknowledgement" in world.open_kinds(episode)


def test_a_wrong_force_said_again_after_a_re_routing_is_heard_again(world: World):
    from tests.builders import EDT

    episode = world.report()
    said = without_reference("WRONG_FORCE", actor=EDT, by_phone=True)
    for named in ("thames-valley", "met") * 2:
        world.answer(episode, **said, force=named)
        assert world.episode(episode)["force"] == named
    world.letters()
    world.answer(episode, **said)
    assert world.told_now() == ["asha"]
    world.answer(episode, **said)  # the same again
    assert world.told_now() == []
    for named in ("thames-valley", "met"):
        world.answer(episode, **said, force=named)
    world.letters()
    world.answer(episode, **said)
    assert "did not say whose" in only(world.letters()).text
    world.types()
