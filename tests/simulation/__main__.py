"""`make simulate SEEDS=1000`: as many histories as asked for, and what they met."""

import subprocess
import sys

from tests.simulation.batch import run_batch

ROW = "{:<48} {:>8}"


def main(seeds: int, first: int = 0) -> int:
    batch = run_batch(range(first, first + seeds))
    say = sys.stdout.write
    for word, count in sorted(batch.met.items()):
        say(ROW.format(word, count) + "\n")
    for word in batch.never_met():
        say(ROW.format(word, "never") + "\n")
    for seed, sentences in batch.broken.items():
        say(f"seed {seed}, commit {_commit()}: {sentences[0]} (and {len(sentences) - 1} more)\n")
    say(f"{seeds} histories from seed {first}, {len(batch.broken)} broken\n")
    return 1 if batch.broken else 0


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(*[int(each) for each in sys.argv[1:]]))
