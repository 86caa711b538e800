"""`make year`: a year of London's episodes through the real code in virtual time; its ledger."""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from bench.year.hours import EPISODES
from bench.year.ledger import Counts
from bench.year.whole import is_wrong, live, shares, table


def main(episodes: int, processes: int) -> int:
    """Live the year, print its ledger; 1 where anything was lost, missed or doubled."""
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="missing-year-") as folder,
        ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool,
    ):
        dealt = shares(episodes, processes)
        lived = list(pool.map(live, dealt, [Path(folder)] * processes))
    total = Counts()
    for each in lived:
        total.add(each.counts)
    print("\n".join(table(total, lived, time.perf_counter() - began)))
    return 1 if is_wrong(total) else 0


if __name__ == "__main__":
    words = argparse.ArgumentParser(prog="python -m bench.year", description=main.__doc__)
    words.add_argument("episodes", nargs="?", type=int, default=EPISODES)
    words.add_argument("processes", nargs="?", type=int, default=2)
    given = words.parse_args()
    sys.exit(main(given.episodes, given.processes))
