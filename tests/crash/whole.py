"""What must hold of one PostgreSQL and its receivers after many processes were at work on it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, select, text

from adapters.database import models as m
from missing_service.domain.merkle import Frontier, leaf_hash
from missing_service.domain.policy import ObligationKind as Kind
from tests.peers.police import Received

LOG = "SELECT l.n, leaf_hash, leaf FROM duty_log l JOIN event e ON e.id = l.event ORDER BY 1"
STUCK = """SELECT count(*) FROM lane WHERE next_attempt < clock_timestamp() - interval '{0} s'
    AND (until IS NULL OR until < clock_timestamp() - interval '{0} s')"""
LATE = """SELECT count(*) FROM obligation
    WHERE next_step_at < clock_timestamp() - interval '{0} s'"""


class Whole:
    """Reads the database as it stands, beside those at work."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))

    def close(self) -> None:
        self._engine.dispose()

    def rows(self, table: Any) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(select(table.__table__)).all())

    def references(self) -> list[str]:
        return [row.reference for row in self.rows(m.EpisodeTable)]

    def stuck(self, seconds: float) -> tuple[int, int]:
        """Lanes that nobody takes and steps that nobody decides, past the lease by so long."""
        with self._engine.connect() as connection:
            found = [connection.execute(text(q.format(seconds))).scalar() for q in (STUCK, LATE)]
        return found[0] or 0, found[1] or 0

    def assert_the_log_is_whole(self) -> int:
        """Gapless, each event once, the head's root that of what is stored; how many leaves."""
        with self._engine.connect() as connection:
            log = connection.execute(text(LOG)).all()
            head = connection.execute(
                text("SELECT size, root FROM log_head WHERE log = 'duty'")
            ).one()
        assert [row.n for row in log] == list(range(1, len(log) + 1))
        assert len(log) == len(self.rows(m.EventTable))
        frontier = Frontier()
        for row in log:
            assert bytes(row.leaf_hash) == leaf_hash(bytes(row.leaf))
            frontier = frontier.append(bytes(row.leaf_hash))
        assert (head.size, bytes(head.root)) == (len(log), frontier.root())
        return len(log)

    def assert_each_step_once(self, steps: Sequence[float], every: float) -> int:
        """Each step of each police duty once, the repeats without a gap; how many there were."""
        told = defaultdict(list)
        for row in self.rows(m.StepToldTable):
            told[row.obligation].append(row)
        owed = [r for r in self.rows(m.ObligationTable) if r.kind is Kind.police_acknowledgement]
        for duty in owed:
            self._assert_ladder(duty, told[duty.id], steps, timedelta(seconds=every))
        return sum(row.count for rows in told.values() for row in rows)

    def _assert_ladder(
        self, duty: Any, told: Sequence[Any], steps: Sequence[float], every: timedelta
    ) -> None:
        names = [row.step for row in told if row.step != "repeat"]
        assert sorted(names) == [str(n + 1) for n in range(len(names))]
        expected = duty.started_at + timedelta(seconds=steps[-1]) + every
        for row in sorted((r for r in told if r.step == "repeat"), key=lambda r: r.due_at):
            assert row.due_at == expected, "a repeat was told twice, or left out"
            expected += row.count * every

    def untaken(self, channel: str) -> list[Any]:
        """What waits for a destination."""
        found = self.rows(m.DeliveryTable)
        return [d for d in found if d.channel == channel and d.state.value in ("QUEUED", "FAILING")]


def ids_of(received: Iterable[Received]) -> dict[tuple[str, int | None], Counter[str]]:
    """For each episode and number, the ids under which it came, and how often."""
    found: dict[tuple[str, int | None], Counter[str]] = defaultdict(Counter)
    for message in received:
        reference = message.data["data"]["episode"]["reference"]
        found[reference, message.number][message.id] += 1
    return found


def bodies_of(received: Iterable[Received]) -> dict[str, set[bytes]]:
    found: dict[str, set[bytes]] = defaultdict(set)
    for message in received:
        found[message.id].add(message.body)
    return found
