"""A host council, an agency and a school with a mailbox: told missing, told found, and nothing of
who the child is."""

import json

from tests.builders import CANARIES, HARROW
from tests.domain.directories import channel
from tests.domain.others_told import organisation
from tests.journeys.world import World

BUCKINGHAMSHIRE = "E06000060"
PLACES = {
    "bkm-edt": ("Buckinghamshire EDT", "council", BUCKINGHAMSHIRE),
    "agency-1": ("Oak Fostering", "fostering agency", BUCKINGHAMSHIRE),
    "urn-1": ("Larkspur School", "school", BUCKINGHAMSHIRE),
}
MAILBOXES = {f"desk@{code}.example" for code in PLACES}


def _mailbox(code: str):
    return channel(code, "desk", kind="email", url=None, address=f"desk@{code}.example")


def _placed_in_buckinghamshire(world: World):
    world.load(*(organisation(code, *said) for code, said in PLACES.items()))
    world.load(*(_mailbox(code) for code in PLACES))
    return world.report(
        child={"name": "Zebedee Quill", "looked_after": "YES", "looked_after_by": HARROW},
        last_seen={"council": HARROW, "place": "14 Canary Mews"},
        reporter={"name": "Jo Grant", "role": "SCHOOL", "organisation": "urn-1"},
        details={
            "host_council": BUCKINGHAMSHIRE,
            "placement": {"type": "Foster care", "provider": "agency-1"},
        },
    )


def test_each_is_told_missing_and_then_found_and_who_the_child_is_stands_in_no_letter(
    world: World,
):
    episode = _placed_in_buckinghamshire(world)
    letters = world.letters()
    assert {letter.to for letter in letters} == MAILBOXES
    assert all("a child is reported missing" in letter.subject for letter in letters)
    world.returned(episode)
    found = [letter for letter in world.letters() if letter.to in MAILBOXES]
    assert {letter.to for letter in found} == MAILBOXES
    assert all("the child is found" in letter.subject for letter in found)
    said = [letter.subject + letter.text for letter in (*letters, *found)]
    assert [word for word in CANARIES for text in said if word in text] == []
    world.types()


def test_police_read_first_that_nobody_has_said_what_is_protected(world: World):
    _placed_in_buckinghamshire(world)
    (alert,) = [json.loads(received.body) for received in world.heard()]
    line = "PROTECTED: not known, so treated as protected: address, contact, the carer's identity."
    assert alert["data"]["change"]["summary"] == f"{line} A child is reported missing."
    world.letters()
