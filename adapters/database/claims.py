"""The statements by which lanes and stragglers are held, and all that is needed to send what they
carry; each is made once."""

from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    case,
    collate,
    delete,
    func,
    literal_column,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from adapters.database import models as m
from adapters.database.batches import Batch
from adapters.database.types import Id, UtcDateTime

L, S, D, A, T = m.LaneTable, m.StragglerTable, m.DeliveryTable, m.AttemptTable, m.PrivateTextTable
STREAM, SEAL, PARTY = m.StreamTable, m.AttemptSealTable, m.PartyTable
WAITING = "state IN ('QUEUED', 'FAILING')"  # in the index's own words
NEVER_TRIED: Any = literal_column("lane.failures = 0")
TRIED_OR_NOT: Any = literal_column("lane.failures >= 0")  # true: it names the index to read
URGENT, OTHER = (L.urgent, TRIED_OR_NOT), (~L.urgent, TRIED_OR_NOT)
FRESH = (L.urgent, NEVER_TRIED)  # what no breaker holds up
IS_WAITING: Any = literal_column(f"delivery.{WAITING}")
Rows = Any  # a statement of ours, whatever its columns

NOW = bindparam("now", type_=UtcDateTime)
AGAIN_AT = bindparam("again_at", type_=UtcDateTime)
SINCE = bindparam("since", type_=UtcDateTime)
HELD_BY, HELD_UNTIL = bindparam("held_by", type_=Id), bindparam("held_until", type_=UtcDateTime)
HERE = bindparam("destination", type_=m.LaneTable.destination.type)
DELIVERY = bindparam("delivery", type_=Id)
LANE = (
    L.lane == bindparam("in_lane"),
    L.recipient == bindparam("to_recipient"),
    L.channel == bindparam("by_channel"),
)


def is_due(table: Any) -> Any:
    """It has something to send now, and nobody holds it."""
    free = or_(table.until.is_(None), table.until < NOW)
    return and_(table.next_attempt.is_not(None), table.next_attempt <= NOW, free)


def _due_lanes(kind: Any, most: Any) -> Rows:
    mine = (L.destination == HERE, is_due(L), *kind)
    query = select(L.lane, L.recipient, L.channel).where(*mine)
    return query.order_by(L.next_attempt).limit(most).with_for_update(skip_locked=True)


def _held(found: Any) -> Rows:
    same = [getattr(L, name) == found.c[name] for name in ("lane", "recipient", "channel")]
    held = update(L).where(*same).values(token=HELD_BY, until=HELD_UNTIL)
    kept = (L.lane, L.recipient, L.urgent, L.next_attempt, L.failures, L.failing_since)
    return held.returning(*kept)


def _hold_due() -> Rows:
    """The urgent first, then the others: each is a stretch of the index, read as far as wanted."""
    most = bindparam("most", type_=m.LaneTable.failures.type)
    first = _due_lanes(URGENT, most).cte("first_ones")
    left = most - select(func.count()).select_from(first).scalar_subquery()
    others = _due_lanes(OTHER, left).cte("other_ones")
    return _held(select(first).union_all(select(others)).cte("found"))


HOLD_DUE = _hold_due()
HOLD_FRESH = _held(_due_lanes(FRESH, bindparam("most", type_=L.failures.type)).cte("found"))
ONE_LANE = (L.lane == bindparam("only", type_=Id), TRIED_OR_NOT)
HOLD_IN = _held(_due_lanes(ONE_LANE, bindparam("most", type_=L.failures.type)).cte("found"))
DUE_STRAGGLERS = (
    select(S.delivery, S.failures, S.failing_since, D.stream)
    .join(D, D.id == S.delivery)
    .where(S.destination == HERE, is_due(S))
    .order_by(S.next_attempt)
    .limit(bindparam("most", type_=S.failures.type))
    .with_for_update(skip_locked=True, of=S)
)
SUPERSEDED_STRAGGLERS = delete(S).where(
    S.destination == HERE,
    S.next_attempt <= NOW,
    S.until.is_(None),
    select(D.id).where(D.id == S.delivery, not_(IS_WAITING)).exists(),
)
HOLD_STRAGGLER = update(S).where(S.delivery == DELIVERY).values(token=HELD_BY, until=HELD_UNTIL)
REST_LANE = update(L).where(*LANE).values(next_attempt=None, token=None, until=None, told=False)


def _waits(lane: Any, *more: Any) -> Rows:
    """What waits in a lane's order, its next first."""
    here = (D.lane == lane.lane, D.recipient == lane.recipient, D.channel == lane.channel)
    query = select(D.id).where(*here, IS_WAITING, D.straggling.is_(False), *more)
    return query.order_by(D.number, D.id).limit(1).correlate(lane)


HEAD = _waits(L).scalar_subquery()
URGENT_BEHIND = select(L.lane).where(
    *LANE, _waits(L, D.urgent, D.id != bindparam("head", type_=Id)).exists()
)


