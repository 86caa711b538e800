"""The desk of the emergency duty team: what is open, and the report at 03:00."""

from typing import Any

from flask import Response, redirect
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from missing_service.domain.errors import Invalid, NotAllowed
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.usecases.read_boards import list_duties
from missing_service.usecases.report_missing import report_missing
from missing_service.web.desk import Asked, Pages
from missing_service.web.edt.report_form import ReportForm
from missing_service.web.rendering import show
from missing_service.web.standing import ACKNOWLEDGEMENT

PAGES = Pages()
NOW = (
    Kind.police_acknowledgement,
    Kind.police_declined_review,
    Kind.still_missing_review,
    Kind.police_update,
    Kind.urgent_disclosure,
)
PLACES = {"council": "council", "last_seen.at": "seen_clock", "child.name": "child_name"}


@PAGES.add("/edt", "read obligations")
def desk_of_edt(asked: Asked) -> Response:
    """Open episodes, most worrying first, each with what is owed to it now."""
    if asked.actor.role not in ("edt", "manager", "lead"):
        raise NotAllowed("This page is for the council’s duty team.")
    found = list_duties(NOW, looker=asked.looker, service=asked.service)
    return show("edt.html", asked, rows=most_worrying(found["items"]), more=found["more"])


def most_worrying(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each episode: immediate danger, then unanswered longest, then found last."""
    rows: dict[str, dict[str, Any]] = {}
    for item in items:
        row = rows.setdefault(item["episode"]["reference"], {**item, "duties": []})
        row["duties"].append(item["duty"])
    for row in rows.values():
        waits = [d["started_at"] for d in row["duties"] if d["kind"] == ACKNOWLEDGEMENT]
        row["waiting_since"] = min(waits, default=None)
    return sorted(rows.values(), key=_worry)


def _worry(row: dict[str, Any]) -> tuple[bool, bool, bool, str]:
    is_open = row["waiting_since"] is not None
    return (
        row["danger"] != "YES" or row["well_being"],
        not is_open,
        row["well_being"],
        row["waiting_since"] or row["episode"]["recorded_at"],
    )


@PAGES.add("/episodes/new", "report", form=True, methods="GET POST")
def new_report(asked: Asked) -> ResponseReturnValue:
    """The form; sent, it is saved with all that is owed because of it, once."""
    form = ReportForm()
    form.begin(asked.directory, asked.actor.organisation, asked.now)
    if not form.is_submitted():
        return _form(asked, form)
    is_read = form.is_sent()
    report = form.report(asked.now)
    reference = _save(asked, form, report) if is_read and report else None
    if reference is None:
        return _form(asked, form, status=422)
    return redirect(f"/episodes/{reference}?did=reported", 303)


def _save(asked: Asked, form: ReportForm, report: Any) -> str | None:
    try:
        done = report_missing(
            report, actor=asked.actor, service=asked.service, key=form.key(asked.actor)
        )
    except Invalid as fault:
        form.refuse(fault, PLACES)
        return None
    reference: str = done.body["reference"]
    return reference


def _form(asked: Asked, form: ReportForm, *, status: int = 200, kept: bool = False) -> Response:
    return show("report.html", asked, status=status, form=form, kept=kept)


def show_kept_report(asked: Asked, typed: list[tuple[str, str]]) -> Response:
    """The form as it was typed before its session ended; nothing was sent yet."""
    form = ReportForm(formdata=MultiDict(typed))
    form.begin(asked.directory, asked.actor.organisation, asked.now)
    return _form(asked, form, kept=True)
