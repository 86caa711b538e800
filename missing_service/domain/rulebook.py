"""What the rules are given besides the facts: policy, directory, calendar, and ids drawn
beforehand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from missing_service.domain.calendar import Calendar
from missing_service.domain.directory import Directory
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationPolicy, Policy


class Draw(Protocol):
    def id(self) -> UUID:
        """A new identifier."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    policy: Policy  # in force now
    policy_of: Callable[[str], Policy]  # by version: an obligation keeps its own
    directory: Directory
    calendar: Calendar
    draw: Draw
    public_url: str

    def terms(self, obligation: Obligation) -> ObligationPolicy:
        """The figures and ladder under which the obligation was opened."""
        return self.policy_of(obligation.policy).obligation(obligation.kind, obligation.council)
