"""What the workers ask each second, cheaply, and the working rows by which they are seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, delete, func, literal, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from adapters.database import models as m
from adapters.database.claims import FRESH, OTHER, TRIED_OR_NOT, URGENT, is_due
from adapters.database.store import Store
from missing_service.ports import Draw

L, S, Owed = m.LaneTable, m.StragglerTable, m.ObligationTable
NEXT_STEP = select(func.min(Owed.next_step_at)).where(Owed.next_step_at.is_not(None))
FORGOTTEN_AFTER = timedelta(days=1)
AHEAD = timedelta(minutes=1)
RUNS_KEPT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Due:
    """A destination with something to send now; `fresh`: urgent, and never tried."""

    destination: str
    fresh: bool


class Pulse:
    """Reads without a writing transaction where nothing is due."""

    def __init__(self, store: Store, new_draw: Callable[[datetime], Draw]) -> None:
        self._store = store
        self._new_draw = new_draw

    def now(self) -> datetime:
        """The clock by which what is due is judged."""
        return self._store.now()

    def next_step(self) -> datetime | None:
        """The next instant at which a ladder has a step, past or to come."""
        found = self._store.ask(NEXT_STEP)
        return found[0] if found else None

    def due(self) -> list[Due]:
        """The destinations that could be sent something now."""
        rows = self._store.ask_all(DUE, now=self._store.now())
        found: dict[str, bool] = {}
        for destination, fresh in rows:
            found[destination] = found.get(destination, False) or fresh is not None
        return [Due(destination, fresh) for destination, fresh in found.items()]

    def beat(self, worker: str) -> None:
        """Say that this worker is alive; workers that were silent for a day are forgotten, and
        beats of a time to come, which a clock that ran ahead has left."""
        now = self._store.now()
        table = m.HeartbeatTable
        insert = self._insert(table).values(worker=worker, at=now)
        beat = insert.on_conflict_do_update(index_elements=["worker"], set_={"at": now})
        old = delete(table).where(or_(table.at < now - FORGOTTEN_AFTER, table.at > now + AHEAD))
        self._write(lambda unit: [unit.connection.execute(each) for each in (beat, old)])

    def begin_job(self, job: str, planned_for: datetime) -> bool:
        """Whether this process runs the job of that instant: one does, across all processes; runs
        of a month ago are forgotten."""
        runs = m.JobRunTable
        long_ago = runs.planned_for < planned_for - RUNS_KEPT
        old = delete(runs).where(runs.job == job, long_ago)

        def begin(unit: Any) -> bool:
            won: bool = unit.begin_job(job, planned_for)
            if won:
                unit.connection.execute(old)
            return won

        return bool(self._write(begin))

    def is_due(self, lane: UUID) -> bool:
        """Whether something in this lane, to whomever, could be sent now."""
        query = select(L.lane).where(L.lane == lane, is_due(L)).limit(1)
        now = {"now": self._store.now()}
        found = self._store.read(lambda reading: reading.connection.execute(query, now).first())
        return found is not None

    def _insert(self, table: Any) -> Any:
        return (postgresql if self._store.is_postgres else sqlite).insert(table)

    def _write(self, function: Callable[[Any], Any]) -> Any:
        return self._store.write(function, self._new_draw(self._store.now()))


def _places(table: Any) -> Any:
    """Each destination once, from one entry of the index to the next destination's first."""
    first = select(func.min(table.destination).label("place")).where(_waits(table))
    places = first.cte(f"{table.__tablename__}_places", recursive=True)
    more = and_(_waits(table), table.destination > places.c.place)
    beyond = select(func.min(table.destination)).where(more).scalar_subquery()
    return places.union_all(select(beyond).where(places.c.place.is_not(None)))


def _waits(table: Any) -> Any:
    waits = table.next_attempt.is_not(None)
    return and_(waits, TRIED_OR_NOT) if table is L else waits


def _due_lane(place: Any, kind: Any) -> Any:
    return _first_due(L, place).where(*kind).scalar_subquery()


def _first_due(table: Any, place: Any) -> Any:
    """Ordered as an index is, so that none is read beyond the first."""
    query = select(literal(1)).where(table.destination == place, is_due(table))
    return query.order_by(table.next_attempt).limit(1)


def _due_query() -> Any:
    lanes, late = _places(L).c.place, _places(S).c.place
    fresh, urgent, other = (_due_lane(lanes, kind) for kind in (FRESH, URGENT, OTHER))
    is_late = _first_due(S, late).scalar_subquery().is_not(None)
    return union_all(
        select(lanes, fresh).where(func.coalesce(fresh, urgent, other).is_not(None)),
        select(late, literal(None, Integer)).where(is_late),
    )


DUE = _due_query()  # made once: it is asked at every turn
