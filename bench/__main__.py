"""`python -m bench [--quick] [P4 P5 ...]`: the ratios of docs/performance.md, each taken in one
run."""

import argparse
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import (
    accepting,
    ageing,
    alerting,
    draining,
    dying,
    neighbour,
    pairing,
    resident,
    ticking,
)
from bench.accepting import Effort, Measured
from bench.disk import syncs_a_second
from bench.figures import Report
from bench.places import Postgres, postgres

WHOLE, QUICK = Effort(4.0, 3), Effort(0.5, 1, is_quick=True)
Part = Callable[[Path, Postgres, Effort], Measured]
P1_P2: Part = lambda folder, _, effort: accepting.on_sqlite(folder, effort)  # noqa: E731
PARTS: dict[str, Sequence[Part]] = {
    "P1": [P1_P2],
    "P1b": [lambda _, server, effort: accepting.on_postgres(server, effort)],
    "P2": [P1_P2],
    "P3": [lambda _, server, effort: alerting.on_postgres(server, effort)],
    "P4": [draining.measured],
    "P5": [neighbour.measured],
    "P6": [ticking.on_sqlite, ticking.on_postgres],
    "P7": [ageing.on_sqlite, ageing.on_postgres],
    "P8": [resident.measured],
    "P9": [dying.measured],
    "P10": [pairing.measured],
}


def main() -> None:
    """Measure and print; nothing here passes or fails."""
    words = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    words.add_argument("--quick", action="store_true", help="one short round: does it run?")
    words.add_argument("figures", nargs="*", metavar="P1", help=f"of {', '.join(PARTS)}; else all")
    given = words.parse_args()
    if unknown := [name for name in given.figures if name not in PARTS]:
        words.error(f"no such figure: {', '.join(unknown)}")
    effort = QUICK if given.quick else WHOLE
    with tempfile.TemporaryDirectory(prefix="missing-bench-") as folder:
        Path(folder).chmod(0o711)
        _measure(Path(folder), effort, given.figures or list(PARTS))


def _measure(folder: Path, effort: Effort, names: Sequence[str]) -> None:
    print(f"fsync probe: {syncs_a_second(folder, effort.seconds / 2):,.0f} fdatasync/s", flush=True)
    with postgres(folder) as server:
        print(
            f"{os.cpu_count()} cores, Python {platform.python_version()}, "
            f"PostgreSQL {server.version()}, load {os.getloadavg()[0]:.1f}\n",
            flush=True,
        )
        found = Measured([], [])
        for part in dict.fromkeys(part for name in names for part in PARTS[name]):
            with _room(folder) as own:
                more = part(own, server, effort)
            print("\n".join(goal.line() for goal in more.goals), flush=True)
            found += more
    print("", *Report(found.goals, found.figures).lines(), sep="\n")


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """A folder for one part's files, gone with it: some are large."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        yield Path(own)


if __name__ == "__main__":
    main()
