"""Lanes: who sends next to whom, in order, held by a lease; and stragglers, which wait for
nobody."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Text,
    and_,
    bindparam,
    cast,
    collate,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from adapters.database import models as m
from adapters.database.statements import Statements
from adapters.database.types import UtcDateTime
from missing_service.domain.delivery import Delivery, DeliveryState
from missing_service.ports import Claim

L, S, D, A, P = m.LaneTable, m.StragglerTable, m.DeliveryTable, m.AttemptTable, m.PartyTable
WAITING = (DeliveryState.QUEUED, DeliveryState.FAILING)
FREE = dict.fromkeys(("token", "until"))  # nobody holds it
Rows = Any  # a SELECT of ours, whatever its columns

# Statements are made once; each turn of a worker only fills them in.

LANE = (
    L.lane == bindparam("in_lane"),
    L.recipient == bindparam("to_recipient"),
    L.channel == bindparam("by_channel"),
)


def _due(query: Rows, table: Any) -> Rows:
    now = bindparam("now", type_=UtcDateTime)
    free = or_(table.until.is_(None), table.until < now)
    mine = table.destination == bindparam("destination")
    return query.where(mine, table.next_attempt <= now, free).limit(bindparam("most"))


DUE_LANES = (
    _due(select(L.lane, L.recipient, L.channel, L.failures, L.failing_since), L)
    .order_by(L.urgent.desc(), L.next_attempt)
    .with_for_update(skip_locked=True)
)
FRESH_LANES = DUE_LANES.where(L.urgent, L.failures == 0)
ONE_LANE = DUE_LANES.where(L.lane == bindparam("only"))
DUE_STRAGGLERS = (
    _due(select(S.delivery, S.failures, S.failing_since, D.stream), S)
    .join(D, D.id == S.delivery)
    .order_by(S.next_attempt)
    .with_for_update(skip_locked=True, of=S)
)
SUPERSEDED_STRAGGLERS = delete(S).where(
    S.destination == bindparam("destination"),
    S.next_attempt <= bindparam("now", type_=UtcDateTime),
    S.until.is_(None),
    select(D.id).where(D.id == S.delivery, D.state.not_in(WAITING)).exists(),
)
WAITING_IN_LANE = (
    select(D.id, D.stream, D.urgent)
    .where(
        D.lane == bindparam("in_lane"),
        D.recipient == bindparam("to_recipient"),
        D.channel == bindparam("by_channel"),
        D.state.in_(WAITING),
        D.straggling.is_(False),
    )
    .order_by(D.number, D.id)
    .limit(1)
)
URGENT_BEHIND = WAITING_IN_LANE.where(D.urgent, D.id != bindparam("head"))
HOLD_LANE = update(L).where(*LANE).values(token=bindparam("held_by"), until=bindparam("held_until"))
REST_LANE = update(L).where(*LANE).values(next_attempt=None, token=None, until=None)
HOLD_STRAGGLER = (
    update(S)
    .where(S.delivery == bindparam("straggler"))
    .values(token=bindparam("held_by"), until=bindparam("held_until"))
)
THESE: Any = bindparam("these", expanding=True)
SETTLE_LANES = (
    select(L.lane)
    .join(D, and_(L.lane == D.lane, L.recipient == D.recipient, L.channel == D.channel))
    .where(D.id.in_(THESE))
    .order_by(L.lane, collate(L.recipient, "C"), collate(L.channel, "C"))
    .with_for_update(of=L)
)
SETTLE_STRAGGLERS = (
    select(S.delivery).where(S.delivery.in_(THESE)).order_by(S.delivery).with_for_update()
)


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
        query = FRESH_LANES if fresh else DUE_LANES
        claims = self._claim_lanes(query, {"destination": destination}, limit, lease, token)
        if fresh or len(claims) >= limit:
            return claims
        return claims + self._claim_stragglers(destination, limit - len(claims), lease, token)

    def claim_in(
        self, lane: UUID, destination: str, limit: int, lease: timedelta, token: UUID
    ) -> list[Claim]:
        """The same, of one stream's lanes alone."""
        asked = {"destination": destination, "only": lane}
        return self._claim_lanes(ONE_LANE, asked, limit, lease, token)

    def _claim_lanes(
        self, query: Rows, asked: dict[str, Any], limit: int, lease: timedelta, token: UUID
    ) -> list[Claim]:
        """Looks again where lanes were found that only had to rest: they must not take the place of
        work."""
        claims = list[Claim]()
        while len(claims) < limit:
            rows = self._found(query, asked, limit - len(claims))
            claims += [c for row in rows if (c := self._hold_lane(row, lease, token))]
            if not rows:
                break
        return claims

    def _found(self, query: Rows, asked: dict[str, Any], most: int) -> Sequence[Any]:
        given = {**asked, "now": self._now, "most": most}
        return self._connection.execute(query, given).all()

    def _hold_lane(self, row: Any, lease: timedelta, token: UUID) -> Claim | None:
        """The lane's lowest untaken number; a lane with nothing to send rests."""
        mine = _lane_of(row)
        head = self._connection.execute(WAITING_IN_LANE, mine).first()
        if head is None:
            self._connection.execute(REST_LANE, mine)
            return None
        held = {"held_by": token, "held_until": self._now + lease}
        self._connection.execute(HOLD_LANE, mine | held)
        return Claim(head.id, head.stream, token, row.failures, row.failing_since, False)

    def _claim_stragglers(
        self, destination: str, limit: int, lease: timedelta, token: UUID
    ) -> list[Claim]:
        """A record whose successor was taken is not sent any more: it straggles no longer."""
        found = self._found(DUE_STRAGGLERS, {"destination": destination}, limit)
        if found:
            over = {"destination": destination, "now": self._now}
            self._connection.execute(SUPERSEDED_STRAGGLERS, over)
            found = self._found(DUE_STRAGGLERS, {"destination": destination}, limit)
        held = {"held_by": token, "held_until": self._now + lease}
        for row in found:
            self._connection.execute(HOLD_STRAGGLER, held | {"straggler": row.delivery})
        return [
            Claim(r.delivery, r.stream, token, r.failures, r.failing_since, True) for r in found
        ]

    def has_urgent_behind(self, delivery: Delivery) -> bool:
        """Whether something urgent waits in the lane behind this, its head."""
        given = _lane_of(delivery) | {"head": delivery.id}
        return self._connection.execute(URGENT_BEHIND, given).first() is not None

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
            **FREE,
        }
        fenced = (*mine, table.token == claim.token)
        self._connection.execute(update(table).where(*fenced).values(**again))

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
        free = {"next_attempt": self._now, **FREE}
        fenced = (*self._mine(delivery), L.token == claim.token)
        self._connection.execute(update(L).where(*fenced).values(**free))

    def settle(self, *deliveries: UUID) -> None:
        """Wait until no claim of these is under way, and let none begin until the end.

        Lanes are held in the order in which `make_due` holds them: nobody waits in a ring."""
        if self._connection.dialect.name == "sqlite" or not deliveries:
            return  # one writer: nothing is ever under way beside it
        for query in (SETTLE_LANES, SETTLE_STRAGGLERS):
            self._connection.execute(query, {"these": deliveries})

    def failing_since(self, destination: str, after: datetime | None) -> datetime | None:
        """Since when the first of its lanes has failed, of those that began to after that
        instant."""
        query = select(func.min(L.failing_since)).where(*_failing(destination))
        if after is not None:
            query = query.where(L.failing_since > after)
        found: datetime | None = self._connection.execute(query).scalar()
        return found

    def untold(self, destination: str, limit: int) -> list[Any]:
        """The heads, with their streams, of failing lanes of which people were not told yet."""
        its = and_(P.stream == L.lane, P.who == L.recipient)
        told = cast(P.failing, Text).contains(f'"{destination}"', autoescape=True)
        query = select(L.lane, L.recipient, L.channel).join(P, its).where(~told)
        lanes = self._connection.execute(query.where(*_failing(destination)).limit(limit)).all()
        heads = (self._connection.execute(WAITING_IN_LANE, _lane_of(row)).first() for row in lanes)
        return [head for head in heads if head is not None]

    def let_all_go(self) -> None:
        """Nobody can hold a lane any more: the one process that could has begun anew."""
        for table in (L, S):
            held = table.token.is_not(None)
            self._connection.execute(update(table).where(held).values(**FREE))

    def wind_back(self, lease: timedelta, wait: timedelta) -> None:
        """No lease and no wait is longer, and nothing fails since a time to come: what says so was
        written by a clock that ran ahead."""
        for table in (L, S):
            held = table.until > self._now + lease
            self._connection.execute(update(table).where(held).values(**FREE))
            put_off = table.next_attempt > self._now + wait
            self._connection.execute(update(table).where(put_off).values(next_attempt=self._now))
            to_come = table.failing_since > self._now
            self._connection.execute(update(table).where(to_come).values(failing_since=self._now))

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


def _failing(destination: str) -> tuple[Any, ...]:
    mine = (L.destination == destination, L.next_attempt.is_not(None))  # the index's own words
    return (*mine, L.failing_since.is_not(None))


def _lane_of(row: Any) -> dict[str, Any]:
    return {"in_lane": row.lane, "to_recipient": row.recipient, "by_channel": row.channel}
