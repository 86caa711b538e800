"""Who there is: councils, forces, schools, people, who is on call; each asked for at an instant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain

from missing_service.domain.codes import TELL_POLICE, NamedRole, Purpose, Role
from missing_service.domain.directory_entries import (
    Absence,
    Channel,
    Council,
    Entries,
    Entry,
    Force,
    Key,
    Organisation,
    Person,
    RoleHeld,
    RotaSlot,
    by,
    grouped,
    holds,
    name_of,
    of_kind,
    read_absence,
    read_channel,
    read_council,
    read_force,
    read_key,
    read_organisation,
    read_person,
    read_role,
    read_slot,
)

__all__ = [
    "Absence",
    "Change",
    "Channel",
    "Council",
    "Directory",
    "Entries",
    "Entry",
    "Force",
    "Key",
    "Organisation",
    "Person",
    "RoleHeld",
    "RotaSlot",
    "Told",
    "changes",
    "name_of",
]


@dataclass(frozen=True, slots=True)
class Told:
    """Whom one step of a ladder tells, each once, in order."""

    people: tuple[Person, ...]
    police: bool  # a reminder goes through the force's own channels
    empty_roles: tuple[str, ...]  # nobody in them: others are told instead


@dataclass(frozen=True, slots=True)
class Change:
    kind: str
    identity: str
    was: Entry | None  # None: it is new
    now: Entry


def changes(current: Entries, wanted: Entries) -> tuple[Change, ...]:
    """What `wanted` adds or changes; an entry it does not name stays as it is."""
    return tuple(
        Change(kind, identity, current.get((kind, identity)), now)
        for (kind, identity), now in wanted.items()
        if current.get((kind, identity)) != now
    )


@dataclass(frozen=True, slots=True)
class Directory:
    """The entries that stand, indexed; every question names the instant it is asked for."""

    councils: Mapping[str, Council]
    forces: Mapping[str, Force]
    organisations: Mapping[str, Organisation]  # schools too
    people: Mapping[str, Person]
    all_channels: Mapping[str, tuple[Channel, ...]]  # by owner, in its order
    roles: Mapping[str, tuple[RoleHeld, ...]]  # by person
    offices: Mapping[tuple[str, str], tuple[RoleHeld, ...]]  # the same, by role and organisation
    rota: Mapping[tuple[str, str], tuple[RotaSlot, ...]]  # by role and council
    absences: Mapping[str, tuple[Absence, ...]]  # by person, the latest first
    keys: Mapping[str, tuple[Key, ...]]  # by the hash of its token

    @classmethod
    def from_entries(cls, entries: Entries) -> "Directory":
        """The directory that these entries make, in whatever order they come."""
        roles = of_kind(entries, "role", read_role)
        channels = sorted(of_kind(entries, "channel", read_channel), key=lambda c: c.position)
        slots = sorted(of_kind(entries, "rota", read_slot), key=lambda s: s.from_)
        absences = sorted(of_kind(entries, "absence", read_absence), key=lambda a: a.from_)
        return cls(
            councils=by(lambda c: c.code, of_kind(entries, "council", read_council)),
            forces=by(lambda f: f.code, of_kind(entries, "force", read_force)),
            organisations=by(lambda o: o.code, of_kind(entries, "organisation", read_organisation)),
            people=by(lambda p: p.email, of_kind(entries, "person", read_person)),
            all_channels=grouped(lambda c: c.owner, channels),
            roles=grouped(lambda r: r.person, roles),
            offices=grouped(lambda r: (r.role, r.organisation), roles),
            rota=grouped(lambda s: (s.role, s.council), slots),
            absences=grouped(lambda a: a.person, reversed(absences)),
            keys=grouped(lambda k: k.token_sha256, of_kind(entries, "key", read_key)),
        )

    def forces_covering(self, council: str) -> tuple[Force, ...]:
        return tuple(force for force in self.forces.values() if council in force.covers)

    def force_covering(self, council: str) -> Force | None:
        """The force that is told; of two, which is a fault, always the same."""
        return next(iter(self.forces_covering(council)), None)

    def organisation_called(self, said: str) -> Organisation | None:
        """By its code, or by its name as people say it."""
        named = (o for o in self.organisations.values() if o.name.casefold() == said.casefold())
        return self.organisations.get(said) or next(named, None)

    def organisation_for(self, kind: str, council: str) -> Organisation | None:
        """Who stands for that service in a council's area, with a channel or without."""
        own = (o for o in self.organisations.values() if o.council == council)
        return next((o for o in own if in_one_word(o.kind) == kind), None)

    def channel(self, name: str) -> Channel | None:
        """The channel of that full name, "met/cad", whether or not it is still in use."""
        owner, _, own = name.partition("/")
        return next((c for c in self.all_channels.get(owner, ()) if c.name == own), None)

    def order_of(self, owner: str) -> list[str]:
        """Every channel that the owner has or had, by name, the first to be used first."""
        return [name_of(channel) for channel in self.all_channels.get(owner, ())]

    def channels(self, owner: str, purpose: str, at: datetime) -> tuple[Channel, ...]:
        """The owner's channels for "report", "record" or "reminder", the first to be used first."""
        own = self.all_channels.get(owner, ())
        return tuple(c for c in own if purpose in c.purposes and c.is_in_use(at))

    def is_told_by_telephone(self, force: str, at: datetime) -> bool:
        """No channel carries a report to this force: a person must ring."""
        return not self.channels(force, Purpose.REPORT, at)

    def key_for(self, token_sha256: str, at: datetime) -> Key | None:
        """The key of that token, where it is in force."""
        own = self.keys.get(token_sha256.lower(), ())
        return next((key for key in own if holds(key, at)), None)

    def person(self, email: str) -> Person | None:
        return self.people.get(email.lower())

    def roles_of(self, email: str, at: datetime) -> tuple[RoleHeld, ...]:
        """What the person may do now: several roles, in several organisations."""
        return tuple(r for r in self.roles.get(email.lower(), ()) if holds(r, at))

    def holders(self, role: str, organisation: str, at: datetime) -> tuple[Person, ...]:
        """Everyone who holds the role there, on leave or not."""
        held = self.offices.get((role, organisation), ())
        return self._known(r.person for r in held if holds(r, at))

    def administrators(self, at: datetime) -> tuple[Person, ...]:
        """Everyone who looks after the service, wherever they hold that role."""
        offices = (office for office in self.offices if office[0] == Role.ADMIN)
        return _unique(self.holders(*office, at) for office in offices)

    def email_of(self, who: str) -> str | None:
        """The e-mail of somebody who is named by it, or by a name that only one person has."""
        if self.person(who):
            return who.lower()
        same = [p.email for p in self.people.values() if p.name.casefold() == who.casefold()]
        return same[0] if len(same) == 1 else None

    def on_call(self, role: str, council: str, at: datetime) -> tuple[Person, ...]:
        """Who is on the rota, with those on leave replaced by whoever stands in for them."""
        slots = self.rota.get((role, council), ())
        return self._present((s.person for s in slots if holds(s, at)), at)

    def people_for(
        self,
        tell: Sequence[str],
        later: Sequence[Sequence[str]],
        council: str,
        at: datetime,
        named: Mapping[str, str],
    ) -> Told:
        """Whom these roles are now; an empty one falls to the first of `later` that has anybody.

        `later`: what the following steps tell, then their repeats; `named`: interviewer and owner.
        """
        ask = partial(self._in_role, council=council, at=at, named=named)
        found = {role: ask(role) for role in tell if role != TELL_POLICE}
        empty = tuple(role for role, people in found.items() if not people)
        if empty:
            steps = (_unique(map(ask, roles)) for roles in later)
            instead = next(filter(None, steps), None) or self._last_resort(council, at)
            found |= dict.fromkeys(empty, instead)
        return Told(_unique(found.values()), TELL_POLICE in tell, empty)

    def _in_role(
        self, role: str, *, council: str, at: datetime, named: Mapping[str, str]
    ) -> tuple[Person, ...]:
        if role in tuple(NamedRole):
            return self._present(filter(None, [self.email_of(named.get(role) or "")]), at)
        return self.on_call(role, council, at)

    def _last_resort(self, council: str, at: datetime) -> tuple[Person, ...]:
        """The council's managers, its administrators, then any; somebody on leave before nobody."""
        managers = self.holders(Role.MANAGER, council, at)
        admins = self.holders(Role.ADMIN, council, at)
        offices = (managers, admins, self.administrators(at))
        present = (self._present((p.email for p in people), at) for people in offices)
        return next(filter(None, (*present, *offices)), ())

    def _known(self, emails: Iterable[str]) -> tuple[Person, ...]:
        return _unique([filter(None, map(self.person, emails))])

    def _present(self, emails: Iterable[str], at: datetime) -> tuple[Person, ...]:
        standing = (self._stand_in(email.lower(), at, frozenset()) for email in emails)
        return _unique([filter(None, standing)])

    def _stand_in(self, email: str, at: datetime, passed: frozenset[str]) -> Person | None:
        """The person, or who covers; a circle of covers, or leave without one, is nobody."""
        away = [a for a in self.absences.get(email, ()) if holds(a, at)]
        if not away:
            return self.person(email)
        passed |= {email}
        covers = (a.cover for a in away if a.cover and a.cover not in passed)
        found = (self._stand_in(cover, at, passed) for cover in covers)
        return next(filter(None, found), None)


def in_one_word(kind: str) -> str:
    """A kind as an administrator writes it: "Virtual school" is "virtual_school"."""
    return kind.casefold().replace(" ", "_").replace("-", "_")


def _unique(groups: Iterable[Iterable[Person]]) -> tuple[Person, ...]:
    """Each person once, in the order first named."""
    return tuple(dict.fromkeys(chain.from_iterable(groups)))
