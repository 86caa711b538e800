"""Many histories, one after another: what went wrong in each, and what all of them met."""

import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from missing_service.domain.stored import EVENTS
from tests.simulation.forces import FAULTS
from tests.simulation.history import Found, History, make_template
from tests.simulation.invariants import broken
from tests.simulation.places import LADDER_ROLES
from tests.simulation.store import STORE_FAULTS
from tests.simulation.troubles import KINDS, SENDS

# what whole processes do, not the steps of a worker: tests/journeys and tests/crash try it
ELSEWHERE = {
    "canary.sent", "clock.doubted", "drill.answered", "drill.unanswered", "handover.shown",
    "digest.sent", "day_services.asked",
    "self.checked", "workers.back", "workers.silent",
}  # fmt: skip
# met by one history in forty: tests/api/test_withdrawn tries it
SELDOM = {"patterns.recounted"}
SOMETIMES = (
    *[f"receiver: {fault}" for fault in FAULTS],
    *[f"store: {word}, {point}" for word, point in STORE_FAULTS],
    *[f"trouble: {kind[0]}" for kind in KINDS],
    *[f"{word}: {point}" for point in SENDS for word in ("died", "stopped")],
    *[f"event: {kind}" for kind in EVENTS if kind not in ELSEWHERE | SELDOM],
    *[f"told: {role}" for role in LADDER_ROLES],
)


TWICE = 5  # of each hundred seeds this one runs twice, and must log the same


@dataclass
class Batch:
    """What was run, what broke, and how often each fault and branch was met."""

    broken: dict[int, list[str]] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)

    def never_met(self) -> list[str]:
        """What no history had: a batch without it proves less than it says."""
        return [word for word in SOMETIMES if not self.met[word]]

    def said(self) -> list[str]:
        """Each broken history in a line from which it can be run again."""
        commit = _commit() if self.broken else ""
        return [
            f"seed {seed}, commit {commit}: {sentences[0]} (and {len(sentences) - 1} more)"
            for seed, sentences in sorted(self.broken.items())
        ]

    def add(self, other: "Batch") -> None:
        self.broken |= other.broken
        self.met += other.met


def first_broken(seeds: Iterable[int], template: Path) -> tuple[int, str] | None:
    """The first seed that breaks a promise, and which; None where all hold."""
    for seed in seeds:
        history = History(seed, template, stops_at_first=True)
        try:
            history.run()
            if found := broken(history):
                return seed, found[0]
        except Found as found_early:
            return seed, str(found_early)
        finally:
            history.close()
    return None


def run_batch(seeds: Iterable[int]) -> Batch:
    batch = Batch()
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.db"
        make_template(template)
        for seed in seeds:
            digest = _run(seed, template, batch)
            if seed % 100 == TWICE and digest != _run(seed, template, Batch()):
                batch.broken.setdefault(seed, []).append("I28: two runs of it logged differently")
    return batch


def _run(seed: int, template: Path, batch: Batch) -> str:
    history = History(seed, template)
    try:
        history.run()
        if found := broken(history):
            batch.broken[seed] = found
        batch.met += history.fired + _recorded(history)
        return history.digest()
    finally:
        history.close()


def _recorded(history: History) -> Counter[str]:
    """How often each kind of event was recorded, and each role told of a lapsed step."""
    found: Counter[str] = Counter()
    for leaf in history.watch.leaves():
        event = json.loads(leaf)
        found[f"event: {event['kind']}"] += 1
        people = [each for step in event["data"].get("steps", ()) for each in step["people"]]
        found.update(f"told: {person.partition('@')[0]}" for person in people)
    return found


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
