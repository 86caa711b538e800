"""Each fault of a directory is named, with its mend; a sound one has none."""

from datetime import UTC, datetime

import pytest

from missing_service.domain.directory_faults import faults, nobody_on_call, served
from tests.domain.directories import (
    BARNET,
    HARROW,
    absence,
    channel,
    council,
    directory,
    force,
    key,
    person,
    role,
    slot,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
A, B = "a@x.example", "b@x.example"
SOUND = [
    council(),
    force(),
    channel(),
    person(A),
    person(B),
    role(A, "edt"),
    slot(A),
    key("gateway", "ab" * 32),
]
ENDED = "2026-11-01T00:00:00Z"
TOLD = ["edt_worker", "owner", "interviewer", "police", "edt_worker"]


def test_a_sound_directory_has_no_fault():
    assert faults(directory(*SOUND), NOW, TOLD) == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([force(covers=())], "council E09000015 (Harrow): no force covers it"),
        ([force("btp")], "council E09000015 (Harrow): several forces cover it (btp, met)"),
        ([council(desk="")], "council E09000015 (Harrow): no `edt_phone`"),
        ([force("tvp", (), "")], "force tvp (Tvp): no channel for reports and no phone"),
        ([slot(A, end=ENDED)], "council E09000015 (Harrow): nobody is on the rota as edt_worker"),
        ([absence(A)], "council E09000015 (Harrow): nobody is on the rota as edt_worker"),
        ([slot("c@x.example")], "c@x.example: named as edt_worker of E09000015, but not a person"),
        ([absence("c@x.example", B)], "c@x.example: named as absent, but not a person"),
        ([absence(B, "c@x.example")], "c@x.example: named as cover for b@x.example, but not a"),
        ([key("old", "cd" * 32, held="edt", until=ENDED)], 'key "old": ended at 2026-11-01 00:00'),
        ([key("odd", "cd" * 32, "surrey")], 'key "odd": acts for surrey, not known here'),
    ],
)
def test_each_fault_is_said(wrong, said):
    found = faults(directory(*SOUND, *wrong), NOW, TOLD)
    assert [text for text in found if text.startswith(said)], found
    assert all("; " in text for text in found)  # each with its mend


def test_a_key_that_was_replaced_before_it_ended_is_no_fault():
    replaced = key("old gateway", "cd" * 32, until=ENDED)
    assert faults(directory(*SOUND, replaced), NOW, TOLD) == ()


@pytest.mark.parametrize(
    "past", [slot("c@x.example", end=ENDED), absence(B, "c@x.example", end=ENDED)]
)
def test_what_is_past_is_no_fault(past):
    assert faults(directory(*SOUND, past), NOW, TOLD) == ()


def test_a_council_named_only_for_its_force_needs_no_rota():
    found = directory(*SOUND, council(BARNET, "Barnet", "BNT", ""), force(covers=(HARROW, BARNET)))
    assert faults(found, NOW, TOLD) == ()
    assert [c.code for c in served(found)] == [HARROW]


@pytest.mark.parametrize(
    "tie", [role(A, "edt", BARNET), key("b", "cd" * 32, BARNET, "edt"), slot(A, "x", BARNET)]
)
def test_a_council_with_a_role_a_key_or_a_slot_is_served_here(tie):
    found = directory(*SOUND, council(BARNET, "Barnet", "BNT"), tie)
    assert [c.code for c in served(found)] == [BARNET, HARROW]
    assert ("edt_worker", found.councils[BARNET]) in nobody_on_call(found, NOW, TOLD)
