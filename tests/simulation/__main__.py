"""`make simulate SEEDS=1000`: as many histories as asked for, on every core, and what they met."""

import os
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.batch import Batch, run_batch

ROW = "{:<48} {:>8}"
AT_ONCE = 10  # seeds that one process is given
ENOUGH = 40  # so many must meet everything that can happen


def main(seeds: int, first: int = 0) -> int:
    batch = Batch()
    say = sys.stdout.write
    last = first + seeds
    parts = [range(n, min(n + AT_ONCE, last)) for n in range(first, last, AT_ONCE)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(run_batch, parts):
            batch.add(found)
            say("".join(f"{line}\n" for line in found.said()))
    for word, count in sorted(batch.met.items()):
        say(ROW.format(word, count) + "\n")
    for word in batch.never_met():
        say(ROW.format(word, "never") + "\n")
    say(f"{seeds} histories from seed {first}, {len(batch.broken)} broken\n")
    hollow = seeds >= ENOUGH and batch.never_met()
    return 1 if batch.broken or hollow else 0


if __name__ == "__main__":
    sys.exit(main(*[int(each) for each in sys.argv[1:]]))
