"""What is looked at while a history runs: whether anything due is left lying, and what was
poisoned."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapters.database.types import EPOCH, MICROSECOND
from tests.simulation.forces import QUIET

if TYPE_CHECKING:
    from tests.simulation.history import History

STEP_WITHIN = timedelta(seconds=60)  # I14
SEND_WITHIN = timedelta(seconds=60)  # I8, beside the lease and the breaker
CAP = timedelta(seconds=61)  # no attempt is ever put off for longer
FREE = "SELECT min(next_attempt) FROM {} WHERE until IS NULL"
LOOKED_AT = {
    "step": "SELECT min(next_step_at) FROM obligation",
    "lane": FREE.format("lane"),
    "straggler": FREE.format("straggler"),
    "lease": "SELECT min(until) FROM (SELECT until FROM lane UNION SELECT until FROM straggler)",
    "last": "SELECT max(next_attempt) FROM lane",
    "last straggler": "SELECT max(next_attempt) FROM straggler",
}
LOOK = "SELECT " + ", ".join(f"({query})" for query in LOOKED_AT.values())
WAITING = "SELECT id FROM delivery WHERE state IN ('QUEUED', 'FAILING') LIMIT 1"
LEAVES = "SELECT e.leaf FROM event e JOIN duty_log l ON l.event = e.id ORDER BY l.n"
VICTIM = """SELECT t.id, t.content FROM private_text t JOIN delivery d ON d.body = t.id
WHERE d.state IN ('QUEUED', 'FAILING') ORDER BY d.queued_at, d.id LIMIT 1"""
KEPT = "private_text_no_update"


@dataclass
class Poisoned:
    """A text that was altered behind the service's back, and what it was."""

    text: bytes
    content: bytes
    until: datetime


class Watch:
    """Looks at a few numbers after each turn: they cost nothing, and show the first delay."""

    def __init__(self, history: "History") -> None:
        self._history = history
        self._poisoned: list[Poisoned] = []
        self._put_right: datetime | None = None
        self.has_stepped = False
        self.put_right_at = history.clock.at
        self._forgiven = self._quiet_since = history.clock.at
        # its own connection: it sees what is committed, and costs nothing
        file = history.folder / "history.db"
        self._sees = sqlite3.connect(file, isolation_level=None)
        self.away: list[tuple[datetime, datetime]] = []  # when no worker ran

    def heard(self, sentence: str) -> None:
        """A text that cannot be read is no fault of anything else: it alone goes nowhere."""
        self._history.say_wrong(f"one fault stops others: {sentence}")

    def forgive(self) -> None:
        """Nobody was there to look: what lapsed meanwhile is late, and that is known."""
        self._forgiven = self._history.clock.at

    def nobody_looked(self, due_at: datetime, met_at: datetime) -> bool:
        """Whether a step may have gone untold: met at once, or while all workers were stopped."""
        return met_at - due_at < STEP_WITHIN or any(
            begun <= due_at and met_at <= ended + STEP_WITHIN for begun, ended in self.away
        )

    def next_at(self) -> datetime | None:
        times = [self._put_right, *(each.until for each in self._poisoned)]
        return min((at for at in times if at), default=None)

    def due(self) -> Iterator[datetime | None]:
        """When the next rows are due, by the wall clock."""
        seen = self._look()
        yield from (seen[name] for name in ("step", "lane", "straggler", "lease"))

    def look(self) -> None:
        """I8 and I14: nothing due is left lying while somebody could do it."""
        history = self._history
        if any(w.is_paused() for w in history.workers) or self._poisoned:
            self.forgive()
        if any(a.fault not in QUIET for a in history.world.addresses.values()):
            self._quiet_since = history.clock.at  # its breaker lets one attempt at a time go
        now, seen = history.clock.now(), self._look()
        if seen["step"] and self._waits(seen["step"]) > STEP_WITHIN:
            history.say_wrong(f"I14: a step due at {seen['step']} is not decided at {now}")
        for last in (seen["last"], seen["last straggler"]):
            if last and last > now + CAP and not self.has_stepped:
                history.say_wrong(f"I8: an attempt is put off from {now} to {last}")
        for first in (seen["lane"], seen["straggler"]):
            if first and self._is_left_lying(first):
                history.say_wrong(f"I8: what was due at {first} is not sent at {now}")

    def _is_left_lying(self, since: datetime) -> bool:
        quiet = self._quiet_since + self._history.clock.stepped
        return self._waits(max(since, quiet)) > SEND_WITHIN + self._history.lease + CAP

    def _waits(self, since: datetime) -> timedelta:
        """For how long it has waited while somebody was there."""
        true = since - self._history.clock.stepped
        return self._history.clock.at - max(true, self._forgiven)

    # the clock

    def clock_stepped(self, step: timedelta) -> None:
        history = self._history
        history.clock.stepped += step
        history.holding.until.clear()  # by the new time, who holds what is another question
        self.has_stepped = True
        self._put_right = history.clock.at + timedelta(minutes=history.random.uniform(5, 60))
        self.forgive()

    def mend(self, *, everything: bool = False) -> None:
        """What was altered, or set wrongly, is put right when its time has come."""
        now = self._history.clock.at
        if self._put_right and (everything or self._put_right <= now):
            self._history.clock.stepped, self._put_right = timedelta(), None
            self.put_right_at = now
            self._history.holding.until.clear()
            self.forgive()
        for each in [p for p in self._poisoned if everything or p.until <= now]:
            self._write(each.text, each.content)
            self._poisoned.remove(each)
            self.forgive()

    # poison

    def poison(self, lasts: timedelta) -> None:
        """Alter the stored body of something that waits to be sent."""
        found = self._sees.execute(VICTIM).fetchone()
        if found is None or any(p.text == found[0] for p in self._poisoned):
            return
        text, content = found
        self._history.fired["a text was altered"] += 1
        self._poisoned.append(Poisoned(text, content, self._history.clock.at + lasts))
        self._write(text, content[:-1] + bytes([content[-1] ^ 1]))

    def _write(self, text: bytes, content: bytes) -> None:
        """Past the trigger that keeps rows for ever, as somebody with the file could."""
        run = self._sees.execute
        trigger = run("SELECT sql FROM sqlite_master WHERE name = ?", (KEPT,)).fetchone()[0]
        run(f"DROP TRIGGER {KEPT}")
        run("UPDATE private_text SET content = ? WHERE id = ?", (content, text))
        run(trigger)

    # asking

    def is_calm(self) -> bool:
        """Nothing waits to be sent, and nobody has anything left to do."""
        waits = self._sees.execute(WAITING).fetchone() is not None
        return not waits and self._history.people.next_at() is None

    def leaves(self) -> list[bytes]:
        return [leaf for (leaf,) in self._sees.execute(LEAVES)]

    def close(self) -> None:
        self._sees.close()

    def _look(self) -> dict[str, datetime | None]:
        found = self._sees.execute(LOOK).fetchone()
        times = [None if us is None else EPOCH + us * MICROSECOND for us in found]
        return dict(zip(LOOKED_AT, times, strict=True))
