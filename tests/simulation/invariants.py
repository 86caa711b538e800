"""What must hold of the whole database and of all receivers once everything works again."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from missing_service.domain.delivery import Delivery
from missing_service.domain.episode import Act, Episode, Party
from missing_service.domain.merkle import Frontier
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationKind as Kind
from tests.simulation import ladders, patterns
from tests.simulation.ledger import Ledger
from tests.simulation.places import DIRECTORY

if TYPE_CHECKING:
    from tests.simulation.history import History

ENDED_BY_ACT = (Kind.police_acknowledgement, Kind.record_with_police)
LEAF = b"\x00"


def broken(history: "History") -> list[str]:
    """Each invariant that does not hold, in words; empty when all do."""
    ledger = Ledger.of(history)
    found: list[str] = list(dict.fromkeys(history.wrong))
    for check in CHECKS:
        found += check(history, ledger)
    for ladder in ladders.CHECKS:
        found += ladder(history, ledger)
    return found


def _nothing_lost(history: "History", ledger: Ledger) -> Iterator[str]:
    """I1, I2: each report is answered in the end, and is one episode with one police duty."""
    people = history.people
    if people.planned != set(people.accepted):
        yield f"I1: never accepted: {sorted(people.planned - set(people.accepted))}"
    episodes = {episode.id for episode in ledger.rows(Episode)}
    accepted = {case.stream for case in people.accepted.values()}
    if episodes != accepted or len(accepted) != len(people.accepted):
        yield f"I1: {len(episodes)} episodes, {len(people.accepted)} accepted reports"
    duties = defaultdict(list)
    for row in ledger.rows(Obligation):
        if row.kind is Kind.police_acknowledgement:
            duties[row.stream].append(row)
    for episode in episodes:
        if not duties[episode] or sum(o.is_open for o in duties[episode]) > 1:
            yield f"I2: episode {episode} has {len(duties[episode])} police duties"


def _alerted(_: "History", ledger: Ledger) -> Iterator[str]:
    """I3: each police duty has an alert to the force that owes it, or one told by telephone."""
    sent = {(d.stream, d.recipient) for d in ledger.rows(Delivery)}
    machines = {entry["owner"] for (kind, _), entry in DIRECTORY.items() if kind == "channel"}
    for duty in ledger.rows(Obligation):
        is_owed = duty.kind is Kind.police_acknowledgement and duty.force in machines
        if is_owed and (duty.stream, duty.force) not in sent:
            yield f"I3: nothing was ever sent to {duty.force} for {duty.stream}"


def _discharged_by_a_person(_: "History", ledger: Ledger) -> Iterator[str]:
    """I4: only an acknowledgement by a named person that stands has ended a police duty."""
    ending = defaultdict(list)
    for act in ledger.rows(Act):
        if act.stands and act.ends and act.obligation:
            ending[act.obligation].append(act)
    for row in ledger.rows(Obligation):
        if row.kind not in ENDED_BY_ACT or row.discharged_as in ("OPENED_IN_ERROR", "REPLACED"):
            continue
        if row.is_open == bool(ending[row.id]):
            answers = len(ending[row.id])
            yield f"I4: {row.kind} {row.id} is {row.state} with {answers} standing answers"


def _all_delivered(_: "History", ledger: Ledger) -> Iterator[str]:
    """I5, I6, I7: once everything answers, all that was queued has been taken."""
    for row in ledger.rows(Delivery):
        if row.state.value not in ("TAKEN", "SUPERSEDED"):
            yield f"I6: delivery {row.id} ({row.type} to {row.channel}) is still {row.state}"


def _same_bytes(history: "History", ledger: Ledger) -> Iterator[str]:
    """I9: one id, one body; nothing arrived that was not sent, nothing taken never arrived."""
    addresses = history.world.addresses.values()
    stored = {key for address in addresses for key in address.stored}
    rows = {str(d.id): d for d in ledger.rows(Delivery)}
    for address in addresses:
        if address.differing:
            yield f"I9: {address.name} got {address.differing[0]} with two bodies"
    if stored - set(rows):
        yield f"I9: {len(stored - set(rows))} unknown ids arrived"
    taken = {key for key, row in rows.items() if row.state.value == "TAKEN"}
    if taken - stored:
        yield f"I6: {len(taken - stored)} taken deliveries never arrived"


def _numbers_without_gap(history: "History", ledger: Ledger) -> Iterator[str]:
    """I13: per episode and force 1..n; first arrival in that order but for what was let go by."""
    rows = ledger.rows(Delivery)
    last = {(p.stream, p.who): p.last_number for p in ledger.rows(Party)}
    numbers = defaultdict(set)
    for row in rows:
        if row.number:
            numbers[row.stream, row.recipient].add(row.number)
    for key, found in numbers.items():
        if found != set(range(1, last[key] + 1)):
            yield f"I13: numbers {sorted(found)} to {key[1]}, {last[key]} given"
    yield from _in_order(history, [r for r in rows if r.number and not r.straggling])


def _in_order(history: "History", rows: list[Delivery]) -> Iterator[str]:
    place = {key: n for a in history.world.addresses.values() for n, key in enumerate(a.order)}
    lanes = defaultdict(list)
    for row in rows:
        lane = (row.stream, row.recipient, row.channel)
        lanes[lane].append((row.number, place.get(str(row.id), -1)))
    for lane, pairs in lanes.items():
        arrived = [at for _, at in sorted(pairs)]
        if arrived != sorted(arrived):
            yield f"I13: {lane} arrived out of order"


def _police_know_what_we_know(history: "History", ledger: Ledger) -> Iterator[str]:
    """I13: the highest number that a force holds shows the episode as it stands."""
    held: dict[tuple[str, UUID], tuple[int, dict[str, Any]]] = {}
    owner = {d.id: (d.recipient, d.stream, d.number) for d in ledger.rows(Delivery)}
    for address in history.world.addresses.values():
        for key in address.stored:
            who, stream, number = owner.get(UUID(key), ("", None, 0))
            if not (number and stream) or "data" not in json.loads(address.stored[key]):
                continue
            if number >= held.get((who, stream), (0, {}))[0]:
                held[who, stream] = (number, address.news(key)["episode"])
    frozen = {(p.who, p.stream) for p in ledger.rows(Party) if p.frozen_at}
    episodes = {episode.id: episode for episode in ledger.rows(Episode)}
    for (who, stream), (number, seen) in held.items():
        ours = episodes[stream]
        shown = (seen["state"], seen["category"])
        if (who, stream) not in frozen and shown != (ours.state.value, ours.category):
            yield f"I13: {who} holds number {number} of {ours.reference}: {shown}"


def _police_state(_: "History", ledger: Ledger) -> Iterator[str]:
    open_duty = {
        o.stream
        for o in ledger.rows(Obligation)
        if o.kind is Kind.police_acknowledgement and o.is_open
    }
    for episode in ledger.rows(Episode):
        if (episode.police.value == "UNACKNOWLEDGED") != (episode.id in open_duty):
            yield f"I4: police of {episode.reference} say {episode.police}"


def _log_is_whole(history: "History", ledger: Ledger) -> Iterator[str]:
    """I18, I19: every event is one leaf, gapless, and hashes to what the log and its head say."""
    frontier = Frontier()
    for place, (n, hashed, leaf) in enumerate(ledger.log, start=1):
        if n != place:
            yield f"I18: the log has a gap before {n}"
            return
        if hashed != hashlib.sha256(LEAF + leaf).digest():
            yield f"I18: leaf {n} is not the hash of what is stored"
            return
        frontier = frontier.append(hashed)
    if ledger.head != (len(ledger.log), frontier.root()):
        yield "I18: the head is not the root of the log"
    if len(ledger.events) != len(ledger.log):
        yield f"I19: {len(ledger.events)} events, {len(ledger.log)} leaves"


def _every_look_is_written(history: "History", ledger: Ledger) -> Iterator[str]:
    """I20: whatever was shown stands in the access log."""
    written = {json.loads(leaf)["session"] for leaf in ledger.looks}
    shown = {f"session {n}" for n in history.people.shown}
    if shown - written:
        yield f"I20: {len(shown - written)} pages were shown and not written down"


CHECKS = (
    _nothing_lost,
    _alerted,
    _discharged_by_a_person,
    _all_delivered,
    _same_bytes,
    _numbers_without_gap,
    _police_know_what_we_know,
    _police_state,
    _log_is_whole,
    _every_look_is_written,
    *patterns.CHECKS,
)
