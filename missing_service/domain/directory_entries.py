"""What is kept of each council, force, channel, person, slot and key, and how its entry is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from missing_service.domain.codes import Purpose

T = TypeVar("T")
K = TypeVar("K")
ALL_PURPOSES = tuple(purpose.value for purpose in Purpose)
Entry = Mapping[str, Any]  # plain JSON; instants are RFC 3339 text
Entries = Mapping[tuple[str, str], Entry]  # by (kind, identity)


@dataclass(frozen=True, slots=True)
class Council:
    code: str  # ONS/GSS: Harrow is E09000015
    name: str
    short: str  # begins its references: HRW-7K3M9
    edt_phone: str


@dataclass(frozen=True, slots=True)
class Force:
    code: str
    name: str
    covers: tuple[str, ...]  # councils, by code
    phone: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A school, or any other that can be told; without a channel it is shown as "no endpoint"."""

    code: str
    name: str
    kind: str
    council: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in which a machine carries news to its owner."""

    owner: str  # a force's or an organisation's code
    name: str
    kind: str  # "webhook" or "email"
    url: str | None
    address: str | None
    content: str  # of an email: "link", or "full" where the mailbox was declared secure
    purposes: frozenset[str]
    position: int  # in its owner's order: the next one is brought in when one fails
    until: datetime | None

    def is_in_use(self, at: datetime) -> bool:
        return self.until is None or at < self.until


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str
    phone: str | None = None
    oidc_subject: str | None = None


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """What a person may do, in which organisation, and when; nobody need be told because of it."""

    person: str
    role: str
    organisation: str
    from_: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RotaSlot:
    """Who is told in a ladder role for a council, and when; several may share one."""

    role: str
    council: str
    person: str
    from_: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Absence:
    person: str
    from_: datetime
    until: datetime | None
    cover: str | None  # None: nobody stands in


@dataclass(frozen=True, slots=True)
class Key:
    """A machine's key: it acts for its organisation; only the hash of its token is known."""

    name: str
    organisation: str
    role: str
    token_sha256: str
    from_: datetime | None
    until: datetime | None


class Lasting(Protocol):
    @property
    def from_(self) -> datetime | None: ...
    @property
    def until(self) -> datetime | None: ...


def holds(lasting: Lasting, at: datetime) -> bool:
    """Whether it has begun and has not ended; the last instant is the one before `until`."""
    has_begun = lasting.from_ is None or lasting.from_ <= at
    return has_begun and (lasting.until is None or at < lasting.until)


def of_kind(entries: Entries, kind: str, read: Callable[[Entry], T]) -> list[T]:
    """The entries of a kind, in order of identity: the same however they were stored."""
    own = sorted(key for key in entries if key[0] == kind)
    return [read(entries[key]) for key in own]


def by(name: Callable[[T], K], things: Iterable[T]) -> Mapping[K, T]:
    return MappingProxyType({name(thing): thing for thing in things})


def grouped(group: Callable[[T], K], things: Iterable[T]) -> Mapping[K, tuple[T, ...]]:
    found: dict[K, list[T]] = {}
    for thing in things:
        found.setdefault(group(thing), []).append(thing)
    return MappingProxyType({name: tuple(own) for name, own in found.items()})


def _at(entry: Entry, name: str) -> datetime | None:
    text = entry.get(name)
    return None if text is None else datetime.fromisoformat(text)


def read_council(entry: Entry) -> Council:
    return Council(entry["code"], entry["name"], entry["short"], entry["edt_phone"])


def read_force(entry: Entry) -> Force:
    return Force(entry["code"], entry["name"], tuple(entry["covers"]), entry["phone"])


def read_organisation(entry: Entry) -> Organisation:
    return Organisation(entry["code"], entry["name"], entry["kind"], entry["council"])


def name_of(channel: Channel) -> str:
    """A channel's name in the directory: its owner's code and its own name."""
    return f"{channel.owner}/{channel.name}"


def read_channel(entry: Entry) -> Channel:
    return Channel(
        owner=entry["owner"],
        name=entry["name"],
        kind=entry["kind"],
        url=entry.get("url"),
        address=entry.get("address"),
        content=entry.get("content", "link"),
        purposes=frozenset(entry.get("for", ALL_PURPOSES)),
        position=entry.get("position", 0),
        until=_at(entry, "until"),
    )


def read_person(entry: Entry) -> Person:
    return Person(
        entry["email"].lower(), entry["name"], entry.get("phone"), entry.get("oidc_subject")
    )


def read_role(entry: Entry) -> RoleHeld:
    who = entry["person"].lower(), entry["role"], entry["organisation"]
    return RoleHeld(*who, _at(entry, "from"), _at(entry, "until"))


def read_slot(entry: Entry) -> RotaSlot:
    who = entry["role"], entry["council"], entry["person"].lower()
    return RotaSlot(*who, datetime.fromisoformat(entry["from"]), _at(entry, "until"))


def read_absence(entry: Entry) -> Absence:
    begins = datetime.fromisoformat(entry["from"])
    cover = entry.get("cover")
    person, until = entry["person"].lower(), _at(entry, "until")
    return Absence(person, begins, until, cover.lower() if cover else None)


def read_key(entry: Entry) -> Key:
    who = entry["name"], entry["organisation"], entry["role"], entry["token_sha256"].lower()
    return Key(*who, _at(entry, "from"), _at(entry, "until"))
