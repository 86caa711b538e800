"""Real processes of the installed command on one PostgreSQL, killed, paused and restarted by
seed."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Self

from adapters.clock import elapsed, sleep
from tests.cli.processes import environment, free_port, get

COMMAND = str(Path(sys.executable).with_name("missing-service"))
WEB, WORKERS = "web", ("work-1", "work-2", "work-3")
UP = b"The workers run"
START = 30.0


@dataclass
class Fleet:
    """`serve --workers 2` and three `work`; what they say stands in files of `folder`."""

    folder: Path
    settings: dict[str, str]
    own: dict[str, dict[str, str]] = field(default_factory=dict)  # settings of one process alone
    port: int = field(default_factory=free_port)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)  # where its log stood when it was started
    done: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> Self:
        try:
            for name in (WEB, *WORKERS):
                self.start(name)
            self.until(self.is_up, "not all run")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        serve = ["serve", "--port", str(self.port), "--workers", "2"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.begun[name] = log.tell()
            self.processes[name] = subprocess.Popen(
                [COMMAND, *(serve if name == WEB else ["work"])],
                cwd=self.folder,
                env=environment(**(self.settings | self.own.get(name, {}))),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """`kill -9` of the process and of all that it made."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def kill_one_web_process(self, random: Random) -> None:
        """One of those that answer; the one above them makes another."""
        found = children_of(self.processes[WEB].pid)
        if found:
            with suppress(ProcessLookupError):
                os.kill(random.choice(found), signal.SIGKILL)

    def signal(self, name: str, how: signal.Signals) -> None:
        os.killpg(self.processes[name].pid, how)

    def is_up(self) -> bool:
        """Whether all have said that they run; one that has not knows no signals yet."""
        said = [(self.folder / f"{name}.log").read_bytes()[self.begun[name] :] for name in WORKERS]
        return all(UP in each for each in said) and bool(get(f"{self.url}/readyz"))

    def stop(self) -> dict[str, int]:
        """All end as they are asked to; their exit codes."""
        self.until(self.is_up, "not all run again")
        for name in (WEB, *WORKERS):
            self.processes[name].send_signal(signal.SIGTERM)
        return {name: self.processes[name].wait(timeout=20) for name in (WEB, *WORKERS)}

    def until(self, is_so: Callable[[], Any], why: str, seconds: float = START) -> None:
        end = elapsed() + seconds
        while not is_so():
            assert elapsed() < end, f"{why}:\n{self.said()}"
            sleep(0.1)

    def said(self) -> str:
        """The last words of each."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text()[-2000:]}" for log in logs)


def children_of(pid: int) -> list[int]:
    """The living processes that it made."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    with suppress(FileNotFoundError):
        return [int(each) for each in found.read_text().split()]
    return []


@dataclass
class Chaos:
    """One fault after another, drawn by seed, each healed before long."""

    fleet: Fleet
    random: Random
    lease: float
    more: dict[str, Callable[[], object]] = field(default_factory=dict)

    def run(self, seconds: float) -> None:
        """Faults for so long; at the end everything runs."""
        end = elapsed() + seconds
        acts = self._acts()
        plan = list(acts)  # each at least once, if the time suffices
        self.random.shuffle(plan)
        while elapsed() < end:
            name = plan.pop() if plan else self.random.choice(list(acts))
            acts[name]()
            self.fleet.done[name] += 1
            sleep(self.random.uniform(0.1, 0.8))

    def _acts(self) -> dict[str, Callable[[], object]]:
        return {
            "worker killed": self._kill,
            "two workers killed": self._kill_two,
            "worker paused past its lease": self._pause,
            "web process killed": lambda: self.fleet.kill_one_web_process(self.random),
            "all of the web killed": self._kill_web,
            **self.more,
        }

    def _kill(self) -> None:
        name = self.random.choice(WORKERS)
        self.fleet.kill(name)
        sleep(self.random.uniform(0, 1))
        self.fleet.start(name)

    def _kill_two(self) -> None:
        names = self.random.sample(WORKERS, 2)
        for name in names:
            self.fleet.kill(name)
        for name in names:
            self.fleet.start(name)

    def _pause(self) -> None:
        name = self.random.choice(WORKERS)
        self.fleet.signal(name, signal.SIGSTOP)
        sleep(self.lease * self.random.uniform(1.2, 2))
        self.fleet.signal(name, signal.SIGCONT)

    def _kill_web(self) -> None:
        self.fleet.kill(WEB)
        self.fleet.start(WEB)
