"""A dead force with 50,000 alerts waiting costs another's nothing: counted, not timed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Engine, text

from adapters.database import claims as c
from adapters.database.pulse import DUE
from adapters.database.statements import statements_for
from adapters.database.types import EPOCH
from missing_service.domain.pace import Pace
from missing_service.usecases.deliver_next import Paces, claim_errands, note_answers
from tests.adapters.stores import TAKEN, Desk, open_desk
from tests.faults.drivers import attach
from tests.faults.steps import STATEMENT, Kind, Steps

BACKLOG = 50_000
FEW = {"postgresql": 60, "sqlite": 3_000}  # rows; steps. To read the backlog takes 500,000
DEAD, WELL = "dead/cad", "met/cad"
FILL = {
    "sqlite": "WITH RECURSIVE each(n) AS"
    " (SELECT 1 UNION ALL SELECT n + 1 FROM each WHERE n < :many)"
    " INSERT INTO lane (lane, recipient, channel, destination, urgent, next_attempt, failures,"
    " failing_since, told) SELECT CAST(printf('%016d', n) AS BLOB), 'dead', :dead, :dead, 1,"
    " :due + n, 12, :since + n, 1 FROM each",
    "postgresql": "INSERT INTO lane (lane, recipient, channel, destination, urgent, next_attempt,"
    " failures, failing_since, told) SELECT CAST(lpad(to_hex(n), 32, '0') AS uuid), 'dead', :dead,"
    " :dead, true, CAST(:due AS timestamptz) + n * interval '1 microsecond', 12,"
    " CAST(:since AS timestamptz) + n * interval '1 microsecond', true"
    " FROM generate_series(1, :many) AS n",
}
QUESTIONS: dict[str, Any] = {
    "what is due anywhere": DUE,
    "hold what is due": c.HOLD_DUE,
    "hold what was never tried": c.HOLD_FRESH,
    "since when it fails": c.FAILING_SINCE,
    "of which people were not told": c.UNTOLD,
}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with open_desk(database_url) as desk:
        yield desk


def pile_up(desk: Desk) -> None:
    """So many lanes of the dead force: urgent, tried for an hour, known to fail, and due again."""
    engine: Engine = desk.store.engine
    now = desk.clock.now()
    due, since = (_stored(engine, now - ago) for ago in (timedelta(minutes=1), timedelta(hours=1)))
    given = {"many": BACKLOG, "dead": DEAD, "due": due, "since": since}
    with engine.begin() as connection:
        connection.execute(text(FILL[engine.dialect.name]), given)
        connection.exec_driver_sql("ANALYZE")


def _stored(engine: Engine, at: datetime) -> Any:
    return at if engine.dialect.name == "postgresql" else (at - EPOCH) // timedelta(microseconds=1)


def cost(desk: Desk, question: Any, destination: str) -> int:
    """What answering touches: rows on PostgreSQL, steps of its machine on SQLite."""
    now, kind = desk.store.now(), desk.store.engine.dialect.name
    query = statements_for(kind).query(question)
    values = {
        "destination": destination,
        "now": now,
        "most": 4,
        "held_by": UUID(int=7),
        "held_until": now + timedelta(seconds=30),
        "after": datetime(2026, 1, 1, tzinfo=UTC),
    }
    given = query._given({name: values[name] for name in values.keys() & query._binds.keys()})
    return (_rows if kind == "postgresql" else _steps)(desk.store.engine, query.text, given)


def _rows(engine: Engine, words: str, given: Any) -> int:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        found = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {words}", given).fetchone()
        connection.rollback()
    assert found is not None
    return int(sum(_touched(part) for part in _parts(found[0][0]["Plan"])))


def _parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _parts(below)


def _touched(part: dict[str, Any]) -> float:
    passed_over = part.get("Rows Removed by Filter", 0)
    return float((part["Actual Rows"] + passed_over) * part["Actual Loops"])


def _steps(engine: Engine, words: str, given: Any) -> int:
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.set_progress_handler(step, 1)
        driver.execute(words, given).fetchall()
        driver.set_progress_handler(None, 0)
        connection.rollback()
    return count


@dataclass
class Count:
    """Counts the statements that a store sends from now on."""

    desk: Desk
    steps: Steps = field(default_factory=Steps)

    def __post_init__(self) -> None:
        store = self.desk.store
        attach(store.engine, self.steps)
        if not store.is_postgres:
            store.write(lambda _: None, self.desk.service.new_draw(self.desk.clock.now()))
            store._kept.invalidate()
        store.engine.dispose()

    def of(self, act: Callable[[], Any]) -> int:
        self.steps.arm(Kind("counted", (STATEMENT,), lambda _: None), 0)
        act()
        self.steps.heal()
        return self.steps.count


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_reads_the_backlog(desk: Desk, name: str):
    desk.report()
    pile_up(desk)
    for destination in (DEAD, WELL):
        assert cost(desk, QUESTIONS[name], destination) < FEW[desk.store.engine.dialect.name]


def test_an_alert_of_another_force_asks_as_much_beside_the_backlog_as_without_it(desk: Desk):
    count, paces = Count(desk), knowing_the_dead(desk.clock.now())

    def alert() -> int:
        desk.report()
        return count.of(lambda: turn(desk, paces))

    alert()
    alone = alert()
    pile_up(desk)
    assert alert() == alone


def turn(desk: Desk, paces: Paces) -> None:
    """One turn of a dispatcher that has found the dead force silent."""
    due = [each.destination for each in desk.application.pulse.due()]
    now = desk.service.clock.now()
    errands = claim_errands(desk.service, paces, among=[d for d in due if paces.room(d, now)[0]])
    assert [errand.channel for errand in errands] == [WELL]
    note_answers(desk.service, [(errand, TAKEN) for errand in errands], lambda: 0.5)


def knowing_the_dead(now: datetime) -> Paces:
    return Paces({DEAD: Pace(failures=99, probe_at=now + timedelta(seconds=5))})


def test_many_alerts_ask_little_more_than_one(desk: Desk):
    """Claimed together, noted together: only their own rows are sent for each."""
    count = Count(desk)
    desk.report()
    one = count.of(lambda: desk.claim())
    for _ in range(16):
        desk.report()
    many: list[Any] = []
    paces = Paces({WELL: Pace(allowed=16)})
    sixteen = count.of(lambda: many.extend(claim_errands(desk.service, paces, among=[WELL])))
    assert len(many) == 16
    assert sixteen <= one + 1  # their start rows go eight to a statement

    first, *others = [(errand, TAKEN) for errand in many]
    alone = count.of(lambda: note_answers(desk.service, [first], lambda: 0.5))
    together = count.of(lambda: note_answers(desk.service, others, lambda: 0.5))
    own = 3  # its stream, its delivery and its lane move on
    by_eights = 4  # starts, events, seals and leaves
    assert together <= alone + own * (len(others) - 1) + by_eights
