"""What must hold of a database once everything is healed and all that is due was done."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from adapters.database import models as m
from missing_service.domain.merkle import Frontier, leaf_hash
from missing_service.domain.policy import ObligationKind as Kind

ENDED_BY_ACT = (Kind.police_acknowledgement, Kind.record_with_police)
BY_NO_ACT = ("OPENED_IN_ERROR", "REPLACED")
LEAVES = (
    select(m.DutyLogTable.n, m.DutyLogTable.leaf_hash, m.EventTable.leaf)
    .join(m.EventTable, m.EventTable.id == m.DutyLogTable.event)
    .order_by(m.DutyLogTable.n)
)
LOOKS = (
    select(m.AccessLogTable.n, m.AccessLogTable.leaf_hash, m.LookTable.leaf)
    .join(m.LookTable, m.LookTable.id == m.AccessLogTable.look)
    .order_by(m.AccessLogTable.n)
)


def broken(connection: Connection) -> list[str]:
    """Each invariant that does not hold, in words; empty when all do."""
    return [
        *_one_police_duty(connection),
        *_discharged_by_a_person(connection),
        *_all_taken(connection),
        *_numbers_without_gap(connection),
        *_nothing_overdue_or_held(connection),
        *_log_is_whole(connection, "duty", LEAVES, m.EventTable),
        *_log_is_whole(connection, "access", LOOKS, m.LookTable),
        *_numbered(connection),
        *_drafts_and_keys(connection),
    ]


def rows(connection: Connection, table: Any) -> list[Any]:
    return list(connection.execute(select(table.__table__)).all())


def _one_police_duty(connection: Connection) -> Iterator[str]:
    """I1, I2: each episode has one police duty, open or discharged; the episode says the same."""
    owed = defaultdict(list)
    for row in rows(connection, m.ObligationTable):
        if row.kind is Kind.police_acknowledgement:
            owed[row.stream].append(row)
    for episode in rows(connection, m.EpisodeTable):
        is_open = [row.state.value == "OPEN" for row in owed[episode.id]]
        if len(is_open) != 1:
            yield f"I2: {episode.reference} has {len(is_open)} police duties"
        elif is_open[0] != (episode.police.value == "UNACKNOWLEDGED"):
            yield f"I2: police of {episode.reference} say {episode.police}"


def _discharged_by_a_person(connection: Connection) -> Iterator[str]:
    """I4: only an answer by a named person that stands has ended what police owe."""
    ending: dict[Any, int] = defaultdict(int)
    for act in rows(connection, m.ActTable):
        if act.ends and act.undone_by is None and act.obligation:
            ending[act.obligation] += 1
    for row in rows(connection, m.ObligationTable):
        if row.kind in ENDED_BY_ACT and row.discharged_as not in BY_NO_ACT:
            is_open = row.state.value == "OPEN"
            if is_open == bool(ending[row.id]):
                yield f"I4: {row.kind} is {row.state} with {ending[row.id]} standing answers"


def _all_taken(connection: Connection) -> Iterator[str]:
    """I5, I6, I7: all that was queued has been taken, or a later version of it has."""
    for row in rows(connection, m.DeliveryTable):
        if row.state.value not in ("TAKEN", "SUPERSEDED"):
            yield f"I6: {row.type} to {row.channel} is still {row.state}"


def _numbers_without_gap(connection: Connection) -> Iterator[str]:
    """I13: for each episode and recipient 1..n."""
    numbers = defaultdict(set)
    for row in rows(connection, m.DeliveryTable):
        if row.number:
            numbers[row.stream, row.recipient].add(row.number)
    for party in rows(connection, m.PartyTable):
        found = numbers[party.stream, party.who]
        if found != set(range(1, party.last_number + 1)):
            yield f"I13: {sorted(found)} to {party.who}, {party.last_number} given"


def _nothing_overdue_or_held(connection: Connection) -> Iterator[str]:
    """I8, I11: no lane waits or is held, nothing straggles."""
    for row in rows(connection, m.LaneTable):
        if row.next_attempt is not None or row.token is not None:
            yield f"I8: a lane to {row.destination} is not at rest"
    for row in rows(connection, m.StragglerTable):
        yield f"I8: {row.delivery} straggles"


def _log_is_whole(connection: Connection, log: str, query: Any, source: Any) -> Iterator[str]:
    """I18, I19: every event is one leaf, gapless, and the head is the root of them all."""
    leaves = connection.execute(query).all()
    if [row.n for row in leaves] != list(range(1, len(leaves) + 1)):
        yield f"I18: the {log} log has a gap"
    if len(leaves) != len(rows(connection, source)):
        yield f"I19: the {log} log has {len(leaves)} leaves of {len(rows(connection, source))}"
    frontier = Frontier()
    for row in leaves:
        if bytes(row.leaf_hash) != leaf_hash(bytes(row.leaf)):
            yield f"I18: leaf {row.n} of the {log} log is another's"
        frontier = frontier.append(bytes(row.leaf_hash))
    (head,) = [row for row in rows(connection, m.LogHeadTable) if row.log == log]
    if (head.size, bytes(head.root)) != (len(leaves), frontier.root()):
        yield f"I18: the head of the {log} log is not its root"


def _numbered(connection: Connection) -> Iterator[str]:
    """Each stream's events are 1..n, and the stream knows it."""
    numbers = defaultdict(list)
    for row in rows(connection, m.EventTable):
        numbers[row.stream].append(row.n)
    for stream in rows(connection, m.StreamTable):
        if sorted(numbers[stream.id]) != list(range(1, stream.last_n + 1)):
            yield f"I13: events {sorted(numbers[stream.id])} of a stream at {stream.last_n}"


def _drafts_and_keys(connection: Connection) -> Iterator[str]:
    """What was written beside an act belongs to one that is there."""
    streams = {row.id for row in rows(connection, m.StreamTable)}
    for table in (m.IdempotencyTable, m.DraftTable, m.PrivateTextTable):
        for row in rows(connection, table):
            if row.stream not in streams:
                yield f"{table.__tablename__} of no stream"
