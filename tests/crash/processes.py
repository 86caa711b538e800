"""Child processes of the service, and their sudden end."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(mode: str, url: str, smtp: str, policy: str = "") -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.crash.child", mode, url, smtp, policy]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def wait_until_there(child: "subprocess.Popen[str]") -> None:
    """Until the child says that it has come to its place."""
    assert child.stdout is not None
    assert child.stdout.readline() == "here\n", "the child ended before it came to its place"


def kill(child: "subprocess.Popen[str]") -> None:
    """`kill -9`: it gets no chance to tidy up."""
    child.kill()
    child.communicate()
    assert child.returncode == -signal.SIGKILL


@contextmanager
def killed_at(mode: str, url: str, smtp: str) -> Iterator[None]:
    """A child that came to the place, and was killed there."""
    child = start(mode, url, smtp)
    wait_until_there(child)
    kill(child)
    yield


@contextmanager
def crew(modes: list[str], url: str, smtp: str, policy: str) -> Iterator[list]:
    """Processes at work together; those still alive at the end are killed."""
    children = [start(mode, url, smtp, policy) for mode in modes]
    try:
        for child in children:
            wait_until_there(child)
        yield children
    finally:
        for child in children:
            if child.returncode is None:
                kill(child)
