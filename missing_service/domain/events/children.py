"""What can happen to what is known of a child, whichever episode they are in."""

from dataclasses import dataclass
from typing import ClassVar

from missing_service.domain.events.base import JSON, Event, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildNamed(Event):
    """More is known of who the child is; what is not said again stays."""

    KIND: ClassVar[str] = "child.named"
    name: str | None = typed(default=None)
    description: str | None = typed(default=None)
    date_of_birth: str | None = typed(default=None)
    case_id: str | None = typed(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileKept(Event):
    """A version of what is kept beforehand, whole; it is the child's, whoever cares for them."""

    KIND: ClassVar[str] = "child.profile_kept"
    version: int
    profile: JSON = typed()
