"""What a run left behind, counted, so that two runs of one flow can be compared."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from adapters.database import models as m
from tests.faults.invariants import rows
from tests.journeys.world import World

Shape = dict[str, Counter[Any]]
# How often it was tried is told by the attempts; it may differ from run to run.
TRIES = ("delivery.failing", "attempts.sealed", "delivery.overtaken")
COUNTED: dict[str, tuple[Any, Sequence[str]]] = {
    "children": (m.ChildTable, ("council",)),
    "copies": (m.ChildCopyTable, ()),
    "keys": (m.ChildKeyTable, ("key",)),
    "profiles": (m.ProfileTable, ("version",)),
    "episodes": (m.EpisodeTable, ("council", "state", "police", "version", "owner")),
    "acts": (m.ActTable, ("kind", "outcome", "ends")),
    "parties": (m.PartyTable, ("who", "owes", "last_number")),
    "interviews": (m.InterviewTable, ("status", "version", "void", "record_hash")),
    "records": (m.RecordVersionTable, ("version", "record_hash")),
    "obligations": (m.ObligationTable, ("kind", "state", "due_at", "discharged_as", "decided")),
    "patterns": (m.TriggerMetTable, ("rule",)),
    "steps": (m.StepToldTable, ("step", "due_at", "count", "people")),
    "deliveries": (m.DeliveryTable, ("type", "number", "recipient", "channel", "state")),
    "directory": (m.DirectoryEntryTable, ("kind", "identity", "body")),
    "policies": (m.PolicyVersionTable, ("version",)),
    "answers kept": (m.IdempotencyTable, ("principal", "key", "status")),
    "drafts": (m.DraftTable, ("version",)),
    "looks": (m.LookTable, ()),
    "streams": (m.StreamTable, ("kind",)),
}


def shape_of(world: World, heard: int, letters: int) -> Shape:
    """Rows by what they say but for ids, and each message by its id, however often it came."""
    with world.application.store.reading() as reading:
        found = {
            name: Counter(
                tuple(getattr(row, c) for c in columns) for row in rows(reading.connection, t)
            )
            for name, (t, columns) in COUNTED.items()
        }
        kinds = [row.kind for row in rows(reading.connection, m.EventTable)]
    found["events"] = Counter(kind for kind in kinds if kind not in TRIES)
    return found | _came(world, heard, letters)


def _came(world: World, heard: int, letters: int) -> Shape:
    messages = {(one.id, one.body): one for one in world.police.received[heard:]}
    letter = {(one.message_id, one.text): one for one in world.mail.messages[letters:]}
    assert world.police.bad_signatures == 0
    return {
        "messages": Counter((one.type, one.number) for one in messages.values()),
        "letters": Counter((one.to, one.subject) for one in letter.values()),
    }
