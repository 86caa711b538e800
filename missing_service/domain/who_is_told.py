"""Who is told of a missing child besides the people of a ladder: one rule each, by when, and how
much of it (rules 14, 21, 34 and 36)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from missing_service.domain.calendar import Calendar, age_at, london_time_after

JSON = Mapping[str, Any]
NINE = time(9)


class When(StrEnum):
    NOW = "NOW"  # at night too: all that the emergency duty team is asked to see to
    BEFORE_0900 = "BEFORE_0900"
    NEXT_SCHOOL_MORNING = "NEXT_SCHOOL_MORNING"
    NEXT_WORKING_DAY = "NEXT_WORKING_DAY"


class Level(StrEnum):
    FULL = "FULL"  # all that was said, with PROTECTED as its first line
    ALERT = "ALERT"  # who is missing since when; no address, no associates, nobody's own words
    ALLOW_LISTED = "ALLOW_LISTED"  # that there is something to ring about; nothing of the child


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules ask; what is not known is empty, and is no reason to leave anybody out."""

    council: str  # whose emergency duty team took the report
    responsible: str = ""
    host: str = ""
    looked_after: str = "NOT_KNOWN"
    placement: str = ""
    provider: str = ""
    reporter: str = ""  # a reporter's role
    organisation: str = ""  # the reporter's
    age: int | None = None
    known_to_services: bool = False
    uasc: bool = False
    youth_justice: bool = False
    force: str = ""  # where the child was last seen
    home_force: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    who: str
    name: str  # as people read it
    when: When
    level: Level
    why_not: Callable[[Facts], str]  # empty: they are told
    source: str
    organisation: Callable[[Facts], str] = lambda _: ""  # its code or name, where it was said
    kind: str = ""  # of the organisation that stands for it in the directory
    council: Callable[[Facts], str] = lambda facts: facts.responsible or facts.council
    reporter: str = ""  # who knows it because they reported it


@dataclass(frozen=True, slots=True)
class Row:
    """What one rule says of one child."""

    rule: Rule
    needed: bool
    why_not: str
    has_reported: bool


def who_is_told(facts: Facts) -> tuple[Row, ...]:
    """Every rule's answer, in order: nobody is left out without a reason."""
    return tuple(_row(rule, facts) for rule in RULES)


def _row(rule: Rule, facts: Facts) -> Row:
    why_not = rule.why_not(facts)
    has_reported = bool(rule.reporter) and facts.reporter == rule.reporter
    return Row(rule, not why_not, why_not, has_reported)


def by_when(when: When, started_at: datetime, calendar: Calendar) -> datetime:
    """The last instant at which it is in time."""
    if when is When.BEFORE_0900:
        return london_time_after(NINE, started_at)
    if when is When.NEXT_SCHOOL_MORNING:
        return calendar.next_school_day_at(NINE, started_at)
    if when is When.NEXT_WORKING_DAY:
        return calendar.next_working_day_at(NINE, started_at)
    return started_at


def facts_of(report: JSON, *, council: str, at: datetime, **forces: str) -> Facts:
    """The facts as far as the report says them."""
    details, child = report.get("details") or {}, child_of(report)
    placement, reporter = details.get("placement") or {}, report.get("reporter") or {}
    legal = " ".join(filter(None, details.get("legal") or ())).casefold()
    return Facts(
        council=council,
        responsible=details.get("responsible_council") or child.get("looked_after_by") or "",
        host=details.get("host_council") or "",
        looked_after=looked_after(child),
        placement=(placement.get("type") or "").casefold(),
        provider=placement.get("provider") or "",
        reporter=reporter.get("role") or "",
        organisation=reporter.get("organisation") or "",
        age=_age(child, at),
        known_to_services=bool(legal or child.get("case_id")),
        uasc="UASC" in (details.get("flags") or ()),
        youth_justice=any(word in legal for word in ("bail", "curfew", "remand", "youth justice")),
        **forces,
    )


def child_of(report: JSON) -> JSON:
    """Who the child is, with what was learned later."""
    later = (report.get("details") or {}).get("child") or {}
    return {**(report.get("child") or {}), **later}


def looked_after(child: JSON) -> str:
    """A council that looks after the child says that one does."""
    said = child.get("looked_after") or "NOT_KNOWN"
    return "YES" if child.get("looked_after_by") and said == "NOT_KNOWN" else str(said)


def _age(child: JSON, at: datetime) -> int | None:
    born = child.get("date_of_birth")
    try:
        return age_at(datetime.fromisoformat(born).date(), at) if born else _estimated(child)
    except ValueError:
        return _estimated(child)


