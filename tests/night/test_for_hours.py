"""The real command for as long as there is night: another seed each minute."""

import os
from itertools import count
from pathlib import Path

import pytest

from adapters.clock import elapsed
from tests.conftest import migrate
from tests.crash.town import live, open_town
from tests.databases import Run, fresh

pytestmark = pytest.mark.slow
MINUTES, FIRST = float(os.environ.get("MISSING_MINUTES", "10")), 100
SECONDS = 60.0


def test_nothing_is_lost_stuck_or_doubled_all_night(tmp_path: Path, run: Run):
    until = elapsed() + MINUTES * 60
    for seed in count(int(os.environ.get("MISSING_SEED", FIRST))):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with (
            fresh(run.server(), template=run.postgres_template(migrate)) as url,
            open_town(folder, url) as town,
        ):
            assert live(town, folder, seed, SECONDS)["reports"] > 0
        if elapsed() > until:
            return
