"""The managers' page: what is overdue, and who was told."""

from datetime import datetime
from typing import Any

from flask import Response

from missing_service.domain.errors import NotAllowed
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.usecases.read_boards import list_duties
from missing_service.web.desk import Asked, Pages
from missing_service.web.rendering import show
from missing_service.web.times import instant_of

PAGES = Pages()
INTERVIEW = (
    Kind.interview_allocated,
    Kind.interview_offered,
    Kind.interview_held,
    Kind.record_written,
)
KINDS = (
    Kind.still_missing_review,
    Kind.police_acknowledgement,
    Kind.police_declined_review,
    *INTERVIEW,
    Kind.record_with_police,
)
Item = dict[str, Any]


@PAGES.add("/managers", "read obligations")
def overdue(asked: Asked) -> Response:
    """Still missing; unanswered or declined; interviews in time; late; waiting for police."""
    if asked.actor.role not in ("manager", "lead"):
        raise NotAllowed("This page is for managers.")
    found = list_duties(KINDS, looker=asked.looker, service=asked.service)
    parts = in_parts(found["items"], asked.now)
    return show("managers.html", asked, more=found["more"], parts=parts)


def in_parts(items: list[Item], now: datetime) -> dict[str, list[Item]]:
    """Each part of the page, the first due first."""

    def of(*kinds: Kind) -> list[Item]:
        own = [item for item in items if item["duty"]["kind"] in kinds]
        return sorted(own, key=lambda item: str(item["duty"]["due_at"]))

    late = [item for item in of(*INTERVIEW) if _is_late(item, now)]
    return {
        "missing": _once(of(Kind.still_missing_review)),
        "police": of(Kind.police_acknowledgement, Kind.police_declined_review),
        "in_time": [item for item in of(Kind.interview_held) if not _is_late(item, now)],
        "late": late,
        "with_police": of(Kind.record_with_police),
    }


def _is_late(item: Item, now: datetime) -> bool:
    return instant_of(item["duty"]["due_at"]) <= now


def _once(items: list[Item]) -> list[Item]:
    """Each episode with the first review that is due: several may be open."""
    rows: dict[str, Item] = {}
    for item in items:
        rows.setdefault(item["episode"]["reference"], item)
    return list(rows.values())
