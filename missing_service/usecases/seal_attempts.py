"""Vouch, once an hour, for the attempt rows that no delivery's taking has vouched for yet."""

from typing import Any
from uuid import UUID

from missing_service.domain.delivery import Delivery
from missing_service.domain.events import SERVICE, AttemptsSealed
from missing_service.domain.telling import SERVICE_STREAM
from missing_service.journal import record
from missing_service.usecases import deliver_next
from missing_service.usecases.service import Service

BATCH = 200


def seal_attempts(service: Service, batch: int = BATCH) -> int:
    """Seal all that stands now, a batch to a transaction; says of how many deliveries.

    They are looked for with no lock held: the longer the past, the longer the look.
    """
    found = sorted(service.store.read(lambda reader: reader.listing.unsealed()))
    for first in range(0, len(found), batch):
        _seal_some(service, found[first : first + batch])
    return len(found)


def _seal_some(service: Service, deliveries: list[UUID]) -> None:
    at = service.clock.now()

    def once(unit: Any) -> None:
        _hold(unit, deliveries)
        found = [deliver_next.seal_attempts(unit, delivery) for delivery in deliveries]
        seals = tuple(seal for seal in found if seal.last >= seal.first)
        if seals:
            head = {"id": unit.draw.id(), "stream": SERVICE_STREAM, "at": at, "by": SERVICE}
            record(unit, AttemptsSealed(**head, seals=seals))

    service.store.write(once, service.new_draw(at))


def _hold(unit: Any, deliveries: list[UUID]) -> None:
    """Let no start and no end of an attempt be written meanwhile."""
    streams = [unit.state.get(Delivery, delivery).stream for delivery in deliveries]
    unit.lock(SERVICE_STREAM, *streams)
    unit.lanes.settle(*deliveries)
