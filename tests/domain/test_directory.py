"""Who there is, by the entries that stand: forces, channels, keys, roles, changes."""

from datetime import UTC, datetime

import pytest

from missing_service.domain.directory import Change, Directory, Person, changes
from tests.domain.directories import (
    BARNET,
    HARROW,
    channel,
    council,
    directory,
    entries,
    force,
    key,
    person,
    role,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
END = "2026-12-01T00:00:00Z"


def test_the_force_that_covers_a_council_is_found():
    found = directory(council(), force(), force("thames-valley", covers=("E06000060",)))
    assert found.force_covering(HARROW) == found.forces["met"]
    assert found.force_covering(BARNET) is None


def test_of_two_forces_covering_a_council_the_same_one_is_told_whatever_the_order():
    one, other = force("met"), force("btp")
    both = directory(one, other), directory(other, one)
    assert [d.force_covering(HARROW) == d.forces["btp"] for d in both] == [True, True]
    assert [f.code for f in both[0].forces_covering(HARROW)] == ["btp", "met"]


def test_channels_come_in_their_owners_order_and_for_their_purpose():
    found = directory(
        channel(name="mailbox", position=1, kind="email", address="a@met.example", url=None),
        channel(name="cad", position=0),
        channel(name="records", position=2, purposes=["record"]),
        channel("btp", "cad"),
    )
    assert [c.name for c in found.channels("met", "report", NOW)] == ["cad", "mailbox"]
    assert [c.name for c in found.channels("met", "record", NOW)] == ["cad", "mailbox", "records"]
    assert found.channels("nobody", "report", NOW) == ()


def test_a_channel_ends_and_is_still_known_by_its_name():
    found = directory(channel(until=END))
    assert found.channels("met", "report", NOW)
    assert found.channels("met", "report", datetime.fromisoformat(END)) == ()
    assert found.channel("met/cad") in found.all_channels["met"]
    assert found.channel("met/other") is None
    assert found.channel("cad") is None


@pytest.mark.parametrize(
    ("channels", "by_telephone"),
    [
        ([], True),
        ([channel()], False),
        ([channel(purposes=["record", "reminder"])], True),  # no report goes through it
        ([channel(until="2026-11-24T03:00:00Z")], True),  # ended this instant
        ([channel(kind="email", address="a@met.example")], False),
    ],
)
def test_a_force_that_no_channel_carries_a_report_to_is_told_by_telephone(channels, by_telephone):
    assert directory(force(), *channels).is_told_by_telephone("met", NOW) is by_telephone


def test_a_key_is_found_by_the_hash_of_its_token_while_it_is_in_force():
    found = directory(key("gateway", "AB" * 32, until=END), key("new", "cd" * 32, **{"from": END}))
    assert found.key_for("ab" * 32, NOW) == found.keys["ab" * 32][0]
    assert found.key_for("cd" * 32, LATER) == found.keys["cd" * 32][0]
    assert found.key_for("ab" * 32, LATER) is None  # ended
    assert found.key_for("cd" * 32, NOW) is None  # not begun
    assert found.key_for("ef" * 32, NOW) is None  # nobody's


def test_a_renamed_key_with_the_same_token_goes_on():
    found = directory(key("a old", "ab" * 32, until=END), key("b new", "ab" * 32))
    renamed = found.key_for("ab" * 32, LATER)
    assert renamed == found.keys["ab" * 32][1]
    assert [each.name for each in found.keys["ab" * 32]] == ["a old", "b new"]


def test_a_person_holds_several_roles_in_several_organisations_each_with_its_end():
    found = directory(
        person("a@x.example"),
        role("a@x.example", "edt"),
        role("a@x.example", "edt", BARNET, until=END),
        role("a@x.example", "manager", HARROW, **{"from": END}),
    )
    held = [(r.role, r.organisation) for r in found.roles_of("A@X.example", NOW)]
    later = [(r.role, r.organisation) for r in found.roles_of("a@x.example", LATER)]
    assert held == [("edt", BARNET), ("edt", HARROW)]
    assert later == [("edt", HARROW), ("manager", HARROW)]
    assert found.roles_of("b@x.example", NOW) == ()


def test_holders_of_a_role_are_those_of_that_organisation_alone():
    found = directory(
        person("a@x.example"),
        person("b@x.example"),
        role("a@x.example", "manager"),
        role("b@x.example", "manager", BARNET),
        role("gone@x.example", "manager"),  # not a person here
    )
    assert [p.email for p in found.holders("manager", HARROW, NOW)] == ["a@x.example"]


def test_an_e_mail_address_is_the_same_in_any_case():
    found = directory(person("Asha.Patel@Harrow.example", "Asha Patel"))
    asha = Person("asha.patel@harrow.example", "Asha Patel")
    assert found.person("ASHA.PATEL@harrow.example") == asha
    assert found.person("nobody@harrow.example") is None


def test_a_school_is_an_organisation():
    entry = {"code": "urn1", "name": "A school", "kind": "school", "council": HARROW}
    found = directory((("organisation", "urn1"), entry))
    assert found.organisations["urn1"].council == HARROW


def test_changes_add_and_change_and_remove_nothing():
    current = entries(council(), force(), person("a@x.example", "Before"))
    wanted = entries(force(), person("a@x.example", "After"), person("b@x.example"))
    assert changes(current, wanted) == (
        Change(
            "person",
            "a@x.example",
            {"email": "a@x.example", "name": "Before"},
            {"email": "a@x.example", "name": "After"},
        ),
        Change("person", "b@x.example", None, {"email": "b@x.example", "name": "B"}),
    )


def test_loading_the_same_again_changes_nothing():
    wanted = entries(council(), force(), channel())
    assert changes({**wanted, **entries(person("a@x.example"))}, wanted) == ()


def test_an_empty_directory_answers_that_there_is_nobody():
    empty = Directory.from_entries({})
    assert empty.force_covering(HARROW) is None
    assert empty.is_told_by_telephone("met", NOW)
    assert empty.people_for(["edt_worker"], [["edt_manager"]], HARROW, NOW, {}).people == ()
