"""The school and the carer both report one child: two accounts, two duties, shown as one."""

from tests.journeys.world import World


def test_police_hear_that_two_reports_are_the_same_and_that_they_are_not(world: World):
    first, second = world.report(), world.report()
    world.types()
    world.linked(second, first)
    news = world.heard()
    assert {message.type for message in news} == {"episode.updated"}
    data = {m.data["data"]["episode"]["reference"]: m.data["data"] for m in news}
    for one, other in ((first, second), (second, first)):
        seen = data[one["reference"]]
        assert seen["episode"]["linked"] == [other["reference"]]
        assert other["reference"] in seen["change"]["summary"]
        assert "police_acknowledgement" in world.open_kinds(one)
    world.advance(minutes=20)
    assert world.owed(first)["steps_told"]
    assert world.owed(second)["steps_told"]
    assert {letter.subject.split()[0] for letter in world.letters()} == {
        first["reference"],
        second["reference"],
    }
    world.types()
    world.unlinked(first, second)
    for message in world.heard():
        change = message.data["data"]["change"]
        assert change["summary"].startswith("CORRECTION")
        assert message.data["data"]["episode"]["linked"] == []
