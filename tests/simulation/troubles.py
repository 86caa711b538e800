"""What goes wrong in a history, and when: drawn beforehand, so that the same seed has the same
troubles."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.forces import FAULTS, QUIET
from tests.simulation.store import STORE_FAULTS, Fault

if TYPE_CHECKING:
    from tests.simulation.history import History

ENDPOINTS = ("https://met.example/", "https://near.example/", "https://east.example/")
ADDRESSES = (*ENDPOINTS, *ENDPOINTS, "https://spare.example/", "desk@met.example", "people")
STEPS = (-86_400, -3_600, -1, 1, 3_600, 86_400, 365 * 86_400)  # seconds
SENDS = ("send: before it", "send: before its answer")
STORE_FAULT_EACH, DEED_FAULT_EACH = 0.02, 0.1  # of a worker's step, of what a person does
DEATH_EACH, PAUSE_EACH = 0.008, 0.008  # of a send


@dataclass(frozen=True, slots=True)
class Trouble:
    """At one instant something begins, and most of it ends again by itself."""

    at: datetime
    what: str
    which: str
    lasts: timedelta


def drawn(
    random: Random, start: datetime, length: timedelta, reports: list[datetime]
) -> list[Trouble]:
    """The troubles of a history, by time; half of a receiver's begin where an alert is due."""
    hours = length / timedelta(hours=1)
    found = []
    for what, each_hours, least, minutes in KINDS:
        number = max(least, round(min(hours, 100) / each_hours * random.uniform(0.5, 1.5)))
        for _ in range(number):
            at = start + length * random.random()
            if what == "receiver" and reports and random.random() < 0.5:
                at = random.choice(reports) - timedelta(seconds=random.uniform(0, 30))
            lasts = timedelta(minutes=minutes * random.expovariate(1))
            found.append(Trouble(at, what, _which(what, random), lasts))
    return sorted(found, key=lambda trouble: trouble.at)


# what, one in so many hours, at least so many, and how many minutes it lasts in the mean
KINDS = (
    ("receiver", 1.2, 6, 6.0),
    ("long outage", 60.0, 0, 40.0),
    ("kill", 2.0, 4, 0.0),
    ("pause", 8.0, 1, 3.0),
    ("workers stopped", 30.0, 0, 90.0),
    ("clock", 40.0, 0, 0.0),
    ("poison", 30.0, 0, 40.0),
    ("seal", 4.0, 1, 0.0),
)


def _which(what: str, random: Random) -> str:
    if what == "receiver":
        return f"{random.choice(ADDRESSES)} {random.choice(FAULTS)}"
    if what == "long outage":
        loud = [fault for fault in FAULTS if fault not in QUIET]
        return f"{random.choice(ENDPOINTS)} {random.choice([*loud, 'nobody reads'])}"
    return str(random.choice(STEPS)) if what == "clock" else ""


def store_fault(random: Random, *, is_worker: bool) -> Fault | None:
    """What happens to a transaction of the next step, if anything."""
    chance = STORE_FAULT_EACH if is_worker else DEED_FAULT_EACH
    return random.choice(STORE_FAULTS) if random.random() < chance else None


def begin(history: "History", trouble: Trouble) -> None:
    """It happens now."""
    history.fired[f"trouble: {trouble.what}"] += 1
    match trouble.what:
        case "receiver" | "long outage":
            name, _, fault = trouble.which.partition(" ")
            for address in history.addresses(name):
                address.fault, address.until = fault, history.clock.at + trouble.lasts
        case "kill" | "pause":
            _hit(history, trouble)
        case "workers stopped":
            history.stop_workers(trouble.lasts)
        case "clock":
            history.step_clock(timedelta(seconds=int(trouble.which)))
        case "poison":
            history.poison(trouble.lasts)
        case _:
            history.seal()


def _hit(history: "History", trouble: Trouble) -> None:
    worker = history.random.choice(history.workers)
    if trouble.what == "kill":
        worker.die()
    else:
        worker.paused_until = history.clock.at + trouble.lasts
