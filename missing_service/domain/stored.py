"""How facts and rows become JSON values and come back: one rule for each type, nothing guessed."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from missing_service.domain import events as e
from missing_service.domain.events import Event
from missing_service.domain.events.children import ChildNamed, ProfileKept

T = TypeVar("T")
M = TypeVar("M")
KINDS = (
    e.ChildRecorded,
    ChildNamed,
    ProfileKept,
    e.EpisodeReported,
    e.EpisodeUpdated,
    e.PhotoKept,
    e.CategoryChanged,
    e.ChildLocated,
    e.ChildReturned,
    e.EpisodeClosed,
    e.EpisodeWithdrawn,
    e.EpisodeLinked,
    e.EpisodeUnlinked,
    e.PatternsRecounted,
    e.ActUndone,
    e.PoliceAnswered,
    e.PoliceRung,
    e.ToldByPerson,
    e.ObligationTaken,
    e.ObligationDecided,
    e.OwnerChanged,
    e.HandoverShown,
    e.DayServicesAsked,
    e.DigestSent,
    e.QuestionAsked,
    e.QuestionAnswered,
    e.LadderTold,
    e.LadderWoundBack,
    e.ClockBroughtBack,
    e.ReviewFellDue,
    e.DeliveryFailing,
    e.DeliveryRefused,
    e.DeliveryOvertaken,
    e.ChannelBroughtIn,
    e.DeliveryTaken,
    e.DeliveryRetried,
    e.InterviewAllocated,
    e.InterviewEnded,
    e.RecordSigned,
    e.DrillUnanswered,
    e.DrillAnswered,
    e.PeopleTold,
    e.AttemptsSealed,
    e.WorkersSilent,
    e.WorkersBack,
    e.ClockDoubted,
    e.CanarySent,
    e.SelfChecked,
    e.DirectoryChanged,
    e.PolicyLoaded,
)
EVENTS: Mapping[str, type[Event]] = {kind.KIND: kind for kind in KINDS}
ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
)
HEAD = ("id", "stream", "at", "by")


def by_kind(make: Callable[[Any], M]) -> Callable[[Any], M]:
    """Made once for each kind of value, then kept."""
    return cast("Callable[[Any], M]", cache(make))


def canonical(value: Any) -> bytes:
    """Sorted UTF-8 JSON without blanks: the bytes that are hashed and stored."""
    return ENCODER.encode(value).encode()


def instant(at: datetime) -> str:
    """An instant as UTC text with microseconds, the same text for the same instant."""
    return _text(at if at.tzinfo is UTC else at.astimezone(UTC))


@lru_cache(maxsize=1024)
def _text(utc: datetime) -> str:
    """One act says its instant many times."""
    return utc.isoformat(timespec="microseconds").replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    kind = type(value)
    if kind in AS_THEY_ARE:
        return value
    make = MADE.get(kind) or _maker(kind)
    return make(value)


AS_THEY_ARE = frozenset({str, int, bool, NoneType, float})
MADE: dict[type, Callable[[Any], Any]] = {datetime: instant, UUID: str, date: str}


def _maker(kind: type) -> Callable[[Any], Any]:
    """How values of a kind met for the first time become JSON; kept for the next."""
    if issubclass(kind, Enum):
        made: Callable[[Any], Any] = attrgetter("value")
    elif issubclass(kind, Mapping):
        made = _plain_mapping
    elif issubclass(kind, tuple | list):
        made = _plain_list
    else:
        made = _plain_fields
    MADE[kind] = made
    return made


def _plain_mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: plain(item) for key, item in value.items()}


def _plain_list(value: Iterable[Any]) -> list[Any]:
    return [plain(item) for item in value]


def _plain_fields(value: Any) -> dict[str, Any]:
    return {f.name: plain(getattr(value, f.name)) for f in _fields(type(value))}


@by_kind
def _fields(kind: type) -> tuple[Field[Any], ...]:
    return fields(kind)


@by_kind
def readers(kind: type) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    hints = get_type_hints(kind)
    return tuple((f.name, _reader(hints[f.name])) for f in fields(kind))


def _same(value: Any) -> Any:
    return value


def _reader(hint: Any) -> Callable[[Any], Any]:
    """The function that makes a value of type `hint` from its JSON form."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        inner = _reader(next(a for a in arguments if a is not NoneType))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        inner = _reader(arguments[0])
        return lambda value: tuple(inner(item) for item in value)
    if hint is datetime:
        return lambda value: datetime.fromisoformat(value)
    if hint is UUID or (isinstance(hint, type) and issubclass(hint, Enum)):
        return lambda value: hint(value)
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: from_plain(hint, value)
    return _same


def from_plain(kind: type[T], data: Mapping[str, Any]) -> T:
    """The dataclass `kind` from its JSON form; a missing value takes the field's default."""
    return kind(**{name: read(data[name]) for name, read in readers(kind) if name in data})


@by_kind
def _split(kind: type[Event]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of an event's public and private fields."""
    own = [f for f in fields(kind) if f.name not in HEAD]
    private = tuple(f.name for f in own if f.metadata.get("private"))
    return tuple(f.name for f in own if f.name not in private), private


def public_part(event: Event) -> dict[str, Any]:
    """What may stand in the clear: kinds, codes, times, ids; who acted, without their name."""
    names, _ = _split(type(event))
    by = event.by
    return {
        "by": [by.principal, by.organisation, by.role],
        "data": {name: plain(getattr(event, name)) for name in names},
    }


def private_part(event: Event) -> dict[str, Any]:
    """What people typed, and the name of who acted; empty where there is nothing to hide."""
    _, names = _split(type(event))
    found = {name: plain(getattr(event, name)) for name in names}
    if event.by.name or event.by.title:
        found["by"] = [event.by.name, event.by.title]
    return found


def read_event(leaf: Mapping[str, Any], private: Mapping[str, Any]) -> Event:
    """The event again, from its public bytes and its private part (as far as that is still
    known)."""
    kind = EVENTS[leaf["kind"]]
    name, title = private.get("by") or (None, None)
    head = {"id": leaf["id"], "stream": leaf["stream"], "at": leaf["at"]}
    data = {**head, **leaf["data"], **{k: v for k, v in private.items() if k != "by"}}
    data["by"] = {
        **dict(zip(("principal", "organisation", "role"), leaf["by"], strict=True)),
        "name": name,
        "title": title,
    }
    return from_plain(kind, {**_erased(kind), **data})


@by_kind
def _erased(kind: type[Event]) -> dict[str, Any]:
    """What stands for private fields whose key was destroyed."""
    _, private = _split(kind)
    required = [f for f in fields(kind) if f.name in private and f.default is MISSING]
    return {f.name: "" if f.type is str else {} for f in required}
