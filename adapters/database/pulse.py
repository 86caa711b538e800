"""What the workers ask each second, cheaply, and the working rows by which they are seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, delete, func, literal, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from adapters.database import models as m
from adapters.database.store import Store
from adapters.database.types import UtcDateTime
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
        now = {"now": self._store.now()}
        rows = self._store.read(lambda reading: reading.connection.execute(DUE, now).all())
        return [Due(destination, bool(fresh)) for destination, fresh in rows]

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
        query = select(L.lane).where(L.lane == lane, _is_free(L, self._store.now())).limit(1)
        found = self._store.read(lambda reading: reading.connection.execute(query).first())
        return found is not None

    def _insert(self, table: Any) -> Any:
        return (postgresql if self._store.is_postgres else sqlite).insert(table)

    def _write(self, function: Callable[[Any], Any]) -> Any:
        return self._store.write(function, self._new_draw(self._store.now()))


def _due_query() -> Any:
    now = bindparam("now", type_=UtcDateTime)
    fresh = func.max(case((and_(L.urgent, L.failures == 0), 1), else_=0))
    lanes = select(L.destination, fresh).where(_is_free(L, now)).group_by(L.destination)
    late = select(S.destination, literal(0)).where(_is_free(S, now)).group_by(S.destination)
    both = union_all(lanes, late).subquery()
    destination, is_fresh = both.c
    return select(destination, func.max(is_fresh)).group_by(destination)


def _is_free(table: Any, now: Any) -> Any:
    return and_(table.next_attempt <= now, or_(table.until.is_(None), table.until < now))


DUE = _due_query()  # made once: it is asked at every turn
