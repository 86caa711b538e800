"""When somebody goes off duty, and who comes in for them."""

from datetime import UTC, datetime, timedelta

import pytest

from missing_service.domain.shifts import ShiftEnd, incoming, is_on_duty, shift_ends
from tests.domain.directories import BARNET, HARROW, absence, council, directory, person, slot

A, B, C = (f"{letter}@x.example" for letter in "abc")
STAFF = [council(), *(person(each) for each in (A, B, C))]
SEVEN = datetime(2026, 11, 24, 7, tzinfo=UTC)
SIX, EIGHT = "2026-11-24T06:00:00Z", "2026-11-24T08:00:00Z"
AT_SEVEN = "2026-11-24T07:00:00Z"
HOUR = timedelta(hours=1)


def ends(*made) -> list[tuple[str, str]]:
    found = shift_ends(directory(*STAFF, *made), HARROW, after=SEVEN - HOUR, until=SEVEN)
    assert {end.at for end in found} <= {SEVEN}
    return [(end.person, end.role) for end in found]


@pytest.mark.parametrize(
    ("made", "gone"),
    [
        ([slot(A, end=AT_SEVEN)], [(A, "edt_worker")]),
        ([slot(A, end=SIX)], []),  # it ended before
        ([slot(A, end=EIGHT)], []),  # it ends later
        ([slot(A)], []),
        ([slot(A, end=AT_SEVEN, place=BARNET)], []),  # another council's rota
        ([slot(A, end=AT_SEVEN), slot(A, begin=AT_SEVEN)], []),  # goes on
        ([slot(A, end=AT_SEVEN), slot(A, "edt_manager")], []),  # goes on in another role
        ([slot(A, end=AT_SEVEN), slot(A, begin=EIGHT)], [(A, "edt_worker")]),
        (
            [slot(B, "team_manager", end=AT_SEVEN), slot(A, end=AT_SEVEN)],
            [(A, "edt_worker"), (B, "team_manager")],
        ),
    ],
)
def test_who_goes_off_duty(made, gone):
    assert ends(*made) == gone


@pytest.mark.parametrize(
    ("made", "who"),
    [
        ([slot(B)], B),
        ([slot(B), absence(B, cover=C)], C),
        ([slot(B, "team_manager")], None),  # another role's people, who are no workers
        ([slot(A), slot(B)], B),  # never the one who goes
        ([slot(A)], None),
        ([], None),
    ],
)
def test_who_comes_in(made, who):
    end = ShiftEnd(A, "edt_worker", SEVEN)
    assert incoming(directory(*STAFF, *made), end, HARROW, SEVEN) == who


def test_where_nobody_has_the_role_the_worker_comes_in():
    end = ShiftEnd(A, "team_manager", SEVEN)
    made = directory(*STAFF, slot(B), slot(C, "team_manager", begin=EIGHT))
    assert incoming(made, end, HARROW, SEVEN) == B
    assert incoming(made, end, HARROW, SEVEN + HOUR) == C


def test_the_last_instant_of_a_slot_is_the_one_before_its_end():
    made = directory(*STAFF, slot(A, begin=SIX, end=AT_SEVEN))
    moment = timedelta(microseconds=1)
    assert is_on_duty(made, A, HARROW, SEVEN - HOUR)
    assert is_on_duty(made, A, HARROW, SEVEN - moment)
    assert not is_on_duty(made, A, HARROW, SEVEN)
    assert not is_on_duty(made, A, HARROW, SEVEN - HOUR - moment)
    assert not is_on_duty(made, A, BARNET, SEVEN - HOUR)
