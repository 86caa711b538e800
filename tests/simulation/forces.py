"""Fake forces and mailboxes: each answers as the moment's fault has it, and remembers all that it
stored."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from adapters.guarded_http import outcome_of
from missing_service.domain.delivery import Answer, Message, Outcome
from tests.simulation.clocks import NOTHING, TrueClock

DEADLINE = timedelta(seconds=10)
STATUSES = {
    "refused": (400, 401, 403, 404, 409, 413, 422),
    "later": (408, 425, 429),
    "broken": (500, 502, 503, 504),
    "redirect": (301, 302, 307, 308),
    "gone": (410,),
}
# word -> the error that the sender notes, and whether the receiver stored the message
ERRORS = {
    "drop": ("connect", False),
    "reset": ("reset", False),
    "answer lost": ("reset", True),
    "duplicate": ("reset", True),
    "bad tls": ("tls", False),
    "no name": ("dns", False),
}
SLOW = ("delay", "hang", "late")
FAULTS = ("nobody reads", *STATUSES, *ERRORS, *SLOW)
QUIET = ("ok", "nobody reads", "delay")  # all of these are answered with 2xx


@dataclass(frozen=True, slots=True)
class Flight:
    """What one attempt comes to: its answer, how long that takes, and what arrives when."""

    answer: Answer
    takes: timedelta = NOTHING
    stores: bool = False
    stored_after: timedelta = NOTHING


@dataclass
class Address:
    """One endpoint or mailbox: the fault that holds now, and what arrived in which order."""

    name: str
    fault: str = "ok"
    until: datetime | None = None
    stored: dict[str, bytes] = field(default_factory=dict)  # id -> body, as first stored
    order: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)  # ids that came with another body
    came: Counter[str] = field(default_factory=Counter)

    def store(self, key: str, body: bytes) -> None:
        self.came[key] += 1
        if key not in self.stored:
            self.stored[key] = body
            self.order.append(key)
        elif self.stored[key] != body:
            self.differing.append(key)

    def news(self, key: str) -> dict[str, Any]:
        """What a message says, for a force's machine."""
        data: dict[str, Any] = json.loads(self.stored[key]).get("data", {})
        return data


@dataclass
class World:
    """All addresses that anything is sent to."""

    random: Random
    clock: TrueClock
    fired: Counter[str]
    addresses: dict[str, Address] = field(default_factory=dict)
    under_way: list[tuple[datetime, str, str, bytes]] = field(default_factory=list)
    flight: Flight | None = None  # the last

    def address(self, name: str) -> Address:
        return self.addresses.setdefault(name, Address(name))

    def messenger(self, destination: str, address: str, secrets: Sequence[str]) -> "Carrier":
        assert destination != "webhook" or secrets, "a webhook is signed"
        readable = destination in ("webhook", "mail")
        return Carrier(self, self.address(address if readable else destination), readable)

    def arrive(self) -> None:
        """What was under way on the wire arrives, though its sender gave up on it."""
        now = self.clock.at
        for _, name, key, body in [each for each in self.under_way if each[0] <= now]:
            self.address(name).store(key, body)
        self.under_way = [each for each in self.under_way if each[0] > now]

    def heal(self) -> None:
        for address in self.addresses.values():
            address.fault, address.until = "ok", None


@dataclass
class Carrier:
    """A messenger to one address; what cannot be read goes nowhere."""

    world: World
    to: Address
    readable: bool

    def send(self, message: Message, now: datetime) -> Answer:
        flight = self.world.flight = self._flight(self.to.fault if self.readable else "drop")
        self.world.fired[f"receiver: {self.to.fault}"] += 1
        if flight.stores:
            arrives = self.world.clock.at + flight.stored_after
            self.world.under_way.append((arrives, self.to.name, str(message.id), message.body))
            twice = self.to.fault == "duplicate"
            if twice:
                self.world.under_way.append(self.world.under_way[-1])
            self.world.arrive()
        return flight.answer

    def _flight(self, fault: str) -> Flight:
        draw = self.world.random
        if fault in STATUSES:
            status = draw.choice(STATUSES[fault])
            return Flight(Answer(outcome_of(status), 5, status))
        if fault in ERRORS:
            word, stores = ERRORS[fault]
            return Flight(Answer(Outcome.UNREACHABLE, 5, error=word), stores=stores)
        if fault == "hang":
            return Flight(Answer(Outcome.UNREACHABLE, 10_000, error="timeout"), DEADLINE)
        if fault == "late":
            after = timedelta(seconds=draw.uniform(1, 60))
            lost = Answer(Outcome.UNREACHABLE, 10_000, error="timeout")
            return Flight(lost, DEADLINE, stores=True, stored_after=after)
        takes = timedelta(seconds=draw.uniform(1, 9)) if fault == "delay" else NOTHING
        return Flight(Answer(outcome_of(200), 5, 200), takes, stores=True, stored_after=takes)
