"""Builds the Dockerfile without an engine: its own steps, run in a folder and an environment."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

# Steps about the machine that a folder does not have: users, and who owns what.
OF_THE_SYSTEM = ("useradd", "chown", "chmod")


@dataclass(frozen=True)
class Instruction:
    """One line of a Dockerfile, continuations joined."""

    name: str
    words: str

    def argv(self) -> list[str]:
        """The exec form's words."""
        argv: list[str] = json.loads(self.words[self.words.index("[") :])
        return argv


@dataclass
class Image:
    """What the steps have made so far: a root folder, an environment in it, where they stand."""

    context: Path
    root: Path
    lent: Path | None = None  # packages that a step left out would have installed
    workdir: str = "/"
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def here(self) -> Path:
        """The working folder of the next step."""
        return self.root / self.workdir.lstrip("/")

    @property
    def python(self) -> Path:
        """The image's own Python."""
        return self.root / "usr/bin/python"

    @property
    def site_packages(self) -> Path:
        """Where the image's own Python finds what was installed."""
        return next(self.root.glob("usr/lib/python*/site-packages"))

    def build(self, instructions: list[Instruction], *, skip: str = "") -> None:
        """Take every step in order, less RUN steps that hold `skip`."""
        for each in instructions:
            if each.name in STEPS and not (skip and each.name == "RUN" and skip in each.words):
                STEPS[each.name](self, each.words)

    def run(self, *command: str) -> str:
        """What a command says inside the image; raises when it fails."""
        done = subprocess.run(
            command,
            cwd=self.here,
            env=self.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=400,
        )
        if done.returncode:
            raise StepFailed(f"{shlex.join(command)}\n{done.stdout}")
        return done.stdout

    def variables(self) -> dict[str, str]:
        """The environment of a step: the Dockerfile's, and how this machine installs packages."""
        kept = {k: v for k, v in os.environ.items() if k.startswith("PIP_")}
        fixed = {"PATH": f"{self.python.parent}:/usr/bin:/bin", "HOME": str(self.root)}
        # An engine keeps layers between builds; here the packages' own cache stands in for them.
        cache = {"PIP_CACHE_DIR": str(Path.home() / ".cache/pip"), "PIP_NO_CACHE_DIR": "0"}
        return self.environment | cache | kept | fixed


class StepFailed(RuntimeError):
    """A step of the Dockerfile that an engine would refuse too."""


def parse(dockerfile: str) -> list[Instruction]:
    """The instructions, in order."""
    joined = re.sub(r"\\\n\s*", "", dockerfile)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [Instruction(*line.split(maxsplit=1)) for line in lines]


def ignored(context: Path, path: Path) -> bool:
    """Whether `.dockerignore` keeps a path from the engine: the last rule that fits decides."""
    within = path.relative_to(context)
    verdict = False
    for rule in (context / ".dockerignore").read_text().split():
        if any(_matches(part, rule.lstrip("!")) for part in (within, *within.parents)):
            verdict = not rule.startswith("!")
    return verdict


def _matches(path: Path, rule: str) -> bool:
    if rule.startswith("**/"):
        return fnmatch(path.name, rule.removeprefix("**/"))
    return len(path.parts) == 1 and fnmatch(path.name, rule)


def _from(image: Image, base: str) -> None:
    version = ".".join(map(str, sys.version_info[:2]))
    if not base.startswith("python:") or not base.endswith("-slim"):
        raise StepFailed(f"{base} is not a slim Python")
    if version not in base:
        raise StepFailed(f"{base} is not the Python {version} of these tests")
    without = ["--without-pip"] if image.lent else []
    subprocess.run([sys.executable, "-m", "venv", *without, image.root / "usr"], check=True)
    if image.lent:
        (image.site_packages / "lent.pth").write_text(f"{image.lent}\n")


def _workdir(image: Image, folder: str) -> None:
    image.workdir = folder
    image.here.mkdir(parents=True, exist_ok=True)


def _env(image: Image, words: str) -> None:
    image.environment |= dict(pair.split("=", 1) for pair in shlex.split(words))


def _copy(image: Image, words: str) -> None:
    *sources, target = words.split()
    for source in sources:
        origin = image.context / source
        if not origin.exists() or ignored(image.context, origin):
            raise StepFailed(f"COPY {source}: the engine is given no such file")
        _copy_one(image, origin, image.here / target)


def _copy_one(image: Image, origin: Path, target: Path) -> None:
    if origin.is_file():
        shutil.copy(origin, target)
        return
    shutil.copytree(
        origin,
        target,
        ignore=lambda at, names: [n for n in names if ignored(image.context, Path(at) / n)],
    )


def _run(image: Image, words: str) -> None:
    steps = [step.strip() for step in words.split("&&")]
    kept = [step for step in steps if step.split()[0] not in OF_THE_SYSTEM]
    if kept:
        image.run("sh", "-c", " && ".join(kept))


STEPS = {"FROM": _from, "WORKDIR": _workdir, "ENV": _env, "COPY": _copy, "RUN": _run}
