"""What must hold of every single transaction, judged by the rows that it touched alone."""

from collections.abc import Iterator
from typing import Any

from missing_service.domain.delivery import Delivery
from missing_service.domain.episode import Act, Episode
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.state import State, key_of

# Written here anew, not taken from the code that is judged.
MOVES = {
    ("QUEUED", "FAILING"),
    ("QUEUED", "TAKEN"),
    ("QUEUED", "SUPERSEDED"),
    ("FAILING", "TAKEN"),
    ("FAILING", "SUPERSEDED"),
}
BY_PEOPLE = ("police.answered", "act.undone", "episode.returned")
POLICE = (Kind.police_acknowledgement, Kind.record_with_police)


class WatchedState(State):
    """Remembers each row as it stood before this transaction."""

    def __init__(self, source: Any) -> None:
        super().__init__(source)
        self.before: dict[tuple[type, Any], Any] = {}

    def put(self, row: Any) -> None:
        kind, key = type(row), key_of(row)
        if (kind, key) not in self.before:
            self.before[kind, key] = self.find(kind, *key)
        super().put(row)


def faults_of(unit: Any) -> Iterator[str]:
    """Each thing that this transaction must not do, in words."""
    state: WatchedState = unit.state
    kinds = [event.kind for event in unit._events]
    for (kind, key), before in state.before.items():
        after: Any = state.find(kind, *key)
        if kind is Delivery:
            yield from _delivery(before, after, unit)
        elif kind is Obligation:
            yield from _obligation(before, after, kinds, unit)
        elif kind is StepTold and before is None:
            yield from _step(after, unit)
        elif kind is Episode:
            yield from _episode(after, state)
        if before is not None and not kinds:
            yield f"{kind.__name__} {key} changed with no event"


def _delivery(before: Any, after: Any, unit: Any) -> Iterator[str]:
    if before is None:
        if after not in unit._lanes and not any(d.id == after.id for d in unit._lanes):
            yield f"I3: delivery {after.id} was queued with no lane to carry it"
        return
    if before.state != after.state and (before.state, after.state) not in MOVES:
        yield f"I5: delivery {after.id} went from {before.state} to {after.state}"
    if (before.body, before.number, before.lane) != (after.body, after.number, after.lane):
        yield f"I9: delivery {after.id} became another message"


def _obligation(before: Any, after: Any, kinds: list[str], unit: Any) -> Iterator[str]:
    if before is None:
        return
    if not before.is_open and after.is_open and "act.undone" not in kinds:
        yield f"I17: {after.kind} {after.id} opened again by {kinds}"
    if before.started_at != after.started_at and not _may_move(before, after, kinds, unit):
        yield f"I15: the clock of {after.kind} {after.id} was moved by {kinds}"
    if after.kind in POLICE and before.is_open and not after.is_open:
        yield from _met(after, kinds, unit.state)


def _may_move(before: Any, after: Any, kinds: list[str], unit: Any) -> bool:
    """A clock is moved by people's acts, or back from a time to come that a clock ran ahead to."""
    if set(kinds) & set(BY_PEOPLE):
        return True
    is_put_right = "obligation.clock_brought_back" in kinds
    return is_put_right and before.started_at > unit.now >= after.started_at


def _met(after: Any, kinds: list[str], state: State) -> Iterator[str]:
    """I4: nothing but a named person's answer with a reference ends what police owe."""
    if after.discharged_as is not None:
        if not set(kinds) & {*BY_PEOPLE, "interview.record_signed"}:
            yield f"I4: {after.kind} {after.id} ended as {after.discharged_as} by {kinds}"
        return
    acts = [a for a in state.all(Act, after.stream) if a.obligation == after.id]
    if not any(a.stands and a.ends for a in acts):
        yield f"I4: {after.kind} {after.id} was met by {kinds}, and by nobody's answer"


def _step(after: StepTold, unit: Any) -> Iterator[str]:
    if after.due_at > unit.now:
        yield f"I10: step {after.step} of {after.obligation} told before it was due"
    before = unit.state.before.get((Obligation, (after.obligation,)))
    if before is not None and not before.is_open:
        yield f"I12: step {after.step} of {after.obligation} told after it was met"


def _episode(after: Episode, state: State) -> Iterator[str]:
    rows = state.all(Obligation, after.stream)
    duties = [row for row in rows if row.kind is Kind.police_acknowledgement]
    if sum(row.is_open for row in duties) > 1:
        yield f"I2: {after.reference} has two police duties"
    if (after.police.value == "UNACKNOWLEDGED") != any(row.is_open for row in duties):
        yield f"I4: police of {after.reference} say {after.police}"