def _loads(source: Any) -> Rows:
    """A delivery's row, how many attempt rows it has, its body as it is stored, and its key."""
    attempts = select(func.max(A.n)).where(A.delivery == D.id).correlate(D).scalar_subquery()
    columns = [*D.__table__.columns, attempts, T.stream, T.content, *STREAM.__table__.columns]
    named = [column.label(f"c{place}") for place, column in enumerate(columns)]
    joined = source.outerjoin(T, T.id == D.body).outerjoin(STREAM, STREAM.id == T.stream)
    return select(*named).select_from(joined)


LANES, DELIVERIES = L.__table__, D.__table__
HEADS = Batch(
    lambda ids: _loads(LANES.join(DELIVERIES, D.id == HEAD)).where(
        L.lane.in_(ids), L.token == HELD_BY
    )
)
LOADS = Batch(lambda ids: _loads(DELIVERIES).where(D.id.in_(ids)))

# What an answer changes: all of it under the lane's lock, and only where the lease is still ours.

MINE = L.token == HELD_BY
_goes_on = case((_waits(L).exists(), NOW), else_=None)
_is_urgent = _waits(L, D.urgent).exists()
FREED: dict[Any, Any] = {
    "next_attempt": case((MINE, _goes_on), else_=L.next_attempt),
    "urgent": case((MINE, _is_urgent), else_=L.urgent),
    "token": case((MINE, None), else_=L.token),
    "until": case((MINE, None), else_=L.until),
}
WENT = update(L).where(*LANE).values(failures=0, failing_since=None, told=False, **FREED)
LEFT = update(L).where(*LANE).values(**FREED)
FAILURES = bindparam("failures", type_=L.failures.type)
FREE = dict.fromkeys(("token", "until"))  # nobody holds it
FAILED = {"next_attempt": AGAIN_AT, "failures": FAILURES, "failing_since": SINCE, **FREE}
FAILED_LANE = update(L).where(*LANE, MINE).values(**FAILED)
FAILED_STRAGGLER = update(S).where(S.delivery == DELIVERY, S.token == HELD_BY).values(**FAILED)
DROP_STRAGGLER = delete(S).where(S.delivery == DELIVERY)


TOLD_LANE = update(L).where(*LANE).values(told=True)
UNTOLD_LANE = update(L).where(*LANE).values(told=False)
HEAD_OF_LANE = (
    select(*D.__table__.columns).select_from(LANES.join(DELIVERIES, D.id == HEAD)).where(*LANE)
)


def _straggles(kind: Any) -> Rows:
    row = {
        "delivery": DELIVERY,
        "destination": HERE,
        "next_attempt": AGAIN_AT,
        "failures": FAILURES,
        "failing_since": SINCE,
    }
    return kind.insert(S).values(**row).on_conflict_do_nothing()


STRAGGLES = {"sqlite": _straggles(sqlite), "postgresql": _straggles(postgresql)}

# Which lanes fail, and of which people were not told yet.

_FAILS = (L.destination == HERE, L.failing_since.is_not(None), L.next_attempt.is_not(None))
FAILING_SINCE = select(func.min(L.failing_since)).where(
    *_FAILS, L.failing_since > bindparam("after", type_=UtcDateTime)
)
UNTOLD = (
    select(L.lane, L.recipient, L.channel)
    .where(*_FAILS, ~L.told)
    .order_by(L.failing_since)
    .limit(bindparam("most", type_=L.failures.type))
)

# What stands when answers are noted.

ROWS = Batch(lambda ids: select(*D.__table__.columns).where(D.id.in_(ids)))
PARTIES = Batch(lambda ids: select(*PARTY.__table__.columns).where(PARTY.stream.in_(ids)))
SEALED = Batch(
    lambda ids: (
        select(SEAL.delivery, func.max(SEAL.last))
        .where(SEAL.delivery.in_(ids))
        .group_by(SEAL.delivery)
    )
)
_sealed = select(func.coalesce(func.max(SEAL.last), 0)).where(SEAL.delivery == A.delivery)
UNSEALED = Batch(
    lambda ids: (
        select(*A.__table__.columns)
        .where(A.delivery.in_(ids), A.n > _sealed.correlate(A).scalar_subquery())
        .order_by(A.delivery, A.n)
    )
)

# Lanes are held in the order in which they are made due: nobody waits in a ring. So many as one
# statement is made for may be settled at once, and no more.

SETTLE_LANES = Batch(
    lambda ids: (
        select(L.lane)
        .join(D, and_(L.lane == D.lane, L.recipient == D.recipient, L.channel == D.channel))
        .where(D.id.in_(ids))
        .order_by(L.lane, collate(L.recipient, "C"), collate(L.channel, "C"))
        .with_for_update(of=L)
    )
)
SETTLE_STRAGGLERS = Batch(
    lambda ids: select(S.delivery).where(S.delivery.in_(ids)).order_by(S.delivery).with_for_update()
)
