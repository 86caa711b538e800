"""Lanes: one number at a time, held by a lease; what is proven wins over what came late."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from adapters.database import models as m
from missing_service.domain.delivery import DeliveryState
from missing_service.domain.events import Actor
from missing_service.usecases.deliver_next import let_all_go
from missing_service.usecases.retry_delivery import retry_delivery
from missing_service.usecases.update_episode import update_episode
from tests.adapters.stores import REFUSED, TAKEN, UNREACHABLE, Desk, open_desk
from tests.builders import EDT, HARROW
from tests.journeys.world import only
from tests.workers.conftest import until

ADMIN = Actor("key:Harrow admins", HARROW, "admin", "Priya Shah", "administrator")
HELD = text("SELECT lane FROM lane WHERE lane = :lane FOR UPDATE NOWAIT")
WAITERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with open_desk(database_url) as desk:
        yield desk


def sighted(desk: Desk, episode) -> None:
    content = {"at": None, "place": "the station", "by": "a driver", "note": ""}
    update_episode(episode["reference"], "sighting", content, actor=EDT, service=desk.service)


def waiters(desk: Desk) -> int:
    """How many transactions wait for a lock; each look has a connection of its own."""
    with desk.store.engine.connect().execution_options(reads=True) as connection:
        return int(connection.execute(WAITERS).scalar_one())


def numbered(desk: Desk) -> list[Any]:
    found = [d for d in desk.all(m.DeliveryTable) if d.channel == "met/cad"]
    return sorted(found, key=lambda d: d.number)


def states(desk: Desk) -> list[DeliveryState]:
    return [d.state for d in numbered(desk)]


def test_two_workers_never_hold_two_numbers_of_one_lane(desk: Desk):
    sighted(desk, desk.report())
    first = only(desk.claim())
    assert desk.claim() == []
    desk.note(first, TAKEN)
    second = only(desk.claim())
    assert second.message.id != first.message.id
    assert desk.claim() == []


def test_a_lease_that_ran_out_is_work_again_with_the_same_id_and_bytes(desk: Desk):
    desk.report()
    first = only(desk.claim())
    desk.advance(seconds=29)
    assert desk.claim() == []
    desk.advance(seconds=2)
    again = only(desk.claim())
    assert (again.message.id, again.message.body) == (first.message.id, first.message.body)
    assert again.claim.token != first.claim.token


def test_what_a_dead_process_held_is_work_again_at_once_where_it_was_the_only_one(desk: Desk):
    desk.report()
    held = desk.claim()
    assert desk.claim() == []
    let_all_go(desk.service)
    assert [e.message.id for e in desk.claim()] == [e.message.id for e in held]


def test_a_proven_2xx_wins_however_late_it_comes_and_nothing_overwrites_it(desk: Desk):
    desk.report()
    first = only(desk.claim())
    desk.advance(seconds=31)
    second = only(desk.claim())
    desk.note(first, TAKEN)
    desk.note(second, UNREACHABLE)
    assert states(desk) == [DeliveryState.TAKEN]
    desk.advance(minutes=10)
    assert desk.claim() == []


def test_a_late_failure_does_not_take_the_lane_from_whoever_holds_it(desk: Desk):
    desk.report()
    first = only(desk.claim())
    desk.advance(seconds=31)
    second = only(desk.claim())
    desk.note(first, UNREACHABLE)
    desk.advance(seconds=5)
    assert desk.claim() == []
    desk.note(second, TAKEN)
    assert states(desk) == [DeliveryState.TAKEN]


def test_a_refused_delivery_straggles_beside_its_lane_and_is_tried_for_ever(desk: Desk):
    sighted(desk, desk.report())
    refused = only(desk.claim())
    desk.note(refused, REFUSED)
    assert states(desk) == [DeliveryState.FAILING, DeliveryState.QUEUED]
    desk.note(only(desk.claim()), TAKEN)  # the next in the lane
    for _ in range(3):
        assert desk.claim() == []
        desk.advance(minutes=1)
        straggler = only(desk.claim())
        assert straggler.message.id == refused.message.id
        desk.note(straggler, REFUSED)
    desk.advance(minutes=1)
    desk.note(only(desk.claim()), TAKEN)
    assert desk.all(m.StragglerTable) == []


def test_a_late_2xx_ends_what_straggles_meanwhile(desk: Desk):
    desk.report()
    first = only(desk.claim())
    desk.advance(seconds=31)
    desk.note(only(desk.claim()), REFUSED)
    desk.note(first, TAKEN)
    desk.advance(minutes=10)
    assert desk.claim() == []
    assert desk.all(m.StragglerTable) == []


def test_lanes_with_nothing_to_send_take_no_place_from_those_that_have(desk: Desk):
    for _ in range(9):
        desk.report()
    for _ in range(2):
        for errand in desk.claim():
            desk.note(errand, TAKEN)
    assert len(desk.claim()) == 1


def test_the_most_urgent_is_claimed_first_however_long_the_others_have_waited(desk: Desk):
    calm = desk.report()
    desk.note(only(desk.claim()), TAKEN)
    sighted(desk, calm)
    desk.advance(minutes=1)
    alert = desk.report()
    lease = timedelta(seconds=30)
    claims = desk.write(lambda unit: unit.lanes.claim("met/cad", 1, lease, unit.draw.id()))
    assert [claim.stream for claim in claims] == [UUID(alert["id"])]


def test_a_lane_is_as_urgent_as_what_waits_in_it(desk: Desk):
    sighted(desk, desk.report())
    urgent = [only(desk.all(m.LaneTable)).urgent]
    for _ in range(2):
        desk.note(only(desk.claim()), TAKEN)
        urgent.append(only(desk.all(m.LaneTable)).urgent)
    assert urgent == [True, False, False]
    assert only(desk.all(m.LaneTable)).next_attempt is None  # nothing waits: it rests at once


def test_what_is_stuck_is_overtaken_after_five_minutes_by_what_is_urgent_and_by_nothing_else(
    desk: Desk,
):
    episode = desk.report()
    sighted(desk, episode)
    first = fail_for(desk, timedelta(minutes=6))
    assert first == [1]  # a sighting waits behind it: the order stands
    danger = {"immediate_danger": "YES"}
    update_episode(episode["reference"], "report", danger, actor=EDT, service=desk.service)
    assert fail_for(desk, timedelta(minutes=4)) == [1, 2, 3]
    assert [d.straggling for d in numbered(desk)] == [True, True, False]


def fail_for(desk: Desk, time: timedelta) -> list[int]:
    """The numbers that were tried meanwhile, each once, in the order of their first attempt."""
    tried: list[int] = []
    numbers = {d.id: d.number for d in desk.all(m.DeliveryTable)}
    for _ in range(int(time / timedelta(seconds=30))):
        desk.advance(seconds=30)
        for errand in desk.claim():
            tried.append(numbers[errand.message.id])
            desk.note(errand, UNREACHABLE)
    return list(dict.fromkeys(tried))


def test_an_administrator_s_retry_is_due_at_once_whatever_its_back_off_says(desk: Desk):
    desk.report()
    first = only(desk.claim())
    for _ in range(5):
        desk.note(first, UNREACHABLE)
        desk.advance(minutes=1)
        first = only(desk.claim())
    desk.note(first, REFUSED)  # and it straggles, a minute to its next attempt
    assert desk.claim() == []
    retry_delivery(first.message.id, actor=ADMIN, service=desk.service)
    assert [errand.message.id for errand in desk.claim()] == [first.message.id]


def test_each_attempt_has_its_start_committed_before_it_is_sent(desk: Desk):
    desk.report()
    errand = only(desk.claim())
    start = only([a for a in desk.all(m.AttemptTable) if a.delivery == errand.message.id])
    assert (start.n, start.outcome) == (1, None)
    desk.note(errand, UNREACHABLE)
    rows = [a for a in desk.all(m.AttemptTable) if a.delivery == errand.message.id]
    assert [(a.n, a.outcome, a.status) for a in rows] == [(1, None, None), (2, "UNREACHABLE", 503)]


def test_lanes_are_held_in_ascending_order_whatever_order_they_are_asked_for(
    migrated_postgres_url: str,
):
    with open_desk(migrated_postgres_url) as desk:
        for _ in range(2):
            desk.report()
        low, high = sorted(desk.all(m.DeliveryTable), key=lambda delivery: delivery.lane)
        with desk.store.engine.begin() as connection, ThreadPoolExecutor(1) as other:
            connection.execute(HELD, {"lane": low.lane})
            settled = other.submit(desk.write, lambda unit: unit.lanes.settle(high.id, low.id))
            until(lambda: waiters(desk))
            connection.execute(HELD, {"lane": high.lane})  # else nobody could go on
            connection.commit()
            settled.result(timeout=10)
