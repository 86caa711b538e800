"""What follows from an event, stored beside it: opened, moved and met obligations, parties,
deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from missing_service.domain.delivery import Delivery, DeliveryState
from missing_service.domain.episode import Episode, Party, TriggerMet
from missing_service.domain.interview import Interview
from missing_service.domain.obligation import Obligation, ObligationState, StepTold
from missing_service.domain.state import State, key_of
from missing_service.domain.stored import from_plain, plain, readers


@dataclass(frozen=True, slots=True)
class Opened:
    """An obligation, an interview, a party or a pattern that was not there before."""

    row: Obligation | Interview | Party | TriggerMet


@dataclass(frozen=True, slots=True)
class Moved:
    """New values for a row: a clock recounted, a force changed, a ladder's next instant."""

    kind: type
    key: tuple[Any, ...]
    to: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Queued:
    """A delivery, with the body that is stored once for all its channels and attempts."""

    row: Delivery
    body: bytes = field(repr=False, default=b"")
    commit: str = ""


Effect = Opened | Moved | Queued
KINDS: Mapping[str, type] = {
    "obligation": Obligation,
    "interview": Interview,
    "party": Party,
    "trigger": TriggerMet,
    "episode": Episode,
    "delivery": Delivery,
    "step": StepTold,
}
NAMES = {kind: name for name, kind in KINDS.items()}


def move(row: Any, **to: Any) -> Moved:
    return Moved(type(row), key_of(row), to)


def discharge(obligation: Obligation, *, at: datetime, by: UUID, how: str | None = None) -> Moved:
    """The obligation is met; its ladder stops, but a review's due instant still opens the next."""
    wake = obligation.due_at if obligation.successor and how is None else None
    return move(
        obligation,
        state=ObligationState.DISCHARGED,
        discharged_at=at,
        discharged_by=by,
        discharged_as=how,
        next_step_at=wake,
    )


def reopen(obligation: Obligation) -> Moved:
    """What ended it was undone: it is owed from its first clock, as if it had never been met."""
    return move(
        obligation,
        state=ObligationState.OPEN,
        discharged_at=None,
        discharged_by=None,
        discharged_as=None,
    )


def supersede(delivery: Delivery) -> Moved:
    return move(delivery, state=DeliveryState.SUPERSEDED)


def apply(state: State, effect: Effect) -> None:
    """Make the rows say so: the same for the act itself and for replay."""
    if isinstance(effect, Opened):
        state.put(effect.row)
    elif isinstance(effect, Moved):
        state.change(state.get(effect.kind, *effect.key), **effect.to)
    else:
        _queue(state, effect.row)


def _queue(state: State, delivery: Delivery) -> None:
    state.put(delivery)
    party = state.find(Party, delivery.stream, delivery.recipient) if delivery.number else None
    if party and party.last_number < delivery.number:
        state.change(party, last_number=delivery.number)


def stored_effect(effect: Effect) -> list[Any]:
    if isinstance(effect, Opened):
        return ["opened", NAMES[type(effect.row)], _lean(effect.row)]
    if isinstance(effect, Moved):
        return ["moved", NAMES[effect.kind], plain(effect.key), plain(effect.to)]
    return ["queued", _lean(effect.row), effect.commit]


def _lean(row: Any) -> dict[str, Any]:
    """The row without what reading gives it back anyway."""
    spared = _empty_by_default(NAMES[type(row)])
    return {k: v for k, v in plain(row).items() if v is not None or k not in spared}


@cache
def _empty_by_default(name: str) -> frozenset[str]:
    return frozenset(f.name for f in fields(KINDS[name]) if f.default is None)


def read_effect(stored: list[Any]) -> Effect:
    word, *rest = stored
    if word == "opened":
        return Opened(from_plain(KINDS[rest[0]], rest[1]))
    if word == "moved":
        kind = KINDS[rest[0]]
        return Moved(kind, _read_key(kind, rest[1]), read_values(kind, rest[2]))
    return Queued(from_plain(Delivery, rest[0]), commit=rest[1])


def _read_key(kind: Any, key: list[Any]) -> tuple[Any, ...]:
    values = read_values(kind, dict(zip(kind.KEY, key, strict=True)))
    return tuple(values.values())


def read_values(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Single fields of a row from their JSON form."""
    read = dict(readers(kind))
    return {name: read[name](value) for name, value in values.items()}
