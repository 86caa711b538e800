"""Who is told where nobody is on the rota, or the person is on leave."""

from tests.domain.directories import absence, slot
from tests.journeys.world import World

ASHA, DANIEL = "asha.patel@harrow.example", "daniel.okafor@harrow.example"
ENDED = "2026-01-01T00:00:00Z"


def test_a_role_with_nobody_on_its_rota_falls_to_the_next_step_and_the_administrator_is_told(
    world: World,
):
    world.load(slot(ASHA, end=ENDED))
    episode = world.report()
    world.types()
    world.advance(minutes=6)
    letters = world.letters()
    assert sorted(one.to.split(".")[0] for one in letters) == ["daniel", "kofi"]
    admin = next(one for one in letters if one.to.startswith("kofi"))
    assert "Nobody is on the rota as edt_worker" in admin.subject
    assert world.owed(episode)["steps_told"][0]["people"] == ["Daniel Okafor"]


def test_whoever_covers_leave_is_told_instead(world: World):
    world.load(absence(ASHA, cover=DANIEL))
    world.report()
    world.types()
    world.advance(minutes=6)
    assert world.told() == [(5, "daniel")]
