"""The police page: the alerts that this force has to answer."""

from typing import Any

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from missing_service.domain.errors import NotAllowed
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.usecases.read_boards import list_duties
from missing_service.web.desk import Asked, Pages
from missing_service.web.rendering import show

PAGES = Pages()


@PAGES.add("/police", "read obligations")
def alerts(asked: Asked) -> Response:
    """Alerts to answer: immediate danger, then under 14, then the longest waiting."""
    if asked.actor.role != "police":
        raise NotAllowed("This page is for police.")
    found, drills = _asked_of(asked), _asked_of(asked, drills=True)["items"]
    rows = most_urgent(found["items"])
    return show("police.html", asked, rows=rows, more=found["more"], drills=drills)


def _asked_of(asked: Asked, *, drills: bool = False) -> dict[str, Any]:
    kinds, looker = (Kind.police_acknowledgement,), asked.looker
    return list_duties(kinds, looker=looker, service=asked.service, drills=drills)


def most_urgent(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=_urgency)


def _urgency(item: dict[str, Any]) -> tuple[bool, bool, str]:
    in_danger = item["danger"] == "YES" and not item["well_being"]
    return (not in_danger, not item["under_age"], item["duty"]["started_at"])


@PAGES.add("/police/<reference>", "read episodes")
def one_alert(asked: Asked, reference: str) -> ResponseReturnValue:  # noqa: ARG001 - the page's own
    """The alert stands where its message says."""
    return redirect(f"/episodes/{reference}", 302)
