"""The bench runs, and says what its page explains; how fast anything is, no test says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
# P5, P7 and P9 build backlogs and kill workers for minutes: `make bench` runs them.
QUICK = {"P1", "P1b", "P2", "P3", "P4", "P6", "P8", "P10"}
GOALS = QUICK | {"P5", "P7", "P9"}


@pytest.mark.slow
def test_a_quick_bench_prints_each_goal_beside_the_disks_own_pace():
    command = [sys.executable, "-m", "bench", "--quick", *sorted(QUICK)]
    done = subprocess.run(
        command, cwd=HERE, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.match(r"fsync probe: [\d,]+ fdatasync/s", done.stdout)
    judged = re.findall(r"^(P\w+) .* (?:reached|missed) ", done.stdout, re.MULTILINE)
    assert set(judged) == QUICK


def test_each_goal_is_explained():
    page = (HERE / "docs" / "performance.md").read_text()
    assert set(re.findall(r"^\| (P\w+)", page, re.MULTILINE)) == GOALS
