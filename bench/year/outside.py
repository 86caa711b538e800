"""Police endpoints and mailboxes of the year: away when the year says so, each message counted."""

from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from bench.year.hours import MINUTE, Outage
from missing_service.domain.delivery import Answer, Message, Outcome

TAKEN = Answer(Outcome.TAKEN, ms=5, status=204)
BROKEN = Answer(Outcome.UNREACHABLE, ms=5, status=503)
AWAY = Answer(Outcome.UNREACHABLE, ms=5, error="connect")
LOST = Answer(Outcome.UNREACHABLE, ms=5, error="reset")
EVER_LOST = 0.0005  # of all answers of an endpoint; where it goes away or comes back, a half


@dataclass
class Jumping:
    """A clock that stands until it is set on."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


@dataclass
class Outside:
    """What arrived where, and how many answers were lost on their way back."""

    random: Random
    clock: Jumping
    away: Mapping[str, Sequence[Outage]]
    came: Counter[bytes] = field(default_factory=Counter)
    lost_answers: int = 0
    sends: int = 0

    def messenger(self, kind: str, address: str, secrets: Sequence[str]) -> "Road":
        if kind == "webhook" and not secrets:
            raise ValueError(f"a message to {address} would go unsigned")
        return Road(self, address if kind in ("webhook", "mail") else "")

    def take(self, address: str, message: Message) -> Answer:
        self.sends += 1
        outage = self._outage(address)
        if not address or (outage and not self._is_edge(outage)):
            return BROKEN if outage and outage.refuses else AWAY
        share = 0.5 if outage else EVER_LOST if address in self.away else 0.0
        self.came[message.id.bytes] += 1
        if self.random.random() < share:
            self.lost_answers += 1
            return LOST
        return TAKEN

    def is_away(self, address: str) -> bool:
        return self._outage(address) is not None

    def _outage(self, address: str) -> Outage | None:
        planned = self.away.get(address, ())
        at = bisect(planned, self.clock.at, key=lambda outage: outage.begins)
        last = planned[at - 1] if at else None
        return last if last and self.clock.at < last.ends else None

    def _is_edge(self, outage: Outage) -> bool:
        at = self.clock.at
        return at - outage.begins < MINUTE or outage.ends - at < MINUTE

    def arrived(self, delivery: bytes) -> bool:
        return self.came[delivery] > 0

    def doubled(self) -> int:
        """How often something came that had come before."""
        return sum(self.came.values()) - len(self.came)


@dataclass(frozen=True, slots=True)
class Road:
    """A way to one address."""

    outside: Outside
    to: str

    def send(self, message: Message, now: object) -> Answer:  # noqa: ARG002 - the port's name
        return self.outside.take(self.to, message)
