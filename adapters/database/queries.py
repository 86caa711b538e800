"""Lists and figures for those who read: keyset pages, no count of a table, no OFFSET."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from adapters.database import models as m
from adapters.database.jobs import latest_without
from adapters.database.migrate import current, newest
from adapters.database.statements import row_from
from adapters.database.types import Id, UtcDateTime
from missing_service.domain.codes import EpisodeState, PoliceState
from missing_service.domain.delivery import DeliveryState
from missing_service.domain.episode import ChildCopy
from missing_service.domain.obligation import ObligationState
from missing_service.domain.policy import ObligationKind
from missing_service.ports import (
    Attempt,
    EpisodesWanted,
    Found,
    Known,
    ObligationsWanted,
    Page,
    Unanswered,
    Viewer,
    Waiting,
)

Ep, Ob, In, Pa = m.EpisodeTable, m.ObligationTable, m.InterviewTable, m.PartyTable
Co, Ke = m.ChildCopyTable, m.ChildKeyTable
De, At, St = m.DeliveryTable, m.AttemptTable, m.StreamTable
Query = Any  # a SELECT, whatever its columns
WAITING = De.state.in_([DeliveryState.QUEUED, DeliveryState.FAILING])
OPEN = Ob.state == ObligationState.OPEN
Drill = aliased(Ep)
A_DRILL = select(Drill.id).where(Drill.drill)
IS_OWED_TO_A_DRILL = A_DRILL.where(Drill.id == Ob.stream).exists()
ACKNOWLEDGEMENT = ObligationKind("police_acknowledgement")
UNANSWERED = (OPEN, Ob.kind == ACKNOWLEDGEMENT, ~IS_OWED_TO_A_DRILL)
MOST_COUNTED = 1000
FIND: dict[str, Any] = {
    "reference": (Ep.id, Ep.reference),
    "obligation": (Ob.stream, Ob.id),
    "interview": (In.stream, In.id),
    "delivery": (De.stream, De.id),
}

# Asked in each act: made once.
EARLIER: Query = (
    select(Ep.reference)
    .where(Ep.child == bindparam("child"), Ep.id != bindparam("stream"))
    .order_by(Ep.recorded_at, Ep.id)
)
_told = select(Pa.stream).where(Pa.stream == Ep.stream, Pa.who == bindparam("force"))
EARLIER_OF_FORCE: Query = EARLIER.where(_told.exists())


class Queries:
    """The `Listing` of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, what: str, value: Any) -> UUID | None:
        stream, column = FIND[what]
        found: UUID | None = self._one(select(stream).where(column == value))
        return found

    def last_n(self, stream: UUID) -> int:
        return self._one(select(St.last_n).where(St.id == stream)) or 0

    def episodes(self, viewer: Viewer, wanted: EpisodesWanted, page: Page) -> Sequence[Found]:
        query: Query = select(Ep.id, Ep.stream, St.last_n, Ep.recorded_at).join(
            St, St.id == Ep.stream
        )
        query = _wanted(_seen_by(query, viewer), wanted).where(~Ep.drill)
        if page.after:
            query = query.where(tuple_(Ep.recorded_at, Ep.id) < _place(page.after))
        return self._page(query.order_by(Ep.recorded_at.desc(), Ep.id.desc()), page)

    def obligations(self, viewer: Viewer, wanted: ObligationsWanted, page: Page) -> Sequence[Found]:
        query: Query = select(Ob.id, Ob.stream, St.last_n, Ob.due_at).join(St, St.id == Ob.stream)
        mine = Ob.force if viewer.is_police else Ob.council
        query = query.where(mine == viewer.organisation, Ob.state == ObligationState(wanted.state))
        query = query.where(IS_OWED_TO_A_DRILL if wanted.drills else ~IS_OWED_TO_A_DRILL)
        if wanted.kind:
            query = query.where(Ob.kind == ObligationKind(wanted.kind))
        if wanted.overdue_at:
            query = query.where(Ob.due_at < wanted.overdue_at)
        if page.after:
            query = query.where(tuple_(Ob.due_at, Ob.id) > _place(page.after))
        return self._page(query.order_by(Ob.due_at, Ob.id), page)

    def interviews(
        self, viewer: Viewer, overdue_at: datetime | None, page: Page
    ) -> Sequence[Found]:
        query: Query = select(In.id, In.stream, St.last_n, In.due_at).join(St, St.id == In.stream)
        query = query.where(~In.void)
        if viewer.is_police:
            query = query.where(In.stream.in_(_parties(viewer)))
        else:
            query = query.where(In.council == viewer.organisation)
        if overdue_at:
            late = select(Ob.interview).where(OPEN, Ob.due_at < overdue_at)
            query = query.where(In.id.in_(late.where(Ob.interview.is_not(None))))
        if page.after:
            query = query.where(tuple_(In.due_at, In.id) > _place(page.after))
        return self._page(query.order_by(In.due_at, In.id), page)

    def other_episodes(self, child: UUID, stream: UUID, viewer: Viewer) -> Sequence[str]:
        query = select(Ep.reference).where(Ep.child == child, Ep.id != stream)
        query = _seen_by(query, viewer).order_by(Ep.recorded_at, Ep.id)
        return list(self._connection.execute(query).scalars())

    def children(self, council: str, keys: Mapping[str, int], most: int) -> Sequence[Known]:
        if not keys:
            return []
        weight = func.sum(case(keys, value=Ke.key))
        ranked = select(Ke.stream, weight.label("weight")).where(Ke.council == council)
        ranked = ranked.where(Ke.key.in_(keys)).group_by(Ke.stream)
        best: Query = ranked.order_by(weight.desc(), Ke.stream.desc()).limit(most).subquery()
        query: Query = select(Co.__table__, St.last_n).join(best, best.c.stream == Co.id)
        query = query.join(St, St.id == Co.id)
        found = self._connection.execute(query.order_by(best.c.weight.desc(), Co.stream.desc()))
        return [Known(row_from(ChildCopy, row[:-1]), row[-1]) for row in found]

    def unfinished(self, council: str) -> Sequence[UUID]:
        owes = select(Ob.id).where(Ob.stream == Ep.id, OPEN).exists()
        is_left = or_(Ep.state != EpisodeState.CLOSED, owes)
        query = select(Ep.id).where(Ep.council == council, Ep.drill.is_(False), is_left)
        return list(self._connection.execute(query.order_by(Ep.recorded_at, Ep.id)).scalars())

    def failing_channels(self, council: str) -> Sequence[str]:
        query = select(De.channel).join(Ep, Ep.id == De.stream).distinct()
        query = query.where(Ep.council == council, De.state == DeliveryState.FAILING)
        return list(self._connection.execute(query.order_by(De.channel)).scalars())

    def owned_by(self, council: str, owners: Sequence[str]) -> Sequence[UUID]:
        is_open = (Ep.state != EpisodeState.CLOSED, Ep.drill.is_(False))
        query = select(Ep.id).where(Ep.council == council, Ep.owner.in_(owners), *is_open)
        return list(self._connection.execute(query.order_by(Ep.recorded_at, Ep.id)).scalars())

    def unsealed(self) -> Sequence[UUID]:
        """Deliveries with attempt rows that no event vouches for yet: all rows are read for it."""
        seal = m.AttemptSealTable
        sealed = select(func.coalesce(func.max(seal.last), 0)).where(seal.delivery == At.delivery)
        query = select(At.delivery).where(At.n > sealed.scalar_subquery()).distinct()
        return self._connection.execute(query).scalars().all()

    def attempts(self, stream: UUID) -> Sequence[Attempt]:
        end = m.AttemptTable.__table__.alias("ended")
        its = (end.c.delivery == At.delivery, end.c.number == At.number, end.c.n % 2 == 0)
        query = (
            select(At.delivery, At.at, end.c.status, end.c.error, end.c.ms)
            .join(De, De.id == At.delivery)
            .outerjoin(end, and_(*its))
            .where(De.stream == stream, At.n % 2 == 1)
            .order_by(At.delivery, At.n)
        )
        return [Attempt(*row) for row in self._connection.execute(query)]

    def queue(self) -> Sequence[Waiting]:
        failing = func.sum(case((De.state == DeliveryState.FAILING, 1), else_=0))
        query = select(De.channel, func.count(), failing, func.min(De.queued_at)).where(WAITING)
        found = self._connection.execute(query.group_by(De.channel).order_by(De.channel))
        return [Waiting(channel, depth, int(bad), at) for channel, depth, bad, at in found]

    def oldest_undelivered(self) -> datetime | None:
        of_a_drill = A_DRILL.where(Drill.id == De.stream).exists()
        query = select(func.min(De.queued_at)).where(WAITING, De.number > 0, ~of_a_drill)
        found: datetime | None = self._one(query)
        return found

    def oldest_unacknowledged(self) -> datetime | None:
        query = select(func.min(Ob.started_at)).where(*UNANSWERED)
        found: datetime | None = self._one(query)
        return found

    def untold_since(self, instant: datetime) -> int:
        late = select(Ob.id).where(Ob.next_step_at < instant).limit(MOST_COUNTED).subquery()
        return self._one(select(func.count()).select_from(late)) or 0

    def last_recorded_at(self) -> datetime | None:
        query = select(m.EventTable.at).join(
            m.DutyLogTable, m.DutyLogTable.event == m.EventTable.id
        )
        found: datetime | None = self._one(query.order_by(m.DutyLogTable.n.desc()).limit(1))
        return found

    def beats(self) -> Mapping[str, datetime]:
        rows = self._connection.execute(select(m.HeartbeatTable.worker, m.HeartbeatTable.at))
        return {row.worker: row.at for row in rows}

    def latest_without(self, job: str, other: str) -> datetime | None:
        return latest_without(self._connection, job, other)

    def unanswered(self, limit: int) -> Sequence[Unanswered]:
        query = (
            select(Ob.council, Ep.reference, Ob.started_at)
            .join(Ep, Ep.id == Ob.stream)
            .where(*UNANSWERED)
        )
        query = query.order_by(Ob.started_at, Ob.id).limit(limit)
        return [Unanswered(*row) for row in self._connection.execute(query)]

    def count_unanswered(self) -> int:
        few = select(Ob.id).where(*UNANSWERED).limit(MOST_COUNTED).subquery()
        return self._one(select(func.count()).select_from(few)) or 0

    def last_taken(self, streams: Sequence[UUID]) -> datetime | None:
        query = select(func.max(De.taken_at)).where(De.stream.in_(streams))
        found: datetime | None = self._one(query)
        return found

    def waiting_channels(self, streams: Sequence[UUID]) -> Sequence[str]:
        query = select(De.channel).where(De.stream.in_(streams), WAITING).distinct()
        return list(self._connection.execute(query).scalars())

    def is_newest_schema(self) -> bool:
        return current(self._connection) == newest()

    def _one(self, query: Query) -> Any:
        return self._connection.execute(query).scalar()

    def _page(self, query: Query, page: Page) -> list[Found]:
        return [Found(*row) for row in self._connection.execute(query.limit(page.limit + 1))]


