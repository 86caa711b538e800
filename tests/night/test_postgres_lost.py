"""The database itself is lost in the middle of the night: restarted, or replaced by its standby."""

import os
from pathlib import Path

import psycopg
import pytest

from tests.crash.fleet import Fleet
from tests.crash.town import Town, live, open_town
from tests.night.servers import Owned, in_step, own_server
from tests.peers.between import Between

pytestmark = pytest.mark.slow
SEED, SECONDS = int(os.environ.get("MISSING_SEED", "7")), 30.0
TIMES = 3


def saved_before(town: Town) -> set[str]:
    return set(town.desk.saved.values())


def test_postgresql_is_restarted_again_and_again_and_nothing_is_lost(tmp_path: Path):
    with own_server(tmp_path) as server, open_town(tmp_path, server.url) as town:

        def restart() -> None:
            for _ in range(TIMES):
                server.restart()
                town.fleet.done["PostgreSQL restarted, as after a crash"] += 1
                until_more_is_saved(town)

        found = live(town, tmp_path, SEED, SECONDS, meanwhile=restart)
    assert found["reports"] > TIMES


def test_the_primary_is_lost_and_its_standby_has_every_report_that_was_answered(tmp_path: Path):
    with (
        own_server(tmp_path) as primary,
        in_step(primary) as standby,
        Between(primary.url) as address,
        open_town(tmp_path, address.url, all_by=address) as town,
    ):

        def fail_over() -> None:
            primary.lose()
            answered = saved_before(town)
            standby.promote()
            address.move_to(standby.url)
            assert answered <= references(standby), "an answered report is not on the standby"
            town.fleet.done["primary lost, standby promoted"] += 1
            until_more_is_saved(town)

        found = live(town, tmp_path, SEED, SECONDS, meanwhile=fail_over)
    assert found["reports"] > TIMES


def references(server: Owned) -> set[str]:
    with psycopg.connect(server.url) as connection:
        return {found for (found,) in connection.execute("SELECT reference FROM episode")}


def until_more_is_saved(town: Town) -> None:
    """It is answered again: the service found its database by itself."""
    before, fleet = len(town.desk.saved), town.fleet
    assert isinstance(fleet, Fleet)
    fleet.until(lambda: len(town.desk.saved) > before + 2, "nothing is saved any more")
