"""How much of the fault loop is run, and the table that it prints."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import migrate
from tests.databases import Run, copy_sqlite, fresh
from tests.faults.tables import TABLE

EVERYTHING = "MISSING_ALL_FAULTS"
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def everything() -> bool:
    """Whether every kind is put into every flow, as by night; on a commit it is a part of them."""
    return bool(os.environ.get(EVERYTHING))


@pytest.fixture
def sqlite_in_memory(run: Run) -> Iterator[str]:
    """A fresh SQLite file, in memory where the system offers it: no disk is waited for."""
    home = str(MEMORY) if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="missing-faults-", dir=home) as folder:
        copy_sqlite(run.sqlite_template(migrate), Path(folder) / "missing.db")
        yield f"sqlite:///{folder}/missing.db"


@pytest.fixture
def postgres_of_flow(run: Run) -> Iterator[str]:
    with fresh(run.server(), template=run.postgres_template(migrate)) as url:
        yield url


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not TABLE.rows:
        return
    write = terminalreporter.write_line
    terminalreporter.section("faults put in")
    for line in (*TABLE.lines(), "", *TABLE.totals()):
        write(line)
