"""Look at the service's own records, and tell administrators what does not hold."""

from collections.abc import Callable
from typing import Any

from missing_service.domain.events import SERVICE, SelfChecked
from missing_service.domain.self_check import is_all_due, is_news
from missing_service.domain.telling import SERVICE_STREAM
from missing_service.journal import record
from missing_service.logs import log
from missing_service.ports import Looked
from missing_service.usecases.service import Service

MOST_KEPT = 200
Look = Callable[[int], Looked]


def check_itself(service: Service, look: Look) -> tuple[str, ...]:
    """Look, from 0 at all and else at what moved since that row of the log; says what was found."""
    at = service.clock.now()
    before = last_check(service)
    is_all = is_all_due(before, at)
    looked = look(0 if is_all or before is None else before.reached)
    faults = tuple(sorted({str(fault) for fault in looked.faults})[:MOST_KEPT])
    has_news = is_news(before, faults, at)
    said: dict[str, Any] = {
        "reached": looked.reached,
        "all_at": at if is_all or before is None else before.all_at,
        "told_at": at if has_news else before and before.told_at,
        "faults": faults,
    }

    def once(unit: Any) -> None:
        unit.lock(SERVICE_STREAM)
        head: dict[str, Any] = {"id": unit.draw.id(), "stream": SERVICE_STREAM, "at": at}
        record(unit, SelfChecked(**head, by=SERVICE, **said))

    service.store.write(once, service.new_draw(at))
    if faults:
        log().error("self_check_failed", count=len(faults))
    return faults


def last_check(service: Service) -> SelfChecked | None:
    """How the service found itself when it last looked."""
    found: SelfChecked | None = service.store.read(
        lambda reader: reader.last_told(SERVICE_STREAM, SelfChecked)
    )
    return found
