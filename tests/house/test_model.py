"""The model of the hand-over speaks of the code as it is, and holds where spin can say so."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
FOLDER = HERE / "docs" / "model"
PAGE = (FOLDER / "README.md").read_text()
MODEL = "".join(path.read_text() for path in sorted(FOLDER.glob("*.pml")))
CHECK = (FOLDER / "check.py").read_text()


def rows(section: str) -> list[list[str]]:
    """The lines of the section's table, a cell each, without its head."""
    part = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def names(text: str) -> set[str]:
    return set(re.findall(r"`([\w.]+)`", text))


def checked(*options: str, path: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER / "check.py"), *options]
    return subprocess.run(
        command,
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.mark.parametrize(
    ("path", "named"), [row[1:] for row in rows("Which step is which function")]
)
def test_what_a_step_stands_for_is_in_the_code(path, named):
    code = (HERE / path.strip("`")).read_text()
    for name in names(named):
        assert re.search(rf"^ *(def|class) {name}\b|^{name}\b.* = ", code, re.MULTILINE), name


def test_each_step_of_the_model_has_its_place_in_the_code():
    mapped = set().union(*(names(row[0]) for row in rows("Which step is which function")))
    steps = set(re.findall(r"^(?:inline|proctype) (\w+)", MODEL, re.MULTILINE))
    assert mapped == steps - {"Healer", "Watch"}


def test_each_promise_is_explained():
    kept = set(re.findall(r"^hidden byte (\w+)|^ltl (\w+)", MODEL, re.MULTILINE))
    promises = {name for pair in kept for name in pair if name}
    assert {name for row in rows("What is promised") for name in names(row[0])} == promises


def test_each_mistake_that_can_be_planted_is_planted_and_explained():
    planted = set(re.findall(r"\bPLANT_(\w+)", MODEL))
    explained = {(*names(row[0]), *names(row[2])) for row in rows("What must fail")}
    asked = re.findall(r"\w+\(\w+, \"(\w+)\", \"([A-Z_]+)\"\)", CHECK)
    assert {plant for plant, _ in explained} == planted
    assert {(plant, promise) for promise, plant in asked if promise != "never_seen"} == explained


def test_without_spin_it_says_what_to_install(tmp_path):
    done = checked(path=str(tmp_path))
    assert (done.returncode, "apt-get install spin" in done.stdout) == (2, True)


@pytest.mark.slow
def test_it_holds_and_each_planted_mistake_is_found_where_spin_is_installed():
    has_spin = shutil.which("spin") and shutil.which("gcc")
    done = checked("--quick", path=os.environ["PATH"])
    assert done.returncode == (0 if has_spin else 2), done.stdout + done.stderr
