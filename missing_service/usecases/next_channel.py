"""A destination that fails for long: all that waits for it goes by the next channel as well."""

from datetime import datetime
from typing import Any

from missing_service.domain.delivery import Delivery, DeliveryState
from missing_service.domain.episode import Party
from missing_service.domain.events import SERVICE, ChannelBroughtIn
from missing_service.journal import record
from missing_service.usecases.service import Service

MOST = 100  # to a transaction; the next probe of the destination brings the next
WAITING = (DeliveryState.QUEUED, DeliveryState.FAILING)


def bring_in(unit: Any, delivery: Delivery, at: datetime) -> None:
    """People are told, and the next channel carries it too; once, until this one takes again."""
    unit.lanes.tell(delivery)
    party = unit.state.find(Party, delivery.stream, delivery.recipient)
    if party is None or delivery.channel in party.failing:
        return
    event = ChannelBroughtIn(
        id=unit.draw.id(),
        stream=delivery.stream,
        at=at,
        by=SERVICE,
        recipient=delivery.recipient,
        failing=delivery.channel,
        deliveries=(delivery.id,),
    )
    record(unit, event)


def fails_for_long(unit: Any, channel: str, answered_at: datetime | None) -> bool:
    """Whether some lane of it has failed for long, and it answered nothing since that began."""
    since = unit.lanes.failing_since(channel, answered_at)
    return since is not None and unit.now - since >= unit.book.policy.figures.channel_fails_after


def bring_in_for_all(service: Service, channel: str, answered_at: datetime | None) -> None:
    """Not each at its own attempt: while a destination is down, its lanes are seldom tried."""
    at = service.clock.now()

    def once(unit: Any) -> None:
        if not fails_for_long(unit, channel, answered_at):
            return
        heads = unit.lanes.untold(channel, MOST)
        unit.lock(*[head.stream for head in heads])
        for head in heads:
            delivery = unit.state.get(Delivery, head.id)
            if delivery.state in WAITING:
                bring_in(unit, delivery, at)

    service.store.write(once, service.new_draw(at))
