"""One process holds the service on one SQLite file: a lock that ends with the process."""

import fcntl
import os
from pathlib import Path
from typing import Self

from sqlalchemy.engine import make_url


class Held(Exception):
    """Another process holds the service; the sentence says which, and what to do."""


class ServiceLock:
    """Held from `with` to its end, or to the death of whoever holds it, however it dies."""

    def __init__(self, database_url: str) -> None:
        self._path = lock_path(database_url)
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            self._descriptor = _lock(self._path)
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)


def lock_path(database_url: str) -> Path | None:
    """The file beside an SQLite database; any number of processes may share a PostgreSQL."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(f"{url.database}.lock")


def _lock(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode().strip()
        os.close(descriptor)
        raise Held(_sentence(path, holder)) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _sentence(path: Path, holder: str) -> str:
    by = f"process {holder}" if holder else "another process"
    return (
        f"The service on {path.with_suffix('')} runs already ({by}): one `up`, `serve` or `work` "
        "holds an SQLite file. Stop that one, or use PostgreSQL for several."
    )
