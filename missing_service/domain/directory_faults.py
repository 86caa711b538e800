"""What is wrong with a directory at an instant: each fault in a line, with its mend."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from missing_service.domain.codes import LadderRole
from missing_service.domain.directory import Council, Directory, Force


def faults(directory: Directory, at: datetime, ladder_roles: Iterable[str]) -> tuple[str, ...]:
    """Every fault; `ladder_roles` are those that the ladders in force tell."""
    roles = tuple(dict.fromkeys(ladder_roles))
    return tuple(
        dict.fromkeys(
            [
                *_council_faults(directory),
                *_force_faults(directory, at),
                *_rota_faults(directory, at, roles),
                *_person_faults(directory, at),
                *_key_faults(directory, at),
            ]
        )
    )


def served(directory: Directory) -> tuple[Council, ...]:
    """The councils whose work is done here; another is named only so that its force is known."""
    keys = (key for own in directory.keys.values() for key in own)
    places = {key.organisation for key in keys}
    places |= {place for _, place in directory.offices} | {place for _, place in directory.rota}
    return tuple(council for council in directory.councils.values() if council.code in places)


def _council_faults(directory: Directory) -> Iterator[str]:
    for council in directory.councils.values():
        codes = ", ".join(force.code for force in directory.forces_covering(council.code))
        if not codes:
            yield f"{_named(council)}: no force covers it; add it to the `covers` of one"
        elif "," in codes:
            yield f"{_named(council)}: several forces cover it ({codes}); leave it in one `covers`"
    for council in served(directory):
        if not council.edt_phone:
            yield f"{_named(council)}: no `edt_phone`; give the desk's number"


def _force_faults(directory: Directory, at: datetime) -> Iterator[str]:
    for force in directory.forces.values():
        if not force.phone and directory.is_told_by_telephone(force.code, at):
            yield f"{_named(force)}: no channel for reports and no phone; give it one of them"


def nobody_on_call(
    directory: Directory, at: datetime, ladder_roles: Iterable[str]
) -> Iterator[tuple[str, Council]]:
    """The ladder roles of councils served here in which nobody is told at this instant."""
    for role in ladder_roles:
        for council in served(directory):
            if role in tuple(LadderRole) and not directory.on_call(role, council.code, at):
                yield role, council


def _rota_faults(directory: Directory, at: datetime, roles: Iterable[str]) -> Iterator[str]:
    for role, council in nobody_on_call(directory, at, roles):
        mend = "add a slot, or a cover for whoever is on leave"
        yield f"{_named(council)}: nobody is on the rota as {role}; {mend}"


def _person_faults(directory: Directory, at: datetime) -> Iterator[str]:
    for who, what in _mentions(directory, at):
        if directory.person(who) is None:
            yield f"{who}: named {what}, but not a person here; add or correct the person"


def _mentions(directory: Directory, at: datetime) -> Iterator[tuple[str, str]]:
    """Who is named now or later, and as what."""
    for (role, council), slots in directory.rota.items():
        yield from ((s.person, f"as {role} of {council}") for s in slots if _counts(s.until, at))
    for person, absences in directory.absences.items():
        for absence in absences:
            if _counts(absence.until, at):
                yield person, "as absent"
                yield absence.cover or person, f"as cover for {person}"


def _counts(until: datetime | None, at: datetime) -> bool:
    return until is None or at < until


def _key_faults(directory: Directory, at: datetime) -> Iterator[str]:
    keys = [key for own in directory.keys.values() for key in own]
    live = {(key.organisation, key.role) for key in keys if _counts(key.until, at)}
    known = {*directory.councils, *directory.forces, *directory.organisations}
    for key in keys:
        if (key.organisation, key.role) not in live:
            ended = f"ended at {key.until:%Y-%m-%d %H:%M} UTC with no other in its place"
            yield f'key "{key.name}": {ended}; make its owner a new one'
        elif key.organisation not in known:
            yield f'key "{key.name}": acts for {key.organisation}, not known here; correct it'


def _named(thing: Council | Force) -> str:
    kind = "council" if isinstance(thing, Council) else "force"
    return f"{kind} {thing.code} ({thing.name})"
