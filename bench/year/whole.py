"""A share of the year, lived and judged; and the table of all shares."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from adapters.database.verify import verify
from bench.year.hours import EPISODES, YEAR, outages, reported
from bench.year.ledger import Counts, counted
from bench.year.outside import Outside
from bench.year.places import COUNCILS, FORCES, endpoint
from bench.year.running import Half, Share

MOST_SHOWN = 20
AT_FAULT = (
    "lost reports", "missed steps", "late steps", "doubled steps", "doubled messages",
    "faults of verify",
)  # fmt: skip
GOAL, STRETCH = 10, 5  # minutes, for the whole year on two cores


@dataclass(frozen=True, slots=True)
class Lived:
    """What one process found, and how long it took."""

    counts: Counts
    seconds: float  # living
    worked: float  # the same, of its processor alone
    judging: float  # verify and the ledger


def shares(episodes: int, processes: int, seed: int = 1) -> list[Share]:
    """The year dealt out: to each process its councils, the reports in turn, the same outages."""
    random = Random(seed)
    length = YEAR * episodes / EPISODES
    away = {endpoint(force): outages(random, length) for force in FORCES}
    reports = reported(random, episodes, length)
    return [
        Share(seed + n, COUNCILS[n::processes], reports[n::processes], away)
        for n in range(processes)
    ]


def live(
    share: Share,
    folder: Path,
    *,
    outside: type[Outside] = Outside,
    spoil: Callable[[Half], object] = lambda _: None,
) -> Lived:
    """One share of the year, lived and judged; a test gives a worse world, or spoils what is
    judged."""
    half = Half(share, folder, outside)
    try:
        began, worked = time.perf_counter(), time.process_time()
        half.run()
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
        spoil(half)
        counts = counted(half.seen, half.accepted, half.outside, half.clock.at)
        for fault in verify(half.store.engine, half.store.keys).faults:
            counts.say("faults of verify", f"{fault.table} {fault.where}: {fault.what}")
        counts.found += half.met
        return Lived(counts, seconds, worked, time.perf_counter() - began - seconds)
    finally:
        half.close()


def is_wrong(counts: Counts) -> bool:
    return any(counts.found[what] for what in (*AT_FAULT, "waiting"))


def table(total: Counts, lived: Sequence[Lived], seconds: float) -> list[str]:
    found, events = total.found, total.found["events"]
    slowest = max(each.seconds for each in lived)
    lines = [f"{what:40} {found[what]:>12,}" for what in sorted(found) if ":" in what]
    lines += ["", *(f"  {sentence}" for sentence in total.wrong[:MOST_SHOWN]), ""]
    lines += [
        _line("reports accepted", found["reports"]),
        _line("alerts taken by police", found["alerts taken"], found["reports"]),
        _line("reports lost", found["lost reports"], 0),
        _line("messages taken", found["came"]),
        _line("attempts", found["sends"]),
        _line("answers lost on the way", found["answers lost"]),
        _line("messages doubled beyond these", found["doubled messages"], 0),
        _line("messages still waiting", found["waiting"], 0),
        _line("ladder steps due by the policy", found["steps expected"]),
        _line("ladder steps told", found["steps told"], found["steps expected"]),
        _line("steps missed", found["missed steps"], 0),
        _line("steps late by over a second", found["late steps"], 0),
        _line("steps doubled", found["doubled steps"], 0),
        _line("faults that verify finds", found["faults of verify"], 0),
        _line("events", events),
        f"events/s                       {events / slowest:12,.0f}",
        f"events/s of processor time     {events / sum(each.worked for each in lived):12,.0f}",
        f"minutes, the year lived        {slowest / 60:12.1f}   ≤ {GOAL} (stretch {STRETCH})",
        f"minutes, verified and counted  {max(each.judging for each in lived) / 60:12.1f}",
        f"minutes in all                 {seconds / 60:12.1f}   load {os.getloadavg()[0]:.1f}",
    ]
    return lines


def _line(what: str, found: int, should_be: int | None = None) -> str:
    goal = "" if should_be is None else f"   = {should_be:,}"
    return f"{what:30} {found:12,}{goal}"
