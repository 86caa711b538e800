"""Whoever is shown a child's data is written down first: no line in the log, no data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from missing_service.access.looks import Looks
from missing_service.domain.events import Actor
from missing_service.journal import Look, Unit, look
from missing_service.ports import StoreBusy, StoreUnavailable
from missing_service.usecases.service import Service

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What was read, and of which streams, up to which event."""

    body: JSON
    seen: Mapping[UUID, int]
    is_search: bool = False  # that somebody looked is kept, even where nobody was found


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, in which session, at what kind of page."""

    actor: Actor
    session: str
    what: str  # the page or call, without what it shows
    looks: Looks


def read_with_look(read: Callable[[Any], Shown], *, looker: Looker, service: Service) -> JSON:
    """What `read` finds, once it stands in the access log that it was shown."""
    shown = service.store.read(read)
    now = service.clock.now()
    actor = looker.actor
    who = (f"{actor.principal}|{actor.name or ''}", looker.session, looker.what)
    if (shown.seen or shown.is_search) and looker.looks.is_new(who, shown.seen, now):
        _write(shown, looker, service)
        looker.looks.written(who, shown.seen, now)
    return shown.body


def _write(shown: Shown, looker: Looker, service: Service) -> None:
    at = service.clock.now()

    def once(unit: Unit) -> None:
        seen = Look(
            id=unit.draw.id(),
            at=at,
            by=looker.actor,
            session=looker.session,
            what=looker.what,
            seen=shown.seen,
        )
        look(unit, seen)

    try:
        service.store.write(once, service.new_draw(at), look=True)
    except StoreBusy as fault:
        raise StoreUnavailable(str(fault)) from fault
