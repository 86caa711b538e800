"""What every event has, and who caused it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

JSON = Mapping[str, Any]


def typed(**options: Any) -> Any:
    """A field that holds a person's words, or anything that tells one child from another."""
    return field(metadata={"private": True}, **options)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a key or a person signed in, and the person named for the record, if any."""

    principal: str  # "key:met CAD gateway", "person:asha@harrow.example", "service"
    organisation: str  # a council's GSS code, a force's code, "" for the service itself
    role: str  # edt, interviewer, manager, police, lead, admin, service
    name: str | None = None
    title: str | None = None  # the role in their own free words

    @property
    def is_named(self) -> bool:
        return bool(self.name)


SERVICE = Actor(principal="service", organisation="", role="service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every fact has: its own id, the stream it stands in, when it was recorded, by whom."""

    KIND: ClassVar[str]
    id: UUID
    stream: UUID
    at: datetime
    by: Actor
