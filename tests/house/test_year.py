"""A few days of the year that `make year` lives: nothing is lost, and the ledger would say so."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.year.outside import TAKEN, Outside
from bench.year.whole import AT_FAULT, Lived, live, shares

HERE = Path(__file__).parents[2]
CLEAN = dict.fromkeys((*AT_FAULT, "waiting"), 0)
A_STEP = "SELECT obligation, step, due_at FROM step_told WHERE NOT passed_over LIMIT 1"
ITS_KEY = "WHERE (obligation, step, due_at) = (?, ?, ?)"


class Leaky(Outside):
    """It says that it took the first message, and has lost it."""

    def take(self, address: str, message: Any) -> Any:
        return super().take(address, message) if self.came or self.sends else self._lose()

    def _lose(self) -> Any:
        self.sends += 1
        return TAKEN


class Stammering(Outside):
    """It is given its first message twice."""

    def take(self, address: str, message: Any) -> Any:
        answer = super().take(address, message)
        if len(self.came) == 1:
            self.came[message.id.bytes] = 2
        return answer


def few(folder: Path, **planted: Any) -> dict[str, int]:
    """What is found at fault in a few hours of it."""
    (share,) = shares(8, 1)
    return faults(live(share, folder, **planted))


def faults(lived: Lived) -> dict[str, int]:
    return {what: lived.counts.found[what] for what in CLEAN}


@pytest.mark.slow
def test_nothing_is_lost_missed_or_doubled(tmp_path):
    (share,) = shares(150, 1)
    lived = live(share, tmp_path)
    found = lived.counts.found
    assert (faults(lived), lived.counts.wrong) == (CLEAN, [])
    assert found["reports"] == found["alerts taken"] == 150
    assert found["steps told"] == found["steps expected"] > 150
    assert found["answers lost"] > 0, "no answer was lost: that none came twice says little"


@pytest.mark.slow
def test_two_processes_share_a_day_and_print_its_ledger():
    command = [sys.executable, "-m", "bench.year", "6", "2"]
    done = subprocess.run(
        command, cwd=HERE, capture_output=True, text=True, timeout=600, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^reports accepted +6$", done.stdout, re.MULTILINE)
    assert re.search(r"^alerts taken by police +6   = 6$", done.stdout, re.MULTILINE)


def test_an_alert_that_never_arrives_is_a_lost_report(tmp_path):
    assert few(tmp_path, outside=Leaky) == CLEAN | {"lost reports": 1}


def test_a_message_that_comes_twice_is_doubled(tmp_path):
    assert few(tmp_path, outside=Stammering)["doubled messages"] == 1


SPOILS: tuple[tuple[str, str], ...] = (
    ("missed steps", f"DELETE FROM step_told {ITS_KEY}"),
    (
        "doubled steps",
        "INSERT INTO step_told SELECT obligation, step, due_at + 1, stream, event, until, count, "
        f"told_at, people, passed_over, taken_by FROM step_told {ITS_KEY}",
    ),
)


@pytest.mark.parametrize(("what", "statement"), SPOILS)
def test_a_step_that_is_not_as_the_policy_has_it_is_counted(tmp_path, what, statement):
    def spoil(half):
        half.seen.execute(statement, half.seen.execute(A_STEP).fetchone())

    planted: dict[str, Callable[..., object]] = {"spoil": spoil}
    assert few(tmp_path, **planted) == CLEAN | {what: 1, "faults of verify": 1}
