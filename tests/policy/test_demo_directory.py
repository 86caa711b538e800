"""The demonstration's directory is sound, and has somebody for each part that is shown."""

import base64
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from missing_service.domain.codes import LadderRole, Role
from missing_service.domain.directory import Directory
from missing_service.domain.directory_faults import faults
from missing_service.policy.demo_directory import TOKENS, demo_directory

HARROW = "E09000015"
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
URL = "http://127.0.0.1:9009/hooks"
SECRET = "whsec_" + base64.b64encode(b"x" * 32).decode()
HASHES = {name: sha256(name.encode()).hexdigest() for name in TOKENS}
MADE = demo_directory(URL, SECRET, HASHES)
DEMO = Directory.from_entries(MADE.entries)


def test_it_has_no_fault():
    assert faults(DEMO, NOW, LadderRole) == ()


def test_alerts_go_to_the_receiver_and_then_to_a_mailbox():
    cad, mailbox = DEMO.channels("met", "report", NOW)
    assert (cad.kind, cad.url) == ("webhook", URL)
    assert (mailbox.kind, mailbox.content) == ("email", "link")
    assert MADE.secrets == {("channel", "met/cad"): (SECRET,)}


def test_the_mailbox_may_be_another():
    other = demo_directory(URL, SECRET, HASHES, mailbox="box@localhost")
    assert other.entries[("channel", "met/mailbox")]["address"] == "box@localhost"


@pytest.mark.parametrize("name", TOKENS)
def test_each_token_opens_what_it_is_named_for(name: str):
    key = DEMO.key_for(HASHES[name], NOW)
    assert key is not None
    assert (key.role, key.organisation) == (name, "met" if name == "police" else HARROW)


@pytest.mark.parametrize("role", LadderRole)
def test_one_person_is_told_in_each_ladder_role(role: str):
    assert len(DEMO.on_call(role, HARROW, NOW)) == 1


def test_asha_patel_is_the_emergency_duty_worker():
    assert [p.name for p in DEMO.on_call("edt_worker", HARROW, NOW)] == ["Asha Patel"]


@pytest.mark.parametrize("role", Role)
def test_somebody_can_sign_in_in_each_role(role: str):
    assert DEMO.holders(role, "met" if role == "police" else HARROW, NOW)


def test_a_child_placed_away_belongs_to_a_force_that_is_told_by_telephone():
    neighbour = DEMO.force_covering("E06000060")
    assert neighbour is not None
    assert DEMO.is_told_by_telephone(neighbour.code, NOW)
    assert neighbour.phone
