"""Who is told: by rota, across midnight and clock changes, on leave, and when nobody is there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from missing_service.domain.directory import Directory
from tests.domain.directories import (
    BARNET,
    HARROW,
    absence,
    directory,
    person,
    role,
    slot,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
A, B, C, D = (f"{letter}@x.example" for letter in "abcd")
PEOPLE = [person(each) for each in (A, B, C, D)]
SECOND = timedelta(seconds=1)


def on_call(found: Directory, at: datetime = NOW, role: str = "edt_worker") -> list[str]:
    return [p.email for p in found.on_call(role, HARROW, at)]


def test_a_night_shift_runs_over_midnight_to_the_instant_it_ends():
    night = slot(A, begin="2026-11-23T17:00:00Z", end="2026-11-24T09:00:00Z")
    found = directory(*PEOPLE, night)
    begin, end = datetime(2026, 11, 23, 17, tzinfo=UTC), datetime(2026, 11, 24, 9, tzinfo=UTC)
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    assert on_call(found, begin - SECOND) == []
    for at in (begin, midnight - SECOND, midnight, end - SECOND):
        assert on_call(found, at) == [A]
    assert on_call(found, end) == []


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        # London, night of 28 March 2026: an hour is left out
        ("2026-03-28T17:00:00+00:00", "2026-03-29T09:00:00+01:00", 15),
        # London, night of 24 October 2026: an hour comes twice
        ("2026-10-24T17:00:00+01:00", "2026-10-25T09:00:00+00:00", 17),
    ],
)
def test_two_shifts_meet_without_gap_or_overlap_when_the_clocks_change(begin, end, hours):
    found = directory(
        *PEOPLE, slot(A, begin=begin, end=end), slot(B, begin=end, end="2027-01-01T00:00:00Z")
    )
    first = datetime.fromisoformat(begin).astimezone(UTC)
    told = [on_call(found, first + timedelta(hours=n)) for n in range(hours + 1)]
    assert told == [[A]] * hours + [[B]]
    nine = datetime.fromisoformat(end).astimezone(LONDON)
    assert (nine.hour, on_call(found, nine)) == (9, [B])


def test_two_people_on_one_slot_are_both_told_the_same_way_round_each_time():
    one, other = slot(A), slot(B)
    assert on_call(directory(*PEOPLE, one, other)) == [A, B]
    assert on_call(directory(*PEOPLE, other, one)) == [A, B]


def test_overlapping_slots_of_one_person_tell_that_person_once():
    assert on_call(directory(*PEOPLE, slot(A), slot(A, begin="2026-01-01T00:00:00Z"))) == [A]


def test_a_slot_counts_for_its_own_council_and_role_alone():
    found = directory(*PEOPLE, slot(A), slot(B, place=BARNET), slot(C, on="edt_manager"))
    assert on_call(found) == [A]
    assert on_call(found, role="edt_manager") == [C]


@pytest.mark.parametrize(
    ("absences", "told"),
    [
        ([], [A]),
        ([absence(A, B)], [B]),  # on leave: the cover
        ([absence(A, B), absence(B, C)], [C]),  # the cover is on leave too: the cover's cover
        ([absence(A, B), absence(B, C), absence(C, D)], [D]),
        ([absence(A)], []),  # nobody stands in
        ([absence(A, B), absence(B)], []),  # the cover is away with nobody standing in
        ([absence(A, B), absence(B, A)], []),  # a circle
        ([absence(A, A)], []),  # the smallest circle
        ([absence(A, B), absence(B, C), absence(C, B)], []),  # a circle behind the first
        ([absence(A, "gone@x.example")], []),  # the cover is not a person here
        ([absence(A, B, end="2026-11-24T03:00:00Z")], [A]),  # back this instant
        ([absence(A, B, begin="2026-11-24T03:00:00Z")], [B]),  # away from this instant
        # two absences at once: the later one's cover, or else the earlier's
        ([absence(A, B), absence(A, C, begin="2026-11-01T00:00:00Z")], [C]),
        ([absence(A, B), absence(A, None, begin="2026-11-01T00:00:00Z")], [B]),
    ],
)
def test_leave_is_covered(absences, told):
    assert on_call(directory(*PEOPLE, slot(A), *absences)) == told


def test_a_cover_who_is_on_the_slot_already_is_told_once():
    assert on_call(directory(*PEOPLE, slot(A), slot(B), absence(A, B))) == [B]


def test_a_slot_of_somebody_who_is_no_person_here_is_nobody():
    assert on_call(directory(slot("gone@x.example"))) == []


# Who a step tells. E is the council's manager, F its administrator, G another council's.

E, F, G = (f"{letter}@x.example" for letter in "efg")
STAFF = [
    *PEOPLE,
    *(person(each) for each in (E, F, G)),
    role(E, "manager"),
    role(F, "admin"),
    role(G, "admin", BARNET),
]
WORKER, MANAGER, HEAD = slot(A), slot(B, on="edt_manager"), slot(C, on="head_of_service")


def told(made, tell, later=(), named=None):
    found = directory(*STAFF, *made).people_for(tell, later, HARROW, NOW, named or {})
    return [p.email for p in found.people], found.police, found.empty_roles


LATER = (["edt_manager"], ["head_of_service", "police"])


@pytest.mark.parametrize(
    ("made", "people", "empty"),
    [
        ([WORKER, MANAGER, HEAD], [A], ()),
        ([MANAGER, HEAD], [B], ("edt_worker",)),  # the next step's people, and they alone
        ([HEAD], [C], ("edt_worker",)),  # nobody there either: the one after
        ([], [E], ("edt_worker",)),  # after the last: the council's managers
        ([absence(E)], [F], ("edt_worker",)),  # all on leave: its administrators
        ([absence(E, D)], [D], ("edt_worker",)),  # a manager's cover
        ([absence(E), absence(F)], [G], ("edt_worker",)),  # any administrator
        ([absence(E), absence(F), absence(G)], [E], ("edt_worker",)),  # on leave before nobody
    ],
)
def test_an_empty_role_falls_to_the_next_who_are_there(made, people, empty):
    assert told(made, ["edt_worker"], LATER) == (people, False, empty)


def test_only_the_empty_role_of_a_step_falls_through():
    made = [MANAGER, HEAD, slot(D, on="director_on_call")]
    tell = ["edt_worker", "director_on_call"]
    assert told(made, tell, LATER) == ([B, D], False, ("edt_worker",))


def test_a_person_in_two_roles_of_a_step_is_told_once():
    made = [WORKER, slot(A, on="edt_manager")]
    assert told(made, ["edt_worker", "edt_manager"]) == ([A], False, ())


def test_police_are_told_by_their_channels_and_are_nobody_on_a_rota():
    assert told([WORKER], ["police"]) == ([], True, ())
    assert told([WORKER], ["edt_worker", "police"]) == ([A], True, ())


def test_police_in_a_later_step_stand_in_for_nobody():
    assert told([], ["edt_worker"], [["police"]]) == ([E], False, ("edt_worker",))


@pytest.mark.parametrize("named", ["interviewer", "owner"])
def test_interviewer_and_owner_are_those_named(named):
    assert told([], [named], named={named: D}) == ([D], False, ())
    assert told([absence(D, A)], [named], named={named: D}) == ([A], False, ())
    known = person(D, "Dana Lee")
    assert told([known], [named], named={named: "dana lee"}) == ([D], False, ())
    two = [known, person("other@harrow.example", "Dana Lee"), MANAGER]
    assert told(two, [named], LATER, named={named: "Dana Lee"}) == ([B], False, (named,))
    assert told([MANAGER], [named], LATER, named={named: "A name"}) == ([B], False, (named,))
    assert told([MANAGER], [named], LATER) == ([B], False, (named,))


def test_an_interviewer_on_leave_without_cover_falls_through():
    assert told([absence(D), MANAGER], ["interviewer"], LATER, {"interviewer": D}) == (
        [B],
        False,
        ("interviewer",),
    )


def test_a_later_step_may_name_the_owner():
    assert told([], ["edt_worker"], [["owner"]], {"owner": D}) == ([D], False, ("edt_worker",))


def test_a_manager_whose_role_has_ended_is_not_told():
    ended = role(E, "manager", until="2026-11-24T03:00:00Z")
    assert told([ended], ["edt_worker"]) == ([F], False, ("edt_worker",))