def _estimated(child: JSON) -> int | None:
    age = child.get("estimated_age")
    return age if isinstance(age, int) else None


def _always(_: Facts) -> str:
    return ""


def _home_force(facts: Facts) -> str:
    same = facts.home_force in ("", facts.force)
    return "The child was last seen in the home force's own area." if same else ""


def _responsible(facts: Facts) -> str:
    if facts.responsible == facts.council or not (facts.responsible or is_cared_for(facts)):
        return "It is the council that took the report."
    return ""


def _host(facts: Facts) -> str:
    if facts.host in ("", facts.council, facts.responsible):
        return "The child is not known to be placed in another council's area."
    return ""


def is_cared_for(facts: Facts) -> bool:
    return facts.looked_after == "YES"


def _if_cared_for(facts: Facts) -> str:
    return "" if is_cared_for(facts) else "The child is not known to be looked after."


def _is_fostered(facts: Facts) -> bool:
    return "foster" in facts.placement or facts.reporter == "FOSTER_CARER"


def _home(facts: Facts) -> str:
    if _is_fostered(facts):
        return "The child lives with foster carers: their agency is told."
    return _if_cared_for(facts)


def _agency(facts: Facts) -> str:
    if not _is_fostered(facts):
        return "The child is not known to live with foster carers."
    return _if_cared_for(facts)


def _social_worker(facts: Facts) -> str:
    is_unknown = facts.looked_after == "NO" and not facts.known_to_services
    return "The child is not known to children's services." if is_unknown else ""


def _school(facts: Facts) -> str:
    is_young = facts.age is not None and facts.age < SCHOOL_AGE
    return "The child is younger than school age." if is_young else ""


def _youth_justice(facts: Facts) -> str:
    return "" if facts.youth_justice else "No bail, curfew or remand is known of."


def _home_office(facts: Facts) -> str:
    return "" if facts.uasc else "The child is not known to be seeking asylum alone."


SCHOOL_AGE = 4
LAW_14 = "Statutory guidance on children who go missing, 2014; rule 14"
LAW_21 = "Statutory guidance on children who go missing, 2014; rule 21"
LOCAL = "Local protocol; rule 21"

RULES: tuple[Rule, ...] = (
    Rule("force", "The force where the child was last seen", When.NOW, Level.FULL, _always, LAW_14),
    Rule("home_force", "The home force", When.NOW, Level.FULL, _home_force, LAW_14),
    Rule(
        "responsible_council", "The responsible council", When.NOW, Level.ALERT, _responsible,
        LAW_14, kind="council", council=lambda facts: facts.responsible,
    ),
    Rule(
        "host_council", "The host council", When.NOW, Level.ALERT, _host,
        LAW_14, kind="council", council=lambda facts: facts.host,
    ),
    Rule(
        "parent", "A parent, or whoever has parental responsibility", When.NOW, Level.ALLOW_LISTED,
        _always, LAW_21, reporter="PARENT",
    ),
    Rule(
        "registered_manager", "The home's registered manager", When.NOW, Level.ALLOW_LISTED, _home,
        LAW_21, organisation=lambda facts: facts.provider,
    ),
    Rule(
        "fostering_agency", "The fostering agency", When.NOW, Level.ALLOW_LISTED, _agency,
        LAW_21, organisation=lambda facts: facts.provider,
    ),
    Rule(
        "social_worker", "The child's social worker", When.BEFORE_0900, Level.ALERT,
        _social_worker, LAW_21, kind="social_work", reporter="SOCIAL_WORKER",
    ),
    Rule(
        "iro", "The independent reviewing officer", When.NEXT_WORKING_DAY, Level.ALERT,
        _if_cared_for, LAW_21, kind="iro",
    ),
    Rule(
        "virtual_school", "The virtual school", When.NEXT_SCHOOL_MORNING, Level.ALLOW_LISTED,
        _if_cared_for, LOCAL, kind="virtual_school",
    ),
    Rule(
        "school", "The school's safeguarding lead", When.NEXT_SCHOOL_MORNING, Level.ALLOW_LISTED,
        _school, LOCAL, reporter="SCHOOL",
        organisation=lambda facts: facts.organisation if facts.reporter == "SCHOOL" else "",
    ),
    Rule(
        "youth_justice", "The youth justice service", When.NEXT_WORKING_DAY, Level.ALERT,
        _youth_justice, LOCAL, kind="youth_justice",
    ),
    Rule(
        "home_office", "The Home Office", When.NEXT_WORKING_DAY, Level.ALERT,
        _home_office, LAW_21, kind="home_office",
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Rule] = {rule.who: rule for rule in RULES}
