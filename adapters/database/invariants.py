"""What must hold of the rows together, whatever led to them: each question finds where it does
not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from adapters.database import models as m
from adapters.database.verify_rows import shown
from missing_service.domain.codes import PoliceState
from missing_service.domain.delivery import DeliveryState, Outcome
from missing_service.domain.obligation import ObligationState
from missing_service.domain.policy import Figures
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.replay import Fault

MOST_NAMED = 50  # of one question
A_MINUTE = timedelta(minutes=1)
BY_NO_ACT = ("OPENED_IN_ERROR", "REPLACED")
Ep, Ob, De, At = m.EpisodeTable, m.ObligationTable, m.DeliveryTable, m.AttemptTable
Pa, In, Re, St = m.PartyTable, m.InterviewTable, m.RecordVersionTable, m.StepToldTable
La, Sg, Ev, Act = m.LaneTable, m.StragglerTable, m.EventTable, m.ActTable
OPEN = Ob.state == ObligationState.OPEN
DUTY = Ob.kind == Kind.police_acknowledgement
ENDED_BY_ACT = Ob.kind.in_([Kind.police_acknowledgement, Kind.record_with_police])
TAKEN = De.state == DeliveryState.TAKEN
WAITING = De.state.in_([DeliveryState.QUEUED, DeliveryState.FAILING])


@dataclass(frozen=True, slots=True)
class Question:
    """An invariant by its name and in words, of which table, and where it does not hold."""

    table: str
    what: str
    where: Any  # a SELECT, whatever its columns


def broken(connection: Connection, now: datetime, figures: Figures) -> Iterator[Fault]:
    """Each place where an invariant does not hold; none names a child."""
    for question in _questions(now, figures):
        for row in connection.execute(question.where.limit(MOST_NAMED)):
            yield Fault(question.table, shown(tuple(map(str, row))), question.what)


def _questions(now: datetime, figures: Figures) -> Iterator[Question]:
    yield from _police_duties()
    yield from _told(now)
    yield from _deliveries()
    yield from _ways(now, figures)
    yield from _counted()


def _police_duties() -> Iterator[Question]:
    of_episode = select(Ob.id).where(Ob.stream == Ep.id, DUTY)
    is_open = of_episode.where(OPEN).exists()
    waits = Ep.police == PoliceState.UNACKNOWLEDGED
    none = select(Ep.reference).where(~of_episode.exists())
    yield Question("episode", "I2: police owe it no answer, and never did", none)
    several = select(Ob.stream).where(OPEN, DUTY).group_by(Ob.stream).having(func.count() > 1)
    yield Question("obligation", "I2: police owe it several answers at once", several)
    unlike = select(Ep.reference).where(or_(and_(waits, ~is_open), and_(~waits, is_open)))
    yield Question("episode", "I2: where it stands with police is not what they owe", unlike)
    sent = select(De.id).where(De.stream == Ob.stream, De.event == Ob.opened_by).exists()
    silent = select(Ob.id).where(DUTY, OPEN, ~sent)
    yield Question("obligation", "I3: what opened it told nobody", silent)
    standing = (Act.obligation == Ob.id, Act.ends, Act.undone_by.is_(None))
    answered = select(Act.id).where(Act.stream == Ob.stream, *standing).exists()
    counts = or_(Ob.discharged_as.is_(None), Ob.discharged_as.not_in(BY_NO_ACT))
    either = or_(and_(OPEN, answered), and_(~OPEN, ~answered))
    ended = select(Ob.id).where(ENDED_BY_ACT, counts, either)
    yield Question("obligation", "I4: met without a person's answer, or open with one", ended)


def _told(now: datetime) -> Iterator[Question]:
    late = select(Ob.id).where(Ob.next_step_at < now - A_MINUTE)
    yield Question("obligation", "I14: a step fell due, and nobody was told", late)
    told, met = aliased(Ev), aliased(Ev)
    after = (
        select(St.obligation, St.step)
        .join(Ob, Ob.id == St.obligation)
        .join(told, told.id == St.event)
        .join(met, met.id == Ob.discharged_by)
        .where(~OPEN, told.n > met.n, St.due_at > Ob.discharged_at)
    )
    yield Question("step_told", "I12: told after what it is about had been met", after)


def _deliveries() -> Iterator[Question]:
    proven = select(At.n).where(At.delivery == De.id, At.outcome == Outcome.TAKEN.value).exists()
    unproven = select(De.id).where(TAKEN, or_(~proven, De.taken_at.is_(None)))
    yield Question("delivery", "I5: taken, and no attempt of it was", unproven)
    forgotten = select(De.id).where(WAITING, or_(proven, De.taken_at.is_not(None)))
    yield Question("delivery", "I5: an attempt of it was taken, and it waits", forgotten)
    given = func.count(func.distinct(De.number))
    gaps = (
        select(Pa.stream, Pa.who)
        .outerjoin(De, and_(De.stream == Pa.stream, De.recipient == Pa.who, De.number > 0))
        .group_by(Pa.stream, Pa.who, Pa.last_number)
        .having(or_(given != Pa.last_number, func.coalesce(func.max(De.number), 0) != given))
    )
    yield Question("delivery", "I13: its numbers are not 1 to the last that was given", gaps)


def _ways(now: datetime, figures: Figures) -> Iterator[Question]:
    """Nothing that waits is out of the claims' reach, or lies where all else is taken."""
    until, held = now + 2 * figures.backoff_cap, now + 2 * figures.lease
    lane = (La.lane == De.lane, La.recipient == De.recipient, La.channel == De.channel)
    reached = and_(La.next_attempt <= until, or_(La.until.is_(None), La.until <= held))
    in_lane = select(La.lane).where(*lane, reached).exists()
    tried = and_(Sg.next_attempt <= until, or_(Sg.until.is_(None), Sg.until <= held))
    straggles = select(Sg.delivery).where(Sg.delivery == De.id, tried).exists()
    lost = or_(and_(~De.straggling, ~in_lane), and_(De.straggling, ~straggles))
    unreachable = select(De.id).where(WAITING, lost)
    yield Question("delivery", "I8: it waits where no worker will find it", unreachable)
    since, other = now - 5 * figures.backoff_cap, aliased(De)
    ended = select(At.n).join(other, other.id == At.delivery)
    ended = ended.where(other.channel == De.channel, At.at > since)
    well = ended.where(At.outcome == Outcome.TAKEN.value).exists()
    ill = ended.where(At.outcome != Outcome.TAKEN.value).exists()
    left = select(De.id).where(WAITING, De.queued_at < since, well, ~ill)
    yield Question("delivery", "I6: its destination takes all else, and it waits", left)


def _counted() -> Iterator[Question]:
    versions = (
        select(In.id)
        .outerjoin(Re, Re.interview == In.id)
        .group_by(In.id, In.version)
        .having(
            or_(
                func.count(Re.version) != In.version,
                func.coalesce(func.max(Re.version), 0) != In.version,
            )
        )
    )
    yield Question(
        "record_version", "I22: versions are not 1 to the last that was signed", versions
    )
