"""What must hold of every history, whatever happened in it: DESIGN 3 and the list I1 to I28."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from adapters.database import models as m
from missing_service.domain.delivery import Delivery
from missing_service.domain.episode import Act, Episode, Party
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.policy import ObligationKind as Kind

if TYPE_CHECKING:
    from tests.simulation.history import History

ENDED_BY_ACT = (Kind.police_acknowledgement, Kind.record_with_police)
GRACE = timedelta(seconds=3)


def broken(history: "History") -> list[str]:
    """Each invariant that does not hold, in words; empty when all do."""
    return [
        *_nothing_lost(history),
        *_discharged_by_a_person(history),
        *_all_delivered(history),
        *_same_bytes(history),
        *_numbers_without_gap(history),
        *_each_step_once(history),
        *_silent_after_discharge(history),
        *_police_state(history),
        *_log_is_whole(history),
    ]


def _rows(history: "History", kind: Any, model: Any) -> Sequence[Any]:
    from adapters.database.statements import row_from

    with history.store.reading() as reading:
        found = reading.connection.execute(select(*model.__table__.columns))
        return [row_from(kind, row) for row in found]


def _nothing_lost(history: "History") -> Iterator[str]:
    """I1, I2: each accepted report is one episode with one police duty; nobody else made one."""
    episodes = {e.id for e in _rows(history, Episode, m.EpisodeTable)}
    accepted = set(history.people.accepted.values())
    if episodes != accepted:
        yield f"I1: {len(episodes)} episodes, {len(accepted)} accepted reports"
    if len(accepted) != len(history.people.accepted):
        yield "I1: two reports became one episode"
    duties = defaultdict(list)
    for row in _rows(history, Obligation, m.ObligationTable):
        if row.kind is Kind.police_acknowledgement:
            duties[row.stream].append(row)
    for episode in episodes:
        if not duties[episode] or sum(o.is_open for o in duties[episode]) > 1:
            yield f"I2: episode {episode} has {len(duties[episode])} police duties"


def _discharged_by_a_person(history: "History") -> Iterator[str]:
    """I4: only an acknowledgement by a named person that stands has ended a police duty."""
    acts = {a.id: a for a in _rows(history, Act, m.ActTable)}
    ending = defaultdict(list)
    for act in acts.values():
        if act.stands and act.ends and act.obligation:
            ending[act.obligation].append(act)
    for row in _rows(history, Obligation, m.ObligationTable):
        if row.kind not in ENDED_BY_ACT or row.discharged_as in ("OPENED_IN_ERROR", "REPLACED"):
            continue
        if row.is_open == bool(ending[row.id]):
            answers = len(ending[row.id])
            yield f"I4: {row.kind} {row.id} is {row.state} with {answers} standing answers"


def _all_delivered(history: "History") -> Iterator[str]:
    """I5, I6, I7: once everything answers, all that was queued has been taken."""
    for row in _rows(history, Delivery, m.DeliveryTable):
        if row.state.value not in ("TAKEN", "SUPERSEDED"):
            yield f"I6: delivery {row.id} ({row.type} to {row.channel}) is still {row.state}"


def _same_bytes(history: "History") -> Iterator[str]:
    """I9: one id, one body; nothing arrived that was not sent, nothing taken that never arrived."""
    stored = {key for a in history.world.addresses.values() for key in a.stored}
    sent = {str(d.id) for d in _rows(history, Delivery, m.DeliveryTable)}
    for address in history.world.addresses.values():
        if address.differing:
            yield f"I9: {address.name} got {address.differing[0]} with two bodies"
    if stored - sent:
        yield f"I9: {len(stored - sent)} unknown ids arrived"
    if sent - stored:
        yield f"I6: {len(sent - stored)} taken deliveries never arrived"


def _numbers_without_gap(history: "History") -> Iterator[str]:
    """I13: per episode and force 1..n; first arrival in that order but for what was let go by."""
    rows = _rows(history, Delivery, m.DeliveryTable)
    last = {(p.stream, p.who): p.last_number for p in _rows(history, Party, m.PartyTable)}
    numbers = defaultdict(set)
    for row in rows:
        if row.number:
            numbers[row.stream, row.recipient].add(row.number)
    for key, found in numbers.items():
        if found != set(range(1, last[key] + 1)):
            yield f"I13: numbers {sorted(found)} to {key[1]}, {last[key]} given"
    yield from _in_order(history, [r for r in rows if r.number and not r.straggling])


def _in_order(history: "History", rows: Sequence[Delivery]) -> Iterator[str]:
    place = {key: n for a in history.world.addresses.values() for n, key in enumerate(a.order)}
    lanes = defaultdict(list)
    for row in rows:
        lanes[row.stream, row.recipient, row.channel].append(
            (row.number, place.get(str(row.id), -1))
        )
    for lane, pairs in lanes.items():
        arrived = [at for _, at in sorted(pairs)]
        if arrived != sorted(arrived):
            yield f"I13: {lane} arrived out of order"


def _each_step_once(history: "History") -> Iterator[str]:
    """I10, I14: nothing due is undecided, and the plain ladder of section 6 was told as written."""
    now = history.clock.at
    told = defaultdict(list)
    for step in _rows(history, StepTold, m.StepToldTable):
        told[step.obligation].append(step)
    for row in _rows(history, Obligation, m.ObligationTable):
        if row.next_step_at and row.next_step_at < now - timedelta(minutes=1):
            yield f"I10: {row.kind} {row.id} has waited since {row.next_step_at}"
        if row.kind is Kind.police_acknowledgement and row.is_open and row.factor == "1":
            yield from _plain_ladder(row, told[row.id], now)


def _plain_ladder(row: Obligation, told: Sequence[StepTold], now: Any) -> Iterator[str]:
    """Every half hour after the first: counted by brute force, folded rows by their count."""
    repeats = sum(s.count for s in told if s.step == "repeat")
    passed = now - row.started_at
    due = max(0, (passed - timedelta(minutes=60)) // timedelta(minutes=30))
    steps = {s.step for s in told if s.step != "repeat"}
    expected = sum(passed >= timedelta(minutes=n) for n in (5, 15, 30, 60))
    if len(steps) < expected:
        yield f"I10: steps {sorted(steps)} of {row.id}, {passed} after it was opened"
    if repeats > due + 2:
        yield f"I10: {repeats} repeats of {row.id} where {due} fell due"


def _silent_after_discharge(history: "History") -> Iterator[str]:
    """I12: no step of a duty is told after it was met."""
    duties = {o.id: o for o in _rows(history, Obligation, m.ObligationTable)}
    for step in _rows(history, StepTold, m.StepToldTable):
        met = duties[step.obligation].discharged_at
        if met and step.told_at > met + GRACE:
            yield f"I12: step {step.step} of {step.obligation} told after it was met"


def _police_state(history: "History") -> Iterator[str]:
    open_duty = {
        o.stream
        for o in _rows(history, Obligation, m.ObligationTable)
        if o.kind is Kind.police_acknowledgement and o.is_open
    }
    for episode in _rows(history, Episode, m.EpisodeTable):
        if (episode.police.value == "UNACKNOWLEDGED") != (episode.id in open_duty):
            yield f"police of {episode.reference} say {episode.police}"


def _log_is_whole(history: "History") -> Iterator[str]:
    """I18, I19: every event is one leaf, gapless."""
    with history.store.reading() as reading:
        run = reading.connection.execute
        leaves = run(select(m.DutyLogTable.n, m.DutyLogTable.event)).all()
        events = set(run(select(m.EventTable.id)).scalars())
    if sorted(n for n, _ in leaves) != list(range(1, len(leaves) + 1)):
        yield "I18: the log has a gap"
    if {event for _, event in leaves} != events or len(leaves) != len(events):
        yield "I19: events and leaves differ"
