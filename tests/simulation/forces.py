"""Fake forces: each answers as the moment's fault has it, and remembers all that it stored."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from missing_service.domain.delivery import Answer, Message, Outcome

TAKEN = Answer(Outcome.TAKEN, 5, 200)
# word -> what the sender sees, and whether the receiver stored the message
FAULTS: dict[str, tuple[Answer, bool]] = {
    "ok": (TAKEN, True),
    "nobody reads": (TAKEN, True),
    "drop": (Answer(Outcome.UNREACHABLE, 5, error="connect"), False),
    "hang": (Answer(Outcome.UNREACHABLE, 10_000, error="timeout"), False),
    "answer lost": (Answer(Outcome.UNREACHABLE, 90, error="reset"), True),
    "500": (Answer(Outcome.UNREACHABLE, 5, 500), False),
    "429": (Answer(Outcome.UNREACHABLE, 5, 429), False),
    "400": (Answer(Outcome.REFUSED, 5, 400), False),
    "410": (Answer(Outcome.REFUSED, 5, 410), False),
    "redirect": (Answer(Outcome.REFUSED, 5, 302), False),
    "bad tls": (Answer(Outcome.UNREACHABLE, 5, error="tls"), False),
}


@dataclass
class Address:
    """One endpoint or mailbox: the fault that holds now, and what arrived in which order."""

    name: str
    fault: str = "ok"
    stored: dict[str, bytes] = field(default_factory=dict)  # id -> body, as first stored
    order: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)  # ids that came with another body

    def receive(self, message: Message) -> Answer:
        answer, stores = FAULTS[self.fault]
        if stores:
            self._store(str(message.id), message.body)
        return answer

    def _store(self, key: str, body: bytes) -> None:
        if key not in self.stored:
            self.stored[key] = body
            self.order.append(key)
        elif self.stored[key] != body:
            self.differing.append(key)

    def numbers(self, episode: str) -> list[int]:
        """The numbers of one episode's news, in the order in which they first came."""
        bodies = (json.loads(self.stored[key]) for key in self.order)
        data: list[dict[str, Any]] = [b["data"] for b in bodies if "data" in b]
        return [d["number"] for d in data if d["episode"]["id"] == episode]


@dataclass
class World:
    """All addresses that anything is sent to."""

    random: Random
    addresses: dict[str, Address] = field(default_factory=dict)
    fired: Counter[str] = field(default_factory=Counter)

    def address(self, name: str) -> Address:
        return self.addresses.setdefault(name, Address(name))

    def messenger(self, destination: str, address: str, secrets: Sequence[str]) -> "Carrier":
        assert destination != "webhook" or secrets, "a webhook is signed"
        return Carrier(self, self.address(address))

    def heal(self) -> None:
        for address in self.addresses.values():
            address.fault = "ok"


@dataclass
class Carrier:
    world: World
    to: Address

    def send(self, message: Message, now: datetime) -> Answer:
        self.world.fired[f"fault: {self.to.fault}"] += 1
        return self.to.receive(message)
