"""The real command in many processes on one PostgreSQL, reports coming in all the while: killed,
paused past the lease, restarted, cut off. Nothing lost, stuck or doubled."""

import os
from pathlib import Path

import pytest

from tests.crash.town import live, open_town

pytestmark = pytest.mark.slow
SEED, SECONDS = "MISSING_SEED", "MISSING_SECONDS"


def test_nothing_is_lost_stuck_or_doubled_whatever_befalls_the_processes(
    tmp_path: Path, postgres_url: str
):
    seed, seconds = int(os.environ.get(SEED, "4")), float(os.environ.get(SECONDS, "18"))
    with open_town(tmp_path, postgres_url) as town:
        found = live(town, tmp_path, seed, seconds)
        assert found["steps"] > found["reports"]
        assert sum(town.fleet.done.values()) >= 5
