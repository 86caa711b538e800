"""The real store in the stepping thread, which can die or fail at each of its durable points."""

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError

from adapters.database import log
from adapters.database.store import Store
from adapters.database.unit import SqlUnit
from missing_service.ports import Draw, StoreUnavailable
from tests.simulation.touched import WatchedState, faults_of

T = TypeVar("T")
POINTS = ("begin", "a row", "the log", "before commit", "after commit")
SAID = {
    "busy": "database is locked",
    "full": "database or disk is full",
    "cut": "disk I/O error",
}
UNKNOWN = ("commit done, unknown", "commit undone, unknown")
# what may happen, and where: the durable points A, D, E, K and R of every act are these
STORE_FAULTS = (  # what is unknown is the hardest: it comes more often
    *[("died", point) for point in POINTS],
    *[(word, point) for word in SAID for point in POINTS[:4]],
    *[(word, "the commit") for word in UNKNOWN * 3],
)
Fault = tuple[str, str]


class Died(Exception):
    """The process was killed here; what was committed stays, the rest is gone."""


class StepStore(Store):
    """One process at a time; `fault` is what happens to the next transaction."""

    fault: Fault | None = None
    passing = 0  # so many times its point is passed before
    commits = 0
    reached: Callable[[Fault], object]  # told each fault that really happened
    wrong: Callable[[str], object]  # told what a transaction must not do
    between: Callable[[], object]  # others may step before a transaction begins

    def write(self, function: Callable[[SqlUnit], T], draw: Draw, *, look: bool = False) -> T:
        self.between()
        try:
            return self._until_known(function, draw)
        except DBAPIError as fault:
            raise StoreUnavailable(f"The database did not accept it ({fault.orig}).") from fault

    def _until_known(self, function: Callable[[SqlUnit], T], draw: Draw) -> T:
        """After an unknown commit that had not happened, the whole function runs again."""
        lost = self.fault and self.fault[0] in UNKNOWN
        try:
            result = self._run(function, draw)
        except OperationalError:
            if not lost:
                raise
            result = self._run(function, draw)
        self._reach("after commit")
        return result

    def _unit(self, connection: Any, draw: Draw) -> SqlUnit:
        self._reach("begin")
        unit = super()._unit(connection, draw)
        unit.state = WatchedState(unit)
        return unit

    def _finish(self, unit: SqlUnit) -> None:
        for sentence in faults_of(unit):
            self.wrong(sentence)
        if self.fault and self.fault[1] == "a row":
            unit.cursor = FailingCursor(unit.cursor, lambda: self._reach("a row"), unit.draw)
        unit.send()
        self._reach("the log")
        log.append(unit.cursor, unit.statements, "duty", unit.leaves)
        log.append(unit.cursor, unit.statements, "access", unit.look_leaves)
        self._reach("before commit")

    def _commit(self, transaction: Any) -> None:
        self.commits += 1
        fault = self._hits("the commit")
        if fault is None:
            transaction.commit()
            return
        word = "COMMIT" if fault[0] == "commit done, unknown" else "ROLLBACK"
        transaction.connection.exec_driver_sql(word)
        raise OperationalError(word, {}, Exception("the connection was cut"))

    def _reach(self, point: str) -> None:
        """Here the process dies, or the database fails, if that is what is drawn."""
        fault = self._hits(point)
        if fault is None:
            return
        if fault[0] == "died":
            raise Died
        raise OperationalError(SAID[fault[0]], {}, sqlite3.OperationalError(SAID[fault[0]]))

    def _hits(self, point: str) -> Fault | None:
        """The fault, if this is the point and the time for it; it happens once."""
        fault = self.fault
        if fault is None or fault[1] != point:
            return None
        self.passing -= 1
        if self.passing >= 0:
            return None
        self.fault = None
        self.reached(fault)
        return fault


class FailingCursor:
    """A cursor of which one of the first few statements fails."""

    def __init__(self, cursor: Any, reach: Callable[[], object], draw: Any) -> None:
        self._cursor, self._reach = cursor, reach
        self._left = draw.salt()[0] % 6

    def execute(self, *arguments: Any) -> Any:
        if self._left == 0:
            self._reach()
        self._left -= 1
        return self._cursor.execute(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)
