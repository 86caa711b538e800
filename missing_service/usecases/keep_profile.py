"""What is kept of a child beforehand: read, and saved as a further version; nothing is
overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.access.scope import child_of, held_child
from missing_service.domain.episode import Child, ChildCopy, Profile
from missing_service.domain.events import Actor
from missing_service.domain.events.children import ChildNamed, ProfileKept
from missing_service.domain.prefill import kept_profile
from missing_service.domain.state import State
from missing_service.journal import Unit, record
from missing_service.usecases.edits import check_version
from missing_service.usecases.read_episode import Reader
from missing_service.usecases.read_with_look import JSON, Looker, Shown, read_with_look
from missing_service.usecases.service import Done, Service

Said = Mapping[str, Any]
WHO = ("name", "description", "date_of_birth", "case_id")


@dataclass(frozen=True, slots=True)
class ProfileRead:
    """What is kept, and the ETag to change it under."""

    body: JSON
    etag: str


def read_profile(child: UUID, *, looker: Looker, service: Service) -> ProfileRead:
    """The newest version; of a child of whom nothing is kept yet, nothing under "0"."""

    def once(reader: Reader) -> Shown:
        state = State(reader)
        row = child_of(state, looker.actor, child)
        body = {"profile": dict(kept_profile(state.story(row.stream))), "etag": _etag(state, row)}
        return Shown(body, {row.stream: reader.listing.last_n(row.stream)})

    body = read_with_look(once, looker=looker, service=service)
    return ProfileRead(body["profile"], body["etag"])


def _etag(state: State, child: Child) -> str:
    row = state.find(Profile, child.id)
    return str(row.version) if row else "0"


def keep_profile(
    child: UUID, profile: Said, *, if_match: str | None, actor: Actor, service: Service
) -> ProfileRead:
    """Save the whole of it as the next version; what it says of who the child is counts."""

    def once(unit: Unit, at: datetime) -> Done:
        row = held_child(unit, actor, child)
        before = _etag(unit.state, row)
        check_version(if_match, before)
        event = ProfileKept(
            id=unit.draw.id(),
            stream=row.stream,
            at=at,
            by=actor,
            version=int(before) + 1,
            profile=profile,
        )
        record(unit, event)
        name_child(unit, row.id, profile.get("child"), actor, at)
        return Done(row.stream, {"profile": dict(profile), "etag": str(event.version)})

    body = service.act(once).body
    return ProfileRead(body["profile"], body["etag"])


def name_child(unit: Unit, child: UUID, said: Said | None, actor: Actor, at: datetime) -> None:
    """Let the child be found by what was said of who they are, where it is new."""
    unit.lock(child)
    copy = unit.state.get(ChildCopy, child)
    new = {n: said[n] for n in WHO if said and said.get(n) not in (None, "", getattr(copy, n))}
    if new:
        record(unit, ChildNamed(id=unit.draw.id(), stream=child, at=at, by=actor, **new))
