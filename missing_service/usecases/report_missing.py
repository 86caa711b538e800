"""A report: saved with everything that is owed because of it, in one commit."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from missing_service.domain.calendar import age_at, london_date
from missing_service.domain.code_list import unlisted, versions_used
from missing_service.domain.directory import Directory
from missing_service.domain.episode import Child, Episode
from missing_service.domain.errors import Invalid
from missing_service.domain.events import Actor, ChildRecorded, EpisodeReported
from missing_service.domain.view import episode_for_people
from missing_service.journal import Unit, record
from missing_service.usecases.service import Done, RequestKey, Service

Report = Mapping[str, Any]
CODE_LENGTH = 5
# entered later than this, what was said stands in the report alone
LONGEST_LATE = timedelta(days=366)


def report_missing(
    report: Report, *, actor: Actor, service: Service, key: RequestKey | None = None
) -> Done:
    """Save the report and, in the same commit, everything that is owed because of it."""
    return service.act(lambda unit, at: save_report(unit, report, actor, at), key=key)


def save_report(
    unit: Unit, report: Report, actor: Actor, at: datetime, *, drill: bool = False
) -> Done:
    council = own_council(report, actor, unit.book.directory)
    stream = unit.draw.id()
    child = _child(unit, report, actor, council, at)
    unit.open_stream(stream, "episode")
    force, told = forces_told(report, council, unit.book.directory)
    lists = unit.book.policy.code_lists
    event = EpisodeReported(
        id=unit.draw.id(),
        stream=stream,
        at=at,
        by=actor,
        child=child,
        reference=_reference(unit, council),
        council=council,
        category=report["category"],
        force=force,
        told=told,
        danger=report.get("immediate_danger") or "NOT_KNOWN",
        under_age=is_under_age(report.get("child") or {}, at, unit.book.policy.figures.under_age),
        became_aware_at=_instant(report.get("became_aware_at")) or at,
        reported_at=_clock_start(_instant(report.get("reported_at")) or at, at),
        owner=_owner(unit, actor, council, at),
        drill=drill,
        lists=versions_used(report, lists),
        unlisted=unlisted(report, lists, london_date(at)),
        report=report,
    )
    record(unit, event)
    episode = unit.state.get(Episode, stream)
    body = episode_for_people(unit.state, episode, unit.book.directory, now=at)
    body["earlier"] = unit.state.earlier(child, stream)
    return Done(stream, body, 201)


def own_council(report: Report, actor: Actor, directory: Directory) -> str:
    """A key reports for its own council; another's code is refused by name."""
    council: str = report["council"]
    if council not in directory.councils:  # a doubtful code refuses no report
        return actor.organisation
    if council != actor.organisation:
        raise Invalid(
            {"council": f"You report for {actor.organisation}: give that council's code."}
        )
    return council


def forces_told(report: Report, council: str, directory: Directory) -> tuple[str, tuple[str, ...]]:
    """The force covering where the child was last seen, else the host council's, else the
    council's own."""
    seen = (report.get("last_seen") or {}).get("council")
    host = (report.get("details") or {}).get("host_council")
    councils = [c for c in (seen, host, council) if c]
    found = [f.code for f in map(directory.force_covering, councils) if f]
    home = directory.force_covering(council)
    if not found:
        raise Invalid(
            {"council": "No police force covers this council: an administrator must add one."}
        )
    told = (home.code,) if home and home.code != found[0] else ()
    return found[0], told


def _child(unit: Unit, report: Report, actor: Actor, council: str, at: datetime) -> UUID:
    said = report.get("child") or {}
    known = _known_child(unit, said.get("id"), council)
    if known:
        unit.lock(known.id)  # reports of one child are counted one after another
        return known.id
    stream = unit.draw.id()
    unit.open_stream(stream, "child")
    event = ChildRecorded(
        id=unit.draw.id(),
        stream=stream,
        at=at,
        by=actor,
        council=council,
        name=said.get("name"),
        description=said.get("description"),
        date_of_birth=said.get("date_of_birth"),
        case_id=said.get("case_id"),
    )
    record(unit, event)
    return stream


def _known_child(unit: Unit, said: str | None, council: str) -> Child | None:
    """The child of that id, if this council knows it; a doubtful id never stops a report."""
    try:
        found = unit.state.find(Child, UUID(said)) if said else None
    except ValueError:
        return None
    return found if found and found.council == council else None


def is_under_age(child: Mapping[str, Any], at: datetime, limit: int) -> bool:
    """Whether the child is younger than `limit` years, as far as is known."""
    if child.get("date_of_birth"):
        return age_at(date.fromisoformat(child["date_of_birth"]), at) < limit
    age = child.get("estimated_age")
    return age is not None and age < limit


def _owner(unit: Unit, actor: Actor, council: str, at: datetime) -> str:
    """The person named, else the worker on the rota: one named person owns it (rule 25)."""
    if actor.is_named:
        return str(actor.name)
    on_call = unit.book.directory.on_call("edt_worker", council, at)
    return on_call[0].email if on_call else actor.principal


def _reference(unit: Unit, council: str) -> str:
    """A short reference for people on the phone: the council, then letters nobody can guess."""
    known = unit.book.directory.councils.get(council)
    short = known.short if known else council[-3:]
    while True:
        reference = f"{short}-{unit.draw.code(CODE_LENGTH)}"
        if unit.find("reference", reference) is None:
            return reference


def _clock_start(said: datetime, at: datetime) -> datetime:
    """From when reviews are counted: a slip of the pen neither puts them off nor lapses
    hundreds."""
    return min(max(said, at - LONGEST_LATE), at)


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
