"""Lanes: who sends next to whom, in order, held by a lease; and stragglers, which wait for
nobody."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.database import models as m
from adapters.database.statements import Statements
from missing_service.domain.delivery import Delivery, DeliveryState
from missing_service.ports import Claim

L, S, D, A = m.LaneTable, m.StragglerTable, m.DeliveryTable, m.AttemptTable
Rows = Any  # a SELECT of ours, whatever its columns
WAITING = (DeliveryState.QUEUED, DeliveryState.FAILING)


def make_due(
    cursor: Any, statements: Statements, deliveries: Iterable[Delivery], now: datetime
) -> None:
    """An idle lane is due at once; one that backs off keeps its pace."""
    statement = statements.upsert_lane
    for delivery in sorted(deliveries, key=lambda d: (d.lane, d.recipient, d.channel)):
        values = {
            "lane": delivery.lane,
            "recipient": delivery.recipient,
            "channel": delivery.channel,
            "destination": delivery.channel,
            "urgent": delivery.urgent,
            "next_attempt": now,
        }
        cursor.execute(statement.text, statement.given(values))


class Lanes:
    """The working rows of delivery, in one transaction."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def claim(
        self, destination: str, limit: int, lease: timedelta, token: UUID, *, fresh: bool = False
    ) -> list[Claim]:
        """Hold up to `limit` due lanes and stragglers of a destination, the most urgent first."""
        claims = self._claim_lanes(destination, limit, lease, token, fresh=fresh)
        if fresh or len(claims) >= limit:
            return claims
        return claims + self._claim_stragglers(destination, limit - len(claims), lease, token)

    def _claim_lanes(
        self, destination: str, limit: int, lease: timedelta, token: UUID, *, fresh: bool
    ) -> list[Claim]:
        """Looks again where lanes were found that only had to rest: they must not take the place of
        work."""
        query = select(L.lane, L.recipient, L.channel, L.failures, L.failing_since)
        query = self._due(query, L, destination)
        if fresh:
            query = query.where(L.urgent, L.failures == 0)
        query = query.order_by(L.urgent.desc(), L.next_attempt).with_for_update(skip_locked=True)
        claims: list[Claim] = []
        while len(claims) < limit:
            rows = self._connection.execute(query.limit(limit - len(claims))).all()
            claims += [c for row in rows if (c := self._hold_lane(row, lease, token))]
            if not rows:
                break
        return claims

    def _due(self, query: Rows, table: Any, destination: str) -> Rows:
        free = or_(table.until.is_(None), table.until < self._now)
        return query.where(table.destination == destination, table.next_attempt <= self._now, free)

    def _hold_lane(self, row: Any, lease: timedelta, token: UUID) -> Claim | None:
        """The lane's lowest untaken number; a lane with nothing to send rests."""
        mine = (L.lane == row.lane, L.recipient == row.recipient, L.channel == row.channel)
        head = self._head(row)
        if head is None:
            rest = update(L).where(*mine).values(next_attempt=None, token=None, until=None)
            self._connection.execute(rest)
            return None
        held = {"token": token, "until": self._now + lease}
        self._connection.execute(update(L).where(*mine).values(**held))
        return Claim(head.id, head.stream, token, row.failures, row.failing_since, False)

    def _head(self, row: Any) -> Any:
        return self._connection.execute(self._waiting(row).limit(1)).first()

    def _waiting(self, row: Any) -> Rows:
        mine = (D.lane == row.lane, D.recipient == row.recipient, D.channel == row.channel)
        query = select(D.id, D.stream, D.urgent)
        query = query.where(*mine, D.state.in_(WAITING), D.straggling.is_(False))
        return query.order_by(D.number, D.id)

    def _claim_stragglers(
        self, destination: str, limit: int, lease: timedelta, token: UUID
    ) -> list[Claim]:
        self._drop_superseded(destination)
        query = select(S.delivery, S.failures, S.failing_since, D.stream)
        query = query.join(D, D.id == S.delivery).order_by(S.next_attempt).limit(limit)
        query = self._due(query, S, destination).with_for_update(skip_locked=True, of=S)
        found = self._connection.execute(query).all()
        for row in found:
            held = {"token": token, "until": self._now + lease}
            self._connection.execute(update(S).where(S.delivery == row.delivery).values(**held))
        return [
            Claim(r.delivery, r.stream, token, r.failures, r.failing_since, True) for r in found
        ]

    def _drop_superseded(self, destination: str) -> None:
        """A record whose successor was taken is not sent any more."""
        over = select(D.id).where(D.id == S.delivery, D.state.not_in(WAITING)).exists()
        due = (S.destination == destination, S.next_attempt <= self._now, S.until.is_(None))
        self._connection.execute(delete(S).where(*due, over))

    def has_urgent_behind(self, delivery: Delivery) -> bool:
        """Whether something urgent waits in the lane behind this, its head."""
        behind = self._waiting(delivery).where(D.urgent, D.id != delivery.id).limit(1)
        return self._connection.execute(behind).first() is not None

    def went(self, claim: Claim, delivery: Delivery) -> None:
        """It was taken: its lane goes on with the next at once, or rests; it straggles no more,
        whoever says so."""
        self._drop(claim.delivery)
        if claim.straggler:
            return
        lane = self._mine(delivery)
        self._connection.execute(update(L).where(*lane).values(failures=0, failing_since=None))
        self._let_go(claim, delivery)

    def left(self, claim: Claim, delivery: Delivery, wait: timedelta, since: datetime) -> None:
        """Refused or overtaken: it goes on outside the lane's order, and the lane goes on without
        it."""
        row = {
            "delivery": delivery.id,
            "destination": delivery.channel,
            "next_attempt": self._now + wait,
            "failures": claim.failures + 1,
            "failing_since": since,
        }
        kind = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        insert = kind.insert(S).values(**row).on_conflict_do_nothing()
        self._connection.execute(insert)
        self._let_go(claim, delivery)

    def failed(self, claim: Claim, delivery: Delivery, wait: timedelta, since: datetime) -> None:
        """It was not taken: again after the wait, by whoever is free then."""
        table: Any = S if claim.straggler else L
        mine = (S.delivery == delivery.id,) if claim.straggler else self._mine(delivery)
        again = {
            "next_attempt": self._now + wait,
            "failures": claim.failures + 1,
            "failing_since": since,
            "token": None,
            "until": None,
        }
        fenced = (*mine, table.token == claim.token)
        self._connection.execute(update(table).where(*fenced).values(**again))

    def drop(self, delivery: UUID) -> None:
        self._drop(delivery)

    def _drop(self, delivery: UUID) -> None:
        self._connection.execute(delete(S).where(S.delivery == delivery))

    def _mine(self, delivery: Delivery) -> tuple[Any, ...]:
        return (
            L.lane == delivery.lane,
            L.recipient == delivery.recipient,
            L.channel == delivery.channel,
        )

    def _let_go(self, claim: Claim, delivery: Delivery) -> None:
        """Free the lane, due at once: the next claim finds its next head, or puts it to rest."""
        free = {"next_attempt": self._now, "token": None, "until": None}
        fenced = (*self._mine(delivery), L.token == claim.token)
        self._connection.execute(update(L).where(*fenced).values(**free))

    def settle(self, delivery: UUID) -> None:
        """Wait until no claim of the delivery is under way, and let none begin until the end."""
        if self._connection.dialect.name == "sqlite":
            return  # one writer: nothing is ever under way beside it
        its = (L.lane == D.lane, L.recipient == D.recipient, L.channel == D.channel)
        lane = select(L.lane).join(D, and_(*its)).where(D.id == delivery)
        self._connection.execute(lane.with_for_update(of=L))
        self._connection.execute(select(S.delivery).where(S.delivery == delivery).with_for_update())

    def attempts(self, delivery: UUID) -> tuple[int, int]:
        """How many attempt rows there are of a delivery, and how many of them are sealed."""
        rows = self._connection.execute(select(func.max(A.n)).where(A.delivery == delivery))
        seal = m.AttemptSealTable
        sealed = select(func.max(seal.last)).where(seal.delivery == delivery)
        return rows.scalar() or 0, self._connection.execute(sealed).scalar() or 0

    def attempt_rows(self, delivery: UUID, after: int) -> Sequence[Any]:
        query = select(*A.__table__.columns).where(A.delivery == delivery, A.n > after)
        return self._connection.execute(query.order_by(A.n)).all()

    def unsealed(self, limit: int) -> Sequence[UUID]:
        """Deliveries with attempt rows that no event vouches for yet."""
        seal = m.AttemptSealTable
        sealed = select(func.coalesce(func.max(seal.last), 0)).where(seal.delivery == A.delivery)
        query = select(A.delivery).where(A.n > sealed.scalar_subquery()).distinct().limit(limit)
        return self._connection.execute(query).scalars().all()
