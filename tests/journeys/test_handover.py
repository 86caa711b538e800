"""A shift ends: both people see the list, and what nobody accepted is the incoming worker's."""

from datetime import timedelta

from missing_service.domain.stored import plain
from tests.domain.directories import absence, person, slot
from tests.journeys.world import World

ASHA, DANIEL = "asha.patel@harrow.example", "daniel.okafor@harrow.example"
NIA = "nia.price@harrow.example"
HOUR = timedelta(hours=1)


def with_shifts(world: World, *, incoming: bool = True) -> None:
    """Asha's slot ends in an hour; Nia's begins then, or nobody's."""
    ends = plain(world.clock.now() + HOUR)
    world.load(person(NIA, "Nia Price"), slot(ASHA, end=ends))
    if incoming:
        world.load(slot(NIA, begin=ends))


def quiet_report(world: World) -> dict:
    """One that nobody need be told of until the shift has ended."""
    episode = world.report(category="AWAY_UNAUTHORISED")
    world.answer(episode)
    world.returned(episode)
    world.letters()
    world.types()
    return episode


def hand_over(world: World, **passed: float) -> int:
    world.advance(**passed)
    world.letters()
    world.types()
    done = world.application.hand_over()
    world.run_workers()
    return done


def test_both_people_see_the_list_once_a_quarter_of_an_hour_before_the_end(world: World):
    with_shifts(world)
    episode = quiet_report(world)
    closed = quiet_report(world)
    world.closed(closed)
    assert hand_over(world, minutes=44) == 0
    assert world.told() == []
    assert hand_over(world, minutes=1) == 1
    letters = world.letters()
    assert sorted(one.to for one in letters) == [ASHA, NIA]
    assert {one.subject.split(":")[0] for one in letters} == {"Hand over by 04"}
    for one in letters:
        assert "Asha Patel goes off duty at 04:00" in one.text
        assert f"{episode['reference']}, FOUND" in one.text
        assert closed["reference"] not in one.text
    assert hand_over(world, minutes=1) == 0
    assert world.told() == []
    assert world.episode(episode)["owner"] == "Asha Patel"


def test_what_was_accepted_stays_with_whom_it_was_given_to(world: World):
    with_shifts(world)
    episode = quiet_report(world)
    assert hand_over(world, minutes=45) == 1
    world.own(episode, NIA)
    assert hand_over(world, minutes=16) == 0
    assert world.told() == []
    assert world.episode(episode)["owner"] == NIA


def test_what_nobody_accepted_is_the_incoming_workers_and_the_manager_is_told(world: World):
    with_shifts(world)
    episode = quiet_report(world)
    assert hand_over(world, minutes=61) == 1  # nobody looked before: it is handed over on return
    letters = world.letters()
    assert sorted(one.to for one in letters) == [DANIEL, NIA]
    said = {one.to: one.subject for one in letters}
    assert "You own this episode" in said[NIA]
    assert "Nobody accepted this" in said[DANIEL]
    assert world.episode(episode)["owner"] == NIA
    changed = [item for item in world.story(episode) if item["kind"] == "owner.changed"]
    assert [(item["by"], item["what"]) for item in changed] == [
        (
            "The service",
            "Nia Price owns it now, Asha Patel did before: "
            "Nobody accepted it by 04:00, the end of the shift.",
        )
    ]
    assert hand_over(world, minutes=1) == 0
    assert world.faults() == ()


def test_with_nobody_on_the_rota_it_stays_its_owners_until_somebody_comes_on(world: World):
    with_shifts(world, incoming=False)
    episode = quiet_report(world)
    assert hand_over(world, minutes=45) == 1
    letters = world.letters()
    assert sorted(one.to for one in letters) == [ASHA, DANIEL]
    assert all("Nobody is on the rota from 04:00" in one.text for one in letters)
    assert hand_over(world, minutes=60) == 0
    assert world.episode(episode)["owner"] == "Asha Patel"
    world.load(slot(NIA, begin=plain(world.clock.now())))
    assert hand_over(world, minutes=1) == 1
    assert world.letters()
    assert world.episode(episode)["owner"] == NIA


def test_who_is_given_it_after_their_shift_keeps_it(world: World):
    with_shifts(world)
    episode = quiet_report(world)
    world.own(episode, NIA)
    world.advance(minutes=70)
    world.own(episode, ASHA)
    assert hand_over(world, minutes=1) == 0
    assert world.episode(episode)["owner"] == ASHA


def test_whoever_covers_for_the_incoming_worker_gets_it(world: World):
    with_shifts(world)
    world.load(absence(NIA, cover=DANIEL))
    episode = quiet_report(world)
    assert hand_over(world, minutes=61) == 1
    assert set(world.told_now()) == {"daniel"}
    assert world.episode(episode)["owner"] == DANIEL
