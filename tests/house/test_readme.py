"""The README, pasted into a shell beside a running demonstration, answers what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.processes import Demo, environment

README = Path(__file__).parents[2] / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CHANGING = {
    r"HRW-[2-9A-Z]{5}": "HRW-…",
    r"\b[0-9a-f]{64}\b": "hash",
    r"\d{4}-\d\d-\d\dT[\d:.]+Z": "instant",
}
END = "--- end of a block ---"

pytestmark = pytest.mark.slow


def blocks() -> list[tuple[str, str]]:
    """Each block of commands, with the answer that stands below it."""
    fences = [(kind, text) for kind, text in FENCE.findall(README.read_text())]
    found = []
    for place, (kind, text) in enumerate(fences):
        follows = fences[place + 1] if place + 1 < len(fences) else ("", "")
        if kind == "bash":
            found.append((text, follows[1] if follows[0] == "text" else ""))
    return found


def same(text: str) -> str:
    """The text without what differs from run to run: two are told at one instant."""
    for changing, word in CHANGING.items():
        text = re.sub(changing, word, text)
    return "\n".join(sorted(text.strip().splitlines()))


def test_what_is_pasted_answers_what_the_readme_says(tmp_path):
    with Demo(tmp_path) as demo:
        demo.ready()
        said = paste([commands for commands, _ in blocks()], tmp_path)
    wanted = [answer for _, answer in blocks()]
    assert [same(each) for each in said] == [same(each) for each in wanted]


def paste(commands: list[str], folder: Path) -> list[str]:
    """What each block says, all in one shell."""
    command = folder / "missing-service"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m missing_service.cli "$@"\n')
    command.chmod(0o700)
    script = "".join(f"{each}\necho '{END}'\n" for each in commands)
    done = subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=folder,
        env=environment(MISSING_SERVICE=str(command), PATH=os.environ["PATH"], NO_PROXY="*"),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(f"{END}\n")[:-1]


def test_the_two_commands_are_on_the_first_screen():
    top = README.read_text().splitlines()[:20]
    assert any("make up" in line for line in top)
    assert any("make test" in line for line in top)
