"""Whether everybody was told in time, once, and by nobody's forgetting: counted by brute force."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

from missing_service.domain.delivery import Delivery
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.policy import ObligationKind as Kind
from tests.simulation.ledger import Happened, Ledger

if TYPE_CHECKING:
    from tests.simulation.history import History

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STEPS = {"1": 5, "2": 15, "3": 30, "4": 60}  # minutes after the report: DOMAIN 6, written here anew
EVERY = 30
# events after which the ladder of a police duty is no longer the plain one
TURNS = ("act.undone", "episode.returned", "episode.updated")
LENGTHS = {  # I15: so much elapsed time and no more, whatever the clocks of London do
    Kind.police_declined_review: HOUR,
    Kind.interview_allocated: 24 * HOUR,
    Kind.interview_offered: 48 * HOUR,
    Kind.interview_held: 72 * HOUR,
    Kind.record_written: 24 * HOUR,
    Kind.record_with_police: 24 * HOUR,
}
Steps = dict[UUID, list[StepTold]]


def _told(ledger: Ledger) -> Steps:
    found: Steps = defaultdict(list)
    for step in ledger.rows(StepTold):
        found[step.obligation].append(step)
    return found


def deadlines(_: "History", ledger: Ledger) -> Iterator[str]:
    """I15: a deadline is its clock's start and a fixed length."""
    for row in ledger.rows(Obligation):
        length = LENGTHS.get(row.kind)
        if row.kind is Kind.police_acknowledgement:
            length = _scaled(15, row)
        if length is not None and row.due_at - row.started_at != length:
            yield f"I15: {row.kind} {row.id} is due {row.due_at - row.started_at} after its start"


def told_as_written(history: "History", ledger: Ledger) -> Iterator[str]:
    """I10: each due instant of a plain police ladder was told once, none was skipped."""
    told = _told(ledger)
    for row in ledger.rows(Obligation):
        events = ledger.of_stream[row.stream]
        is_plain = not any(event.kind in TURNS for event in events)
        if row.kind is Kind.police_acknowledgement and is_plain:
            yield from _plain(row, told[row.id], history)


def _plain(row: Obligation, told: list[StepTold], history: "History") -> Iterator[str]:
    end = row.discharged_at or history.clock.now()
    expected = set(_expected(row, end))
    found = [key for step in told if not step.passed_over for key in _instants(row, step)]
    if history.watch.has_stepped:
        return  # a fold that a clock running ahead told is told again in its time, by design
    doubled = len(found) - len(set(found))
    if doubled:
        yield f"I10: {doubled} instants of {row.id} were told twice"
    for key in set(found) - expected:
        if key[1] > end or key[1] < row.started_at:
            yield f"I10: {row.id} was told {key}, which was not due"
    for key in expected - set(found):
        if not history.watch.nobody_looked(key[1], end):
            yield f"I10: {row.id} was never told {key}"


def _expected(row: Obligation, end: datetime) -> Iterator[tuple[str, datetime]]:
    for step, minutes in STEPS.items():
        at = row.started_at + _scaled(minutes, row)
        if at <= end:
            yield step, at
    at = row.started_at + _scaled(60 + EVERY, row)
    while at <= end:
        yield "repeat", at
        at += _scaled(EVERY, row)


def _instants(row: Obligation, step: StepTold) -> list[tuple[str, datetime]]:
    return [(step.step, step.due_at + _scaled(EVERY, row) * n) for n in range(step.count)]


def _scaled(minutes: int, row: Obligation) -> timedelta:
    factor = Fraction(row.factor)
    return MINUTE * minutes * factor.numerator / factor.denominator


def goes_on(history: "History", ledger: Ledger) -> Iterator[str]:
    """I14: whatever happened, nobody has been silent about an open police duty for long."""
    told, now = _told(ledger), history.clock.now()
    for row in ledger.rows(Obligation):
        if row.kind is not Kind.police_acknowledgement or not row.is_open:
            continue
        due = [(s.until or s.due_at, s.told_at) for s in told[row.id] if s.told_at <= now]
        opened = [e.at for e in ledger.of_stream[row.stream] if e.kind in TURNS]
        heard = [at for pair in due for at in pair if at <= now]
        since = max([row.opened_at, history.watch.put_right_at, *opened, *heard])
        if now - since > MINUTE * 64:
            yield f"I14: nobody was told of {row.id} since {since}, it is {now}"


def in_order(history: "History", ledger: Ledger) -> Iterator[str]:
    """I10: the repeats of a ladder follow one another, none before the one told last."""
    if history.watch.has_stepped:
        return
    for duty, steps in _told(ledger).items():
        repeats = [s for s in steps if s.step == "repeat"]
        repeats.sort(key=lambda s: ledger.events[s.event].n)
        seen: set[datetime] = set()
        for step in repeats:
            if step.due_at in seen:
                yield f"I10: repeat {step.due_at} of {duty} was told twice"
            seen |= {step.due_at, step.until or step.due_at}


def silent_after_discharge(_: "History", ledger: Ledger) -> Iterator[str]:
    """I12: by order, not by time: no step of a duty is told after the act that met it."""
    duties = {o.id: o for o in ledger.rows(Obligation)}
    for step in ledger.rows(StepTold):
        met = ledger.events.get(duties[step.obligation].discharged_by)
        told = ledger.events[step.event]
        if met and met.stream == told.stream and told.n > met.n:
            yield f"I12: step {step.step} of {step.obligation} told after it was met"


def everybody_heard(_: "History", ledger: Ledger) -> Iterator[str]:
    """I10: each step told is a message to each of its people, or a line of one that names it."""
    sent = {(d.event, d.recipient) for d in ledger.rows(Delivery)}
    lines: dict[str, set[str]] = defaultdict(set)
    for event in ledger.events.values():
        if event.kind == "people.told":
            said = event.said["data"]
            lines[said["person"]] |= set(said["obligations"])
    for step in ledger.rows(StepTold):
        said = ledger.events[step.event].said["data"]
        if not (step.passed_over or step.people or said["police"]):
            yield f"I10: step {step.step} of {step.obligation} was told to nobody"
        for person in () if step.passed_over else step.people:
            if (step.event, person) not in sent and str(step.obligation) not in lines[person]:
                yield f"I10: {person} never heard step {step.step} of {step.obligation}"


def time_is_ours(history: "History", ledger: Ledger) -> Iterator[str]:
    """I16: order is by number: each stream counts 1, 2, 3, whatever the clocks showed."""
    for stream, events in ledger.of_stream.items():
        numbers = [event.n for event in events]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"I16: stream {stream} counts {_odd(events)}"


def _odd(events: list[Happened]) -> list[int]:
    return [event.n for event in events][:10]


CHECKS = (
    deadlines,
    told_as_written,
    goes_on,
    in_order,
    silent_after_discharge,
    everybody_heard,
    time_is_ours,
)
