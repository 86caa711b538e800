"""Each invariant that is asked in production finds what was planted against it, and nothing in an
honest history."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, insert, select, update

from adapters.database import models as m
from adapters.database.invariants import broken
from tests.adapters.verify_history import Kept, a_kept
from tests.adapters.verify_tampering import behind_its_back
from tests.databases import Run
from tests.domain.rules import default_policy

FIGURES = default_policy().figures
Ep, Ob, De, At = m.EpisodeTable, m.ObligationTable, m.DeliveryTable, m.AttemptTable
Plant = Callable[[Any, datetime], object]
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request, run: Run, tmp_path_factory) -> Iterator[Kept]:
    with a_kept(request.param, run, tmp_path_factory.mktemp("kept")) as made:
        yield made


def the_end(connection: Any) -> datetime:
    found: datetime = connection.execute(select(func.max(m.EventTable.at))).scalar_one()
    return found


def names(connection: Any, now: datetime) -> set[str]:
    return {fault.what.partition(":")[0] for fault in broken(connection, now, FIGURES)}


def test_an_honest_history_breaks_none(kept):
    with behind_its_back(kept.engine) as connection:
        assert list(broken(connection, the_end(connection), FIGURES)) == []


DUTY = Ob.kind == "police_acknowledgement"


def no_duty(connection: Any, _: datetime) -> None:
    connection.execute(update(Ob).where(DUTY).values(kind="school_told"))


def two_duties(connection: Any, _: datetime) -> None:
    connection.execute(update(Ob).values(kind="police_acknowledgement", state="OPEN"))


def another_standing(connection: Any, _: datetime) -> None:
    connection.execute(update(Ep).values(police="DECLINED"))


def told_nobody(connection: Any, _: datetime) -> None:
    connection.execute(update(Ob).where(DUTY).values(state="OPEN"))
    reported = select(m.EventTable.id).where(m.EventTable.kind == "episode.reported")
    connection.execute(update(De).where(De.event.in_(reported)).values(event=UUID(int=1)))


def met_by_nobody(connection: Any, _: datetime) -> None:
    met = Ob.discharged_by.is_not(None)
    acts = select(Ob.discharged_by).where(DUTY, met)
    connection.execute(update(m.ActTable).where(m.ActTable.id.in_(acts)).values(ends=False))


def open_though_answered(connection: Any, _: datetime) -> None:
    connection.execute(update(Ob).where(DUTY, Ob.state == "DISCHARGED").values(state="OPEN"))


def step_missed(connection: Any, now: datetime) -> None:
    connection.execute(update(Ob).values(next_step_at=now - 2 * MINUTE))


def told_when_met(connection: Any, now: datetime) -> None:
    last = connection.execute(
        select(m.EventTable.id).order_by(m.EventTable.n.desc()).limit(1)
    ).scalar_one()
    owed = connection.execute(select(Ob).where(DUTY, Ob.state == "DISCHARGED")).first()
    row = {"obligation": owed.id, "stream": owed.stream}
    connection.execute(
        insert(m.StepToldTable).values(
            **row, step="9", due_at=now + MINUTE, event=last, count=1, told_at=now,
            people=(), passed_over=False, taken_by=(),
        )
    )  # fmt: skip


def taken_by_none(connection: Any, _: datetime) -> None:
    connection.execute(update(At).values(outcome="REFUSED"))


def taken_and_waits(connection: Any, _: datetime) -> None:
    connection.execute(update(De).values(state="QUEUED"))


def waits(connection: Any, now: datetime) -> None:
    """The last message to police, as if nobody had tried it, since long ago."""
    last = select(De.id).where(De.channel == "met/cad").order_by(De.id.desc()).limit(1)
    newest = connection.execute(last).scalar_one()
    late = {"state": "QUEUED", "taken_at": None, "queued_at": now - timedelta(days=1)}
    connection.execute(update(De).where(De.id == newest).values(**late))
    connection.execute(delete(At).where(At.delivery == newest))


def out_of_reach(connection: Any, now: datetime) -> None:
    waits(connection, now)
    connection.execute(update(m.LaneTable).values(next_attempt=None))


def put_off(connection: Any, now: datetime) -> None:
    waits(connection, now)
    connection.execute(update(m.LaneTable).values(next_attempt=now + timedelta(days=1), until=None))


def held_for_ever(connection: Any, now: datetime) -> None:
    waits(connection, now)
    held = {"next_attempt": now, "until": now + timedelta(days=1)}
    connection.execute(update(m.LaneTable).values(**held))


def straggles_nowhere(connection: Any, now: datetime) -> None:
    waits(connection, now)
    connection.execute(update(De).values(straggling=True))
    connection.execute(delete(m.StragglerTable))


def left_lying(connection: Any, now: datetime) -> None:
    """It can be claimed, all else by its channel is taken, and it never is."""
    waits(connection, now)
    connection.execute(update(m.LaneTable).values(next_attempt=now - MINUTE, until=None))
    for is_taken, at in ((True, now - MINUTE), (False, now - timedelta(days=1))):
        mine = (At.outcome == "TAKEN") == is_taken
        connection.execute(update(At).where(mine).values(at=at))


def a_gap(connection: Any, _: datetime) -> None:
    connection.execute(update(De).where(De.number == 2).values(number=1))


def beyond_the_last(connection: Any, _: datetime) -> None:
    connection.execute(update(m.PartyTable).values(last_number=m.PartyTable.last_number + 1))


def a_version_gone(connection: Any, _: datetime) -> None:
    connection.execute(delete(m.RecordVersionTable).where(m.RecordVersionTable.version == 1))


PLANTED = [
    ("I2", no_duty),
    ("I2", two_duties),
    ("I2", another_standing),
    ("I3", told_nobody),
    ("I4", met_by_nobody),
    ("I4", open_though_answered),
    ("I5", taken_by_none),
    ("I5", taken_and_waits),
    ("I6", left_lying),
    ("I8", out_of_reach),
    ("I8", put_off),
    ("I8", held_for_ever),
    ("I8", straggles_nowhere),
    ("I12", told_when_met),
    ("I13", a_gap),
    ("I13", beyond_the_last),
    ("I14", step_missed),
    ("I22", a_version_gone),
]


@pytest.mark.parametrize(("name", "plant"), PLANTED)
def test_what_was_planted_is_found(kept, name: str, plant: Plant):
    with behind_its_back(kept.engine) as connection:
        now = the_end(connection)
        plant(connection, now)
        found = names(connection, now)
        assert name in found


def test_each_of_the_ways_to_wait_out_of_reach_is_told_from_one_that_will_be_claimed(kept):
    with behind_its_back(kept.engine) as connection:
        now = the_end(connection)
        waits(connection, now)
        connection.execute(update(m.LaneTable).values(next_attempt=now - MINUTE, until=None))
        assert "I8" not in names(connection, now)
