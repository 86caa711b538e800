"""Whether the service does its duty, without one child's data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from missing_service.domain.directory import Directory
from missing_service.domain.directory_faults import nobody_on_call
from missing_service.domain.stored import plain
from missing_service.usecases.service import Service

JSON = dict[str, Any]
BEAT = timedelta(seconds=30)
GRACE = timedelta(seconds=5)  # an escalator looks each second: a step later than this was missed


@dataclass(frozen=True, slots=True)
class Duty:
    """How the duty stands: figures and instants, nothing of who."""

    oldest_undelivered: datetime | None
    oldest_unacknowledged: datetime | None
    overdue_untold: int
    empty_roles: tuple[str, ...]


def read_duty(service: Service, roles: Iterable[str]) -> Duty:
    """What has waited longest, what was missed, and which roles have nobody on the rota."""
    now = service.store.now()
    directory = service.store.directory()

    def once(reader: Any) -> Duty:
        listing = reader.listing
        return Duty(
            oldest_undelivered=listing.oldest_undelivered(),
            oldest_unacknowledged=listing.oldest_unacknowledged(),
            overdue_untold=listing.untold_since(now - GRACE),
            empty_roles=empty_roles(directory, roles, now),
        )

    found: Duty = service.store.read(once)
    return found


def empty_roles(directory: Directory, roles: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Each "council/role" with nobody on call, of the councils served here: the next people are
    told in their place."""
    return tuple(
        f"{council.code}/{role}" for role, council in nobody_on_call(directory, now, roles)
    )


def duty_view(duty: Duty) -> JSON:
    return {
        "oldest_undelivered": plain(duty.oldest_undelivered),
        "oldest_unacknowledged": plain(duty.oldest_unacknowledged),
        "overdue_untold": duty.overdue_untold,
        "roles_with_nobody": list(duty.empty_roles),
    }


def read_readiness(service: Service) -> dict[str, bool]:
    """Database, schema, and workers that beat within 30 s; StoreUnavailable where there is no
    database.

    A beat of a time to come was left by a clock that ran ahead, and says nothing of now.
    """
    now = service.store.now()

    def once(reader: Any) -> dict[str, bool]:
        beats = reader.listing.beats().values()
        return {
            "database": True,
            "schema": reader.listing.is_newest_schema(),
            "workers": any(abs(now - at) < BEAT for at in beats),
        }

    found: dict[str, bool] = service.store.read(once)
    return found
