"""What the service asks of the outside world, in its own words."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from missing_service.domain.delivery import Answer, Message


class Clock(Protocol):
    """Where the time comes from; everything else is handed it."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC, in microseconds."""

    def monotonic(self) -> float:
        """Seconds that never step back, for waiting and for leases of this process."""


class Draw(Protocol):
    """Ids and salts for one act: drawn before it, so that the act can be run again unchanged."""

    def id(self) -> UUID:
        """A new UUIDv7."""

    def salt(self) -> bytes:
        """32 bytes nobody can guess."""

    def restart(self) -> None:
        """Begin the same sequence again: the act is run once more."""

    def code(self, length: int) -> str:
        """`length` letters and digits that cannot be confused when read out."""


class Wake(Protocol):
    """A hint that there is new work; it may be lost without harm."""

    def set(self) -> None:
        """Say that there is work."""

    def wait(self, timeout: float) -> bool:
        """Wait until somebody says so, or `timeout` seconds; clears the hint."""


class Messenger(Protocol):
    """Carries one message to one address, and says what came back; it never raises."""

    def send(self, message: Message, now: datetime) -> Answer:
        """One attempt, within 10 s in all."""


class Sender(Protocol):
    """Finds the messenger for a destination."""

    def messenger(self, destination: str, address: str, secrets: Sequence[str]) -> Messenger:
        """`destination` is "webhook" or "mail"; `address` a URL or a mailbox."""


class StoreBusy(Exception):
    """Another caller holds what this one needs; nothing was saved."""


class StoreUnavailable(Exception):
    """The database cannot take it now; nothing was saved."""


T = TypeVar("T")


class Store(Protocol):
    """Where everything is kept."""

    def write(self, function: Callable[[Any], T], draw: Draw, *, look: bool = False) -> T:
        """Run the function whole, in one durable transaction; run it again when the database says so."""

    def read(self, function: Callable[[Any], T]) -> T:
        """Run a function that only reads."""

    def now(self) -> datetime:
        """The clock by which leases and due instants are judged."""
