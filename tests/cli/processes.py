"""The command as people run it: real processes, on ports of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from adapters.clock import elapsed, sleep

COMMAND = [sys.executable, "-m", "missing_service.cli"]
START = 30.0  # seconds: a machine that runs other tests beside
OPENER = build_opener(ProxyHandler({}))


def environment(**other: str) -> dict[str, str]:
    """The settings of this test alone."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MISSING_")}
    return kept | other


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def run(*words: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """One run of the command, to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        cwd=cwd,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


class Running:
    """A command that goes on until it is told to stop."""

    def __init__(self, *words: str, cwd: Path, **settings: str) -> None:
        self._words, self._cwd, self._settings = words, cwd, settings
        self.log = cwd / f"{words[0]}.log"

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, *self._words],
                cwd=self._cwd,
                env=environment(**self._settings),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Its exit code, and how many seconds it took to stop."""
        began = elapsed()
        self.process.send_signal(how)
        return self.process.wait(timeout=20), elapsed() - began

    def until(self, found: Callable[[], Any], seconds: float = START) -> Any:
        """What is found, as soon as it is; fails with the command's own words when it is not."""
        end = elapsed() + seconds
        while elapsed() < end and self.process.poll() is None:
            if answer := found():
                return answer
            sleep(0.02)
        raise AssertionError(f"not within {seconds} s:\n{self.log.read_text()}")


class Demo(Running):
    """`up --demo` in a folder of its own."""

    def __init__(self, cwd: Path, *words: str, **settings: str) -> None:
        self.port, self.police_port = free_port(), free_port()
        ports = ("--port", str(self.port), "--police-port", str(self.police_port))
        super().__init__("up", "--demo", *ports, *words, cwd=cwd, **settings)
        self.file = cwd / "var/demo.env"

    def ready(self) -> dict[str, str]:
        """The file's names and values, once all runs."""
        self.until(lambda: self.file.exists() and get(f"{self.url}/readyz"))
        return dict(line.split("=", 1) for line in self.file.read_text().splitlines())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def police_url(self) -> str:
        return f"http://127.0.0.1:{self.police_port}"


def get(url: str, token: str = "") -> Any:
    """The answer, or None while there is none that is good."""
    with suppress(URLError, ConnectionError):
        return call(url, token)
    return None


def call(url: str, token: str = "", body: Any = None, person: str = "Asha%20Patel") -> Any:
    headers = {"Content-Type": "application/json"}
    if token:
        headers |= {"Authorization": f"Bearer {token}"}
        headers |= {"On-Behalf-Of": f"name={person}; role=duty%20worker"}
    data = None if body is None else json.dumps(body).encode()
    with OPENER.open(Request(url, data=data, headers=headers), timeout=10) as answer:
        return json.loads(answer.read())


def status(url: str, token: str = "", body: Any = None) -> int:
    try:
        call(url, token, body)
    except HTTPError as refused:
        with refused:
            return refused.code
    return 200


def a_report(**other: Any) -> Mapping[str, Any]:
    return {
        "council": "E09000015",
        "category": "MISSING",
        "child": {"name": "Jordan Ellis", "date_of_birth": "2012-03-04"},
        "concern": "Not home since school; phone off.",
        "reporter": {"name": "Jo Grant", "role": "FOSTER_CARER"},
        **other,
    }
