"""The store's door: `write(function)` runs one function in one transaction, whole, once,
durably."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from adapters.cipher import KeyRing
from adapters.database import log
from adapters.database.books import HOW_FAR, Books, directory_version
from adapters.database.reading import Reading
from adapters.database.statements import Asked, cursor_of, statements_for
from adapters.database.transactions import alone, closing, in_one_form, roll_back
from adapters.database.types import UtcDateTime
from adapters.database.unit import SqlUnit
from missing_service.domain.calendar import Calendar
from missing_service.domain.directory import Directory
from missing_service.domain.policy import Policy
from missing_service.domain.telling import DIRECTORY_STREAM
from missing_service.ports import Clock, Draw, StoreBusy, StoreUnavailable, Wake

T = TypeVar("T")
AGAIN = frozenset(
    {"40001", "40P01"}
)  # serialisation failure, deadlock: run the whole function again
BUSY = "55P03"  # lock_not_available
TRIES = 8
ASK_AGAIN = 0.25  # seconds
DUTY, LOOK = 0, 1


class Store:
    """What both databases share; `write` and `now` differ."""

    is_postgres = False
    ask_again = ASK_AGAIN

    def __init__(
        self, engine: Engine, keys: KeyRing, books: Books, clock: Clock, wake: Wake | None = None
    ) -> None:
        self.engine = engine
        self.keys = keys
        self.books = books
        self.clock = clock
        self.wake = wake

    def write(self, function: Callable[[SqlUnit], T], draw: Draw, *, look: bool = False) -> T:
        raise NotImplementedError

    def now(self) -> datetime:
        """The clock by which leases and due instants are judged."""
        return self.clock.now()

    def read(self, function: Callable[[Reading], T]) -> T:
        """Run a function that only reads, in one transaction."""

        def ask() -> T:
            with self.reading() as reading:
                return function(reading)

        return self._answered(ask)

    def _answered(self, ask: Callable[[], T]) -> T:
        """What only reads is asked once more where a kept connection was found dead."""
        try:
            return ask()
        except DBAPIError as fault:
            if not fault.connection_invalidated:
                raise _unanswered(fault) from fault
        self.engine.dispose()  # the others that were kept are as old as that one
        try:
            return ask()
        except DBAPIError as fault:
            raise _unanswered(fault) from fault

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        connection = self.engine.connect().execution_options(reads=True)
        with closing(connection), in_one_form(connection), connection.begin():
            yield Reading(connection, self.keys)

    def directory(self) -> Directory:
        """The directory as it stands, kept until its stream moves on."""
        if self.books.read_at == self._how_far():
            return self.books.current
        return self.read(lambda reading: self.books.directory(reading, directory_version(reading)))

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.books.policy

    @property
    def calendar(self) -> Calendar:
        """Working days and school mornings."""
        return self.books.calendar

    def _how_far(self) -> int:
        """How far the directory's stream has come."""
        found = self.ask(HOW_FAR, id=DIRECTORY_STREAM)
        return found[0] if found else 0

    def ask(self, question: Asked, **values: Any) -> list[Any] | None:
        """The first row that one question finds, asked with no transaction around it."""
        found = self.ask_all(question, **values)
        return found[0] if found else None

    def ask_all(self, question: Asked, **values: Any) -> list[list[Any]]:
        """The same, with every row."""
        query = statements_for(self.engine.dialect.name).query(question)

        def every() -> list[list[Any]]:
            with self.engine.connect() as connection, in_one_form(connection), alone(connection):
                return query.all(cursor_of(connection), **values)

        return self._answered(every)

    def close(self) -> None:
        self.engine.dispose()

    def _run(self, function: Callable[[SqlUnit], T], draw: Draw) -> T:
        """One whole run of the function, from BEGIN to COMMIT."""
        draw.restart()
        unit: SqlUnit | None = None
        with self._to_write() as connection, ExitStack() as until_committed:
            transaction = connection.begin()
            try:
                with in_one_form(connection):
                    unit = self._unit(connection, draw)
                    result = function(unit)
                    until_committed.enter_context(self._sent_together(connection))
                    self._finish(unit)
            except BaseException:
                roll_back(transaction, until_committed)
                raise
            try:
                with in_one_form(connection):
                    self._commit(transaction)
                    until_committed.close()  # its last answer may be that the server went away
            except DBAPIError:
                roll_back(transaction, until_committed)
                if not self._is_committed(unit):
                    raise
        if unit.has_work and self.wake:
            self.wake.set()
        return result

    def _to_write(self) -> AbstractContextManager[Connection]:
        return self.engine.connect()

    def _commit(self, transaction: Any) -> None:
        """Make it durable; an error here leaves it unknown whether it is."""
        transaction.commit()

    def _unit(self, connection: Connection, draw: Draw) -> SqlUnit:
        now, last_n = self._opening(connection)
        unit = SqlUnit(connection, self.keys, draw, now)
        unit.book = self.books.rulebook(unit, draw, last_n)
        return unit

    def _opening(self, connection: Connection) -> tuple[datetime, int]:
        """What every unit begins with: the time, and how far the directory's stream has come."""
        return self.clock.now(), directory_version(Reading(connection, self.keys))

    def _sent_together(self, connection: Connection) -> AbstractContextManager[Any]:  # noqa: ARG002
        """Statements in it wait for no answer of their own."""
        return nullcontext()

    def _finish(self, unit: SqlUnit) -> None:
        """Send the rows, then the log's leaves: the head is locked last and held through COMMIT."""
        unit.send()
        log.append(unit.cursor, unit.statements, "duty", unit.leaves)
        log.append(unit.cursor, unit.statements, "access", unit.look_leaves)

    def _is_committed(self, unit: SqlUnit) -> bool:
        """After an unknown commit: a row that only this unit can have written says whether it
        was."""
        if unit.witness is None:
            return False
        for _ in range(TRIES):
            try:
                with self.engine.connect().execution_options(reads=True) as connection:
                    return connection.execute(unit.witness).first() is not None
            except DBAPIError:
                threading.Event().wait(
                    self.ask_again
                )  # the database is away: ask it when it is back
        raise StoreUnavailable("The database went away while saving: look whether it was saved.")


