"""Fixtures that every kind of test may ask for."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Run, copy_sqlite, fresh

RUN = "MISSING_TEST_RUN"


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run: the folder that all its processes share, which ends with the first of them."""
    if hasattr(config, "workerinput"):
        return
    run = Run(Path(tempfile.mkdtemp(prefix="missing-run-")))
    os.environ[RUN] = str(run.folder)
    lifeline = run.open()
    config.add_cleanup(lambda: os.close(lifeline))
    config.add_cleanup(run.close)


def migrate(url: str) -> None:
    """Bring a database to the newest schema, as the service itself does."""
    from adapters.database.migrate import upgrade

    upgrade(url)


@pytest.fixture(scope="session")
def run() -> Run:
    """What all processes of this test run share."""
    return Run(Path(os.environ[RUN]))


@pytest.fixture
def postgres_url(run: Run) -> Iterator[str]:
    """A fresh, empty PostgreSQL database on a real server."""
    with fresh(run.server()) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file, not made yet."""
    return f"sqlite:///{tmp_path / 'missing.db'}"


@pytest.fixture
def migrated_postgres_url(run: Run) -> Iterator[str]:
    """A fresh PostgreSQL database at the newest schema."""
    with fresh(run.server(), template=run.postgres_template(migrate)) as url:
        yield url


@pytest.fixture
def migrated_sqlite_url(run: Run, tmp_path: Path) -> str:
    """A fresh SQLite file at the newest schema."""
    copy_sqlite(run.sqlite_template(migrate), tmp_path / "missing.db")
    return f"sqlite:///{tmp_path / 'missing.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database at the newest schema, of each kind in turn."""
    kinds = {"sqlite": "migrated_sqlite_url", "postgresql": "migrated_postgres_url"}
    url: str = request.getfixturevalue(kinds[request.param])
    return url
