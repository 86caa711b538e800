"""An administrator has one message tried now, whatever its back-off says."""

from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.access.scope import UNKNOWN
from missing_service.domain.delivery import Delivery, DeliveryState
from missing_service.domain.episode import Episode
from missing_service.domain.errors import Conflict, NotFound
from missing_service.domain.events import Actor, DeliveryRetried
from missing_service.journal import record
from missing_service.usecases.read_episode import delivery_view
from missing_service.usecases.service import Done, RequestKey, Service

WAITS = (DeliveryState.QUEUED, DeliveryState.FAILING)


def retry_delivery(
    delivery: UUID, *, actor: Actor, service: Service, key: RequestKey | None = None
) -> Done:
    """The delivery is due at once; one that was taken already is not sent again."""

    def once(unit: Any, at: datetime) -> Done:
        found = _held(unit, delivery, actor)
        if found.state not in WAITS:
            raise Conflict("This was taken, or a later version was: there is nothing to try.")
        head = {"id": unit.draw.id(), "stream": found.stream, "at": at, "by": actor}
        record(unit, DeliveryRetried(**head, delivery=found.id))
        unit.try_now(found)
        return Done(found.stream, delivery_view(found, unit.listing.attempts(found.stream)))

    return service.act(once, key=key)


def _held(unit: Any, delivery: UUID, actor: Actor) -> Delivery:
    """Of an episode of the administrator's council, or of none."""
    stream = unit.find("delivery", delivery)
    if stream is None:
        raise NotFound(UNKNOWN)
    unit.lock(stream)
    episode = unit.state.find(Episode, stream)
    if episode and episode.council != actor.organisation:
        raise NotFound(UNKNOWN)
    found: Delivery = unit.state.get(Delivery, delivery)
    return found