class PostgresStore(Store):
    """Runs in the caller's thread; any number of processes share one database."""

    is_postgres = True

    def __init__(self, *args: Any, offset: timedelta = timedelta(), **options: Any) -> None:
        super().__init__(*args, **options)
        self.offset = offset  # zero in production; tests move it

    def write(self, function: Callable[[SqlUnit], T], draw: Draw, *, look: bool = False) -> T:  # noqa: ARG002
        for tried in count(1):
            try:
                return self._run(function, draw)
            except DBAPIError as fault:
                if not _is_worth_another(fault) or tried == TRIES:
                    raise _named(fault) from fault
        raise AssertionError("unreachable")

    def now(self) -> datetime:
        def ask() -> datetime:
            with self.engine.connect() as connection, in_one_form(connection), alone(connection):
                return self._opening(connection)[0]

        return self._answered(ask)

    def _opening(self, connection: Connection) -> tuple[datetime, int]:
        """One round trip, with the BEGIN that the driver sends before it."""
        query, cursor = statements_for("postgresql").query(OPENING), cursor_of(connection)
        with self._sent_together(connection):
            query.run(cursor, id=DIRECTORY_STREAM)
        (found,) = query.found(cursor)
        return found[0] + self.offset, found[1] or 0

    def _sent_together(self, connection: Connection) -> AbstractContextManager[Any]:
        driver: Any = connection.connection.dbapi_connection
        return driver.pipeline()  # type: ignore[no-any-return]


OPENING = select(func.clock_timestamp(type_=UtcDateTime()), HOW_FAR.scalar_subquery())


def _is_worth_another(fault: DBAPIError) -> bool:
    state = getattr(fault.orig, "sqlstate", None)
    if isinstance(fault, IntegrityError):
        return "idempotency" in str(fault.orig)  # another caller's key was first: read it
    return state in AGAIN or fault.connection_invalidated or state is None


def _named(fault: DBAPIError) -> Exception:
    if getattr(fault.orig, "sqlstate", None) == BUSY:
        return StoreBusy("The first call with this key is still being answered.")
    return StoreUnavailable(f"The database did not accept it ({type(fault.orig).__name__}).")


class SqliteStore(Store):
    """One writer thread runs one function at a time, duty work before looks; reads use other
    connections."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._orders: queue.PriorityQueue[tuple[int, int, Any]] = queue.PriorityQueue()
        self._count = count()
        self._kept: Connection | None = None
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def write(self, function: Callable[[SqlUnit], T], draw: Draw, *, look: bool = False) -> T:
        answer: Future[T] = Future()
        order = (function, draw, answer)
        self._orders.put((LOOK if look else DUTY, next(self._count), order))
        return answer.result()

    def close(self) -> None:
        self._orders.put((LOOK + 1, next(self._count), None))
        self._thread.join(timeout=10)
        super().close()

    def _work(self) -> None:
        while (order := self._orders.get()[2]) is not None:
            function, draw, answer = order
            try:
                answer.set_result(self._run(function, draw))
            except DBAPIError as fault:
                answer.set_exception(_named_sqlite(fault))
            except BaseException as fault:
                answer.set_exception(fault)
        if self._kept:
            self._kept.close()

    def _to_write(self) -> AbstractContextManager[Connection]:
        """The writer's own, always the same: its pages and statements stay in its memory."""
        kept = self._kept
        if kept and (kept.invalidated or kept.in_transaction()):
            with suppress(DBAPIError):
                kept.close()  # a fault left it in a state that nobody knows
            kept = None
        self._kept = kept or self.engine.connect()
        return nullcontext(self._kept)


def _named_sqlite(fault: DBAPIError) -> Exception:
    if isinstance(fault, IntegrityError):
        return fault
    return StoreUnavailable(f"The database did not accept it ({fault.orig}).")


def _unanswered(fault: DBAPIError) -> StoreUnavailable:
    return StoreUnavailable(f"The database did not answer ({type(fault.orig).__name__}).")


def make_store(
    engine: Engine, keys: KeyRing, books: Books, clock: Clock, wake: Wake | None = None
) -> Store:
    kind = SqliteStore if engine.dialect.name == "sqlite" else PostgresStore
    return kind(engine, keys, books, clock, wake)