def _place(after: tuple[datetime, UUID]) -> Any:
    return tuple_(literal(after[0], UtcDateTime()), literal(after[1], Id()))


def _parties(viewer: Viewer) -> Query:
    return select(Pa.stream).where(Pa.who == viewer.organisation)


def _seen_by(query: Query, viewer: Viewer) -> Query:
    """The same as `access.scope.may_see`, for many at once."""
    if viewer.is_police:
        return query.where(Ep.stream.in_(_parties(viewer)))
    return query.where(Ep.council == viewer.organisation)


def _wanted(query: Query, wanted: EpisodesWanted) -> Query:
    conditions: dict[Any, Any] = {
        Ep.state: wanted.state and EpisodeState(wanted.state),
        Ep.council: wanted.council,
        Ep.child: wanted.child,
    }
    query = query.where(*[column == value for column, value in conditions.items() if value])
    if wanted.since:
        query = query.where(Ep.recorded_at >= wanted.since)
    if wanted.is_unacknowledged:
        owed = select(Ob.stream).where(OPEN, Ob.kind == ACKNOWLEDGEMENT)
        query = query.where(Ep.police == PoliceState.UNACKNOWLEDGED, Ep.id.in_(owed))
    if wanted.overdue_at:
        late = select(Ob.stream).where(OPEN, Ob.due_at < wanted.overdue_at)
        query = query.where(Ep.id.in_(late))
    return query
