"""`python -m bench [--quick]`: the ratios of docs/performance.md, taken in one run."""

import argparse
import os
import platform
import tempfile
from pathlib import Path

from bench import accepting, alerting
from bench.accepting import Effort
from bench.disk import syncs_a_second
from bench.figures import Report
from bench.places import postgres

WHOLE, QUICK = Effort(4.0, 3), Effort(0.5, 1)


def main() -> None:
    """Measure and print; nothing here passes or fails."""
    words = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    words.add_argument("--quick", action="store_true", help="one short round: does it run?")
    effort = QUICK if words.parse_args().quick else WHOLE
    with tempfile.TemporaryDirectory(prefix="missing-bench-") as folder:
        Path(folder).chmod(0o711)
        _measure(Path(folder), effort)


def _measure(folder: Path, effort: Effort) -> None:
    print(f"fsync probe: {syncs_a_second(folder, effort.seconds / 2):,.0f} fdatasync/s", flush=True)
    with postgres(folder) as server:
        print(
            f"{os.cpu_count()} cores, Python {platform.python_version()}, "
            f"PostgreSQL {server.version()}, load {os.getloadavg()[0]:.1f}\n",
            flush=True,
        )
        found = [
            accepting.on_sqlite(folder, effort),
            accepting.on_postgres(server, effort),
            alerting.on_postgres(server, effort),
        ]
    goals = [goal for part in found for goal in part.goals]
    figures = [figure for part in found for figure in part.figures]
    print("\n".join(Report(goals, figures).lines()))


if __name__ == "__main__":
    main()
