"""The table of planted mistakes: `make planted`."""

import sys
import tempfile
from pathlib import Path

import pytest

from tests.simulation.batch import first_broken
from tests.simulation.history import make_template
from tests.simulation.planted import PLANTED
from tests.simulation.planted.plant import SEEDS


def main() -> int:
    missed = 0
    say = sys.stdout.write
    say("| planted | first seed | what it breaks |\n|---|---|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.db"
        make_template(template)
        for name, plant in PLANTED.items():
            with pytest.MonkeyPatch.context() as patch:
                plant(patch)
                found = first_broken(SEEDS, template)
            missed += found is None
            seed, sentence = found or ("none", "**not found**")
            say(f"| {name} | {seed} | {sentence} |\n")
            sys.stdout.flush()
    return 1 if missed else 0


sys.exit(main())
