"""Lanes: who sends next to whom, in order, held by a lease; and stragglers, which wait for
nobody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select, update

from adapters.database import claims as c
from adapters.database import models as m
from adapters.database.batches import SIZES, Batch
from adapters.database.reading import secret_of
from adapters.database.statements import COLUMNS, Statements, row_from
from adapters.database.types import EPOCH
from missing_service.domain.attempts import AttemptRow
from missing_service.domain.delivery import Delivery
from missing_service.domain.episode import Party
from missing_service.ports import Claim

if TYPE_CHECKING:
    from adapters.database.unit import SqlUnit

L, S, A = m.LaneTable, m.StragglerTable, m.AttemptTable
ATTEMPT = [column.name for column in A.__table__.columns]
WIDTH = len(COLUMNS[Delivery])


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

    def __init__(self, unit: "SqlUnit") -> None:
        self._unit = unit
        self._connection = unit.connection
        self._now = unit.now
        self._attempts: dict[UUID, tuple[int, int]] = {}  # of these all is known already
        self._unsealed: dict[UUID, list[Any]] = {}

    def claim(
        self, destination: str, limit: int, lease: timedelta, token: UUID, *, fresh: bool = False
    ) -> list[Claim]:
        """Hold up to `limit` due lanes and stragglers of a destination, the most urgent first."""
        hold = {"held_by": token, "held_until": self._now + lease}
        due = {"destination": destination, "now": self._now}
        query = c.HOLD_FRESH if fresh else c.HOLD_DUE
        first, late, secret = self._unit.together(
            (query, {"most": limit, **due, **hold}),
            (c.DUE_STRAGGLERS, {"most": 0 if fresh else limit, **due}),
            secret_of("channel", destination),
        )
        self._unit.know_secrets("channel", destination, secret)
        claims = self._claim_lanes(query, first, limit, due, hold)
        left = limit - len(claims)
        return claims + (self._claim_stragglers(due, left, hold) if late and left else [])

    def claim_in(
        self, lane: UUID, destination: str, limit: int, lease: timedelta, token: UUID
    ) -> list[Claim]:
        """The same, of one stream's lanes alone."""
        hold = {"held_by": token, "held_until": self._now + lease}
        due = {"destination": destination, "now": self._now, "only": lane}
        rows = self._all(c.HOLD_IN, most=limit, **due, **hold)
        return self._claim_lanes(c.HOLD_IN, rows, limit, due, hold)

    def _claim_lanes(
        self,
        query: Any,
        rows: list[Any],
        limit: int,
        due: Mapping[str, Any],
        hold: Mapping[str, Any],
    ) -> list[Claim]:
        """Looks again where lanes were found that only had to rest: they must not take the place of
        work."""
        found, most = list[Claim](), limit
        while rows:
            rows.sort(key=lambda row: (not row[2], row[3]))
            found += self._with_heads(rows, due["destination"], hold["held_by"])
            is_all, most = len(rows) < most, limit - len(found)
            rows = [] if is_all or not most else self._all(query, most=most, **due, **hold)
        return found

    def _with_heads(self, rows: Sequence[Any], destination: str, token: UUID) -> Iterator[Claim]:
        """Each lane's lowest untaken number; a lane with nothing to send rests."""
        lanes = {row[0] for row in rows}
        loaded = [self._loaded(row) for row in self._many(c.HEADS, lanes, held_by=token)]
        heads = {(head.lane, head.recipient): head for head in loaded}
        for lane, recipient, _, _, failures, failing_since in rows:
            head = heads.get((lane, recipient))
            if head is None:
                self._run(c.REST_LANE, **_named(lane, recipient, destination))
            else:
                yield Claim(head.id, head.stream, token, failures, failing_since, straggler=False)

    def _loaded(self, row: Sequence[Any]) -> Delivery:
        """The unit knows what was read with it: its attempts, its body, its key."""
        delivery: Delivery = row_from(Delivery, row[:WIDTH])
        attempts, stream, content, *key = row[WIDTH:]
        self._attempts[delivery.id] = (attempts or 0, 0)
        self._unit.known_text(delivery.body, stream, content, key)
        self._unit.state.known([delivery])
        return delivery

    def _claim_stragglers(
        self, due: Mapping[str, Any], limit: int, hold: Mapping[str, Any]
    ) -> list[Claim]:
        """A record whose successor was taken is not sent any more: it straggles no longer."""
        self._run(c.SUPERSEDED_STRAGGLERS, **due)
        found = self._all(c.DUE_STRAGGLERS, most=limit, **due)
        for row in found:
            self._run(c.HOLD_STRAGGLER, delivery=row[0], **hold)
        for row in self._many(c.LOADS, [row[0] for row in found]):
            self._loaded(row)
        token = hold["held_by"]
        return [Claim(d, stream, token, n, since, straggler=True) for d, n, since, stream in found]

    def has_urgent_behind(self, delivery: Delivery) -> bool:
        """Whether something urgent waits in the lane behind this, its head."""
        return bool(self._all(c.URGENT_BEHIND, head=delivery.id, **_lane_of(delivery)))

    # What follows is sent with the unit's rows, after them: what waits is judged as they leave it.

    def went(self, claim: Claim, delivery: Delivery) -> None:
        """It was taken: its lane goes on with the next at once, or rests; it straggles no more,
        whoever says so."""
        if claim.straggler or delivery.straggling:
            self._unit.later(c.DROP_STRAGGLER, delivery=delivery.id)
        if claim.straggler:
            self._unit.later(c.UNTOLD_LANE, **_lane_of(delivery))
        else:
            self._free(c.WENT, claim, delivery)

    def left(self, claim: Claim, delivery: Delivery, wait: timedelta, since: datetime) -> None:
        """Refused or overtaken: it goes on outside the lane's order, and the lane goes on without
        it."""
        insert = c.STRAGGLES[self._connection.dialect.name]
        again = self._again(claim, wait, since)
        here = {"delivery": delivery.id, "destination": delivery.channel}
        self._unit.later(insert, **here, **again)
        self._free(c.LEFT, claim, delivery)

    def failed(self, claim: Claim, delivery: Delivery, wait: timedelta, since: datetime) -> None:
        """It was not taken: again after the wait, by whoever is free then."""
        again = {"held_by": claim.token, **self._again(claim, wait, since)}
        if claim.straggler:
            self._unit.later(c.FAILED_STRAGGLER, delivery=delivery.id, **again)
        else:
            self._unit.later(c.FAILED_LANE, **_lane_of(delivery), **again)

    def _again(self, claim: Claim, wait: timedelta, since: datetime) -> dict[str, Any]:
        failures = claim.failures + 1
        return {"again_at": self._now + wait, "failures": failures, "since": since}

    def _free(self, query: Any, claim: Claim, delivery: Delivery) -> None:
        """Free the lane: due at once where something waits in it, else at rest."""
        self._unit.later(query, now=self._now, held_by=claim.token, **_lane_of(delivery))

    def settle(self, *deliveries: UUID) -> None:
        """Wait until no claim of these is under way, and let none begin until the end."""
        if self._connection.dialect.name == "sqlite" or not deliveries:
            return  # one writer: nothing is ever under way beside it
        if len(deliveries) > SIZES[-1]:
            raise ValueError(f"{len(deliveries)} are too many to be held in one order")
        self._unit.of_many((c.SETTLE_LANES, deliveries), (c.SETTLE_STRAGGLERS, deliveries))

    def know(self, deliveries: Sequence[UUID], streams: Sequence[UUID]) -> None:
        """Read together what noting these will ask for; they are settled, and the streams held."""
        about = (c.ROWS, deliveries), (c.SEALED, deliveries), (c.UNSEALED, deliveries)
        rows, sealed, unsealed, parties = self._unit.of_many(*about, (c.PARTIES, streams))
        self._unit.state.known(row_from(Delivery, row) for row in rows)
        self._unit.state.known(row_from(Party, row) for row in parties)
        self._know_attempts(deliveries, dict(sealed), unsealed)

    def _know_attempts(
        self, deliveries: Sequence[UUID], sealed: Mapping[UUID, int], unsealed: Sequence[Any]
    ) -> None:
        self._unsealed.update((delivery, []) for delivery in deliveries)
        for row in unsealed:
            self._unsealed[row[0]].append(AttemptRow(**dict(zip(ATTEMPT, row, strict=True))))
        for delivery in deliveries:
            rows, last = self._unsealed[delivery], sealed.get(delivery, 0)
            self._attempts[delivery] = (rows[-1].n if rows else last, last)

    def failing_since(self, destination: str, after: datetime | None) -> datetime | None:
        """Since when the first of its lanes has failed, of those that began to after that
        instant."""
        after = after or EPOCH
        return self._all(c.FAILING_SINCE, destination=destination, after=after)[0][0]  # type: ignore[no-any-return]

    def untold(self, destination: str, limit: int) -> list[Delivery]:
        """The heads of failing lanes of which people were not told yet; from now on they are."""
        lanes = self._all(c.UNTOLD, destination=destination, most=limit)
        return [head for lane in lanes if (head := self._told(_named(*lane)))]

    def _told(self, lane: dict[str, Any]) -> Delivery | None:
        self._unit.later(c.TOLD_LANE, **lane)
        found = self._unit.first(c.HEAD_OF_LANE, **lane)
        return row_from(Delivery, found) if found else None

    def tell(self, delivery: Delivery) -> None:
        """People were told that the delivery's lane fails."""
        self._unit.later(c.TOLD_LANE, **_lane_of(delivery))

    def let_all_go(self) -> None:
        """Nobody can hold a lane any more: the one process that could has begun anew."""
        for table in (L, S):
            held = table.token.is_not(None)
            self._connection.execute(update(table).where(held).values(**c.FREE))

    def wind_back(self, lease: timedelta, wait: timedelta) -> None:
        """No lease and no wait is longer, and nothing fails since a time to come: what says so was
        written by a clock that ran ahead."""
        for table in (L, S):
            held = table.until > self._now + lease
            self._connection.execute(update(table).where(held).values(**c.FREE))
            put_off = table.next_attempt > self._now + wait
            self._connection.execute(update(table).where(put_off).values(next_attempt=self._now))
            to_come = table.failing_since > self._now
            self._connection.execute(update(table).where(to_come).values(failing_since=self._now))

    def attempts(self, delivery: UUID) -> tuple[int, int]:
        """How many attempt rows there are of a delivery, and how many of them are sealed."""
        if delivery in self._attempts:
            return self._attempts[delivery]
        rows = self._connection.execute(select(func.max(A.n)).where(A.delivery == delivery))
        seal = m.AttemptSealTable
        sealed = select(func.max(seal.last)).where(seal.delivery == delivery)
        return rows.scalar() or 0, self._connection.execute(sealed).scalar() or 0

    def attempt_rows(self, delivery: UUID, after: int) -> Sequence[Any]:
        if delivery in self._unsealed:
            return [row for row in self._unsealed[delivery] if row.n > after]
        query = select(*A.__table__.columns).where(A.delivery == delivery, A.n > after)
        return self._connection.execute(query.order_by(A.n)).all()

    def _all(self, query: Any, **values: Any) -> list[list[Any]]:
        return self._unit.statements.query(query).all(self._unit.cursor, **values)

    def _run(self, query: Any, **values: Any) -> None:
        self._unit.statements.query(query).run(self._unit.cursor, **values)

    def _many(self, batch: Batch, ids: Iterable[UUID], **values: Any) -> list[list[Any]]:
        return self._unit.of_many((batch, list(ids)), **values)[0]


def _lane_of(delivery: Delivery) -> dict[str, Any]:
    return _named(delivery.lane, delivery.recipient, delivery.channel)


def _named(lane: UUID, recipient: str, channel: str) -> dict[str, Any]:
    return {"in_lane": lane, "to_recipient": recipient, "by_channel": channel}
