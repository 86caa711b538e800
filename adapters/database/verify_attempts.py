"""Attempt rows against the seals that events carry; those since the last seal are only counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from adapters.database import models as m
from adapters.database.verify_rows import Findings, Groups, Snapshot
from missing_service.domain.attempts import hash_of_rows
from missing_service.domain.delivery import Outcome

ATTEMPT: Table = m.AttemptTable.__table__  # type: ignore[assignment]
SEAL: Table = m.AttemptSealTable.__table__  # type: ignore[assignment]
DELIVERY: Table = m.DeliveryTable.__table__  # type: ignore[assignment]
OUTCOMES = frozenset(outcome.value for outcome in Outcome)


def check_attempts(snapshot: Snapshot, findings: Findings) -> None:
    """Every delivery's attempts, in order of its id."""
    attempts = _by_delivery(snapshot, ATTEMPT, ATTEMPT.c.n)
    seals = _by_delivery(snapshot, SEAL, SEAL.c.first)
    deliveries = select(DELIVERY.c.id).order_by(DELIVERY.c.id)
    known = Groups(snapshot.rows("delivery", snapshot.within(deliveries, DELIVERY.c.stream)), "id")
    sources = (attempts, seals, known)
    findings.counts["not_yet_sealed"] = 0
    while keys := [groups.key for groups in sources if groups.key is not None]:
        key = min(keys)
        check = DeliveryCheck(UUID(bytes=key), attempts, findings)
        is_known = bool(list(known.take(key)))
        check.run(list(seals.take(key)), is_known=is_known)


def _by_delivery(snapshot: Snapshot, table: Table, then: Any) -> Groups:
    query = select(*table.columns).order_by(table.c.delivery, then)
    if snapshot.scope is not None:
        own = select(DELIVERY.c.id).where(DELIVERY.c.stream.in_(snapshot.scope))
        query = query.where(table.c.delivery.in_(own))
    return Groups(snapshot.rows(table.name, query), "delivery")


@dataclass(slots=True)
class DeliveryCheck:
    """One delivery's attempts: sealed range by sealed range, then the rest."""

    delivery: UUID
    attempts: Groups
    findings: Findings

    def run(self, seals: Sequence[Any], *, is_known: bool) -> None:
        sealed = 0
        for seal in seals:
            self._check_seal(seal, sealed)
            sealed = seal.last
        for row in self.attempts.take_while(lambda row: row.delivery == self.delivery):
            self._count(row)
            self.findings.counts["not_yet_sealed"] += 1
            if not is_known:
                self._fault("attempt", row.n, "belongs to no delivery")
            elif not is_well_formed(row):
                self._fault("attempt", row.n, "is neither the start nor the end of an attempt")

    def _fault(self, table: str, where: Any, what: str) -> None:
        self.findings.add(table, (self.delivery, where), what)

    def _count(self, _: Any) -> None:
        self.findings.counts["attempts"] += 1

    def _check_seal(self, seal: Any, sealed: int) -> None:
        if seal.first != sealed + 1:
            self._fault("attempt_seal", seal.first, f"does not join what is sealed to {sealed}")
        own, last = self.delivery, seal.last
        rows = list(self.attempts.take_while(lambda row: row.delivery == own and row.n <= last))
        self.findings.counts["attempts"] += len(rows)
        if hash_of_rows(rows) != seal.sha256:
            where = f"{seal.first} to {seal.last}"
            self._fault("attempt", where, f"not the rows that event {seal.event} sealed")


def is_well_formed(row: Any) -> bool:
    """An odd row is a start and says nothing yet; an even one is an end, with its outcome."""
    said = (row.outcome, row.status, row.error, row.ms, row.answer_sha256)
    if row.n % 2:
        return row.number == (row.n + 1) // 2 and all(value is None for value in said)
    return row.outcome in OUTCOMES and 0 < row.number <= row.n // 2
