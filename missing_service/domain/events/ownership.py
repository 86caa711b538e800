"""Who owns an episode: one named person at any time, and each hand-over a fact (rule 25)."""

from dataclasses import dataclass
from typing import ClassVar

from missing_service.domain.events.base import Event, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanged(Event):
    """By a person, who says why; or by the service, as nobody accepted it by a shift's end."""

    KIND: ClassVar[str] = "owner.changed"
    owner: str  # an e-mail address of the directory, or a name
    was: str
    reason: str = typed()
