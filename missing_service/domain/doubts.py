"""What is doubtful in a report: accepted as it was said, flagged, and shown to the worker."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from unicodedata import combining

from missing_service.domain.calendar import age_at, london_date, london_instant
from missing_service.domain.codes import Answer

NOT_KNOWN = Answer.NOT_KNOWN.value
SLACK = timedelta(minutes=5)
LONG_AGO = timedelta(days=7)
ADULT = 18
FIRST_YEAR = 1900
MARKS = {
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    *range(0x200B, 0x2010),
    *range(0xE0000, 0xE0080),
    0x2060,
    0xFEFF,
}
NAMES = (
    ("child", "name"),
    ("child", "case_id"),
    ("child", "identifier"),
    ("reporter", "name"),
    ("reporter", "organisation"),
    ("last_seen", "by"),
)
MOST_ON_ONE_LETTER = 4  # combining marks: more hide the letter, and what stands above and below
ELSEWHERE = (  # councils that decide nothing about whom the alert goes to
    ("child", "looked_after_by"),
    ("details", "responsible_council"),
)
Doubt = tuple[str, str]


def doubts(
    report: Mapping[str, Any], *, child: str, recorded_at: datetime, councils: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Each doubtful field with a sentence; nothing here refuses anything."""
    seen = report.get("last_seen") or {}
    found = [
        *_about_names(report),
        *_about_child(report.get("child") or {}, child, recorded_at),
        *_about_last_seen(report, recorded_at),
        *_about_telling(report, recorded_at),
        *_about_council("council", report.get("council"), councils),
        *_about_council("last_seen.council", seen.get("council"), councils),
        *_about_council(
            "details.host_council", (report.get("details") or {}).get("host_council"), councils
        ),
        *_about_other_councils(report, councils),
    ]
    return [{"field": field, "message": message} for field, message in found]


def _about_names(report: Mapping[str, Any]) -> Iterator[Doubt]:
    for part, name in NAMES:
        text = (report.get(part) or {}).get(name) or ""
        if any(ord(letter) in MARKS for letter in text):
            yield f"{part}.{name}", "It holds invisible characters: is it written as it should be?"
        elif _is_piled_up(text):
            yield f"{part}.{name}", "It holds letters under many marks: can it be read?"


def _is_piled_up(text: str) -> bool:
    marks = 0
    for letter in text:
        marks = marks + 1 if combining(letter) else 0
        if marks > MOST_ON_ONE_LETTER:
            return True
    return False


def _about_other_councils(
    report: Mapping[str, Any], councils: Mapping[str, Any]
) -> Iterator[Doubt]:
    for part, name in ELSEWHERE:
        code = (report.get(part) or {}).get(name)
        if code and code not in (*councils, NOT_KNOWN):
            yield f"{part}.{name}", "No council of this code is known: check it."


def _about_child(said: Mapping[str, Any], child: str, at: datetime) -> Iterator[Doubt]:
    if said.get("id") not in (None, child):
        yield (
            "child.id",
            "No child of yours has this id: a new one was made. Is it the right child?",
        )
    age = said.get("estimated_age")
    if age is not None and not 0 <= age < ADULT:
        yield "child.estimated_age", f"This makes the child {age} years old: check it."
    born = said.get("date_of_birth")
    if born:
        yield from _about_birth(date.fromisoformat(born), at)


def _about_birth(born: date, at: datetime) -> Iterator[Doubt]:
    age = age_at(born, at)
    if born > london_date(at):
        yield "child.date_of_birth", "This lies in the future: check it."
    elif born.year < FIRST_YEAR or age >= ADULT:
        yield "child.date_of_birth", f"This makes the child {age} years old: check it."


def _about_last_seen(report: Mapping[str, Any], at: datetime) -> Iterator[Doubt]:
    said = (report.get("last_seen") or {}).get("at")
    if not said:
        return
    seen = datetime.fromisoformat(said)
    born = (report.get("child") or {}).get("date_of_birth")
    if seen > at + SLACK:
        yield "last_seen.at", "This lies in the future: check the time."
    elif born and seen < london_instant(date.fromisoformat(born), time()):
        yield "last_seen.at", "This lies before the child was born: check both."
    elif at - seen > LONG_AGO:
        yield "last_seen.at", "This is more than a week ago: check the date."


def _about_telling(report: Mapping[str, Any], at: datetime) -> Iterator[Doubt]:
    """When somebody noticed, and when they said so, beside what went before."""
    seen = (report.get("last_seen") or {}).get("at")
    before = datetime.fromisoformat(seen) if seen else None
    for field in ("became_aware_at", "reported_at"):
        said = datetime.fromisoformat(report[field]) if report.get(field) else None
        if said and said > at + SLACK:
            yield field, "This lies in the future: check the time."
        elif said and before and said < before:
            yield field, "This lies before what went before it: check both times."
        elif said and at - said > LONG_AGO:
            yield field, "This is more than a week ago: check the date."
        before = said or before


def _about_council(field: str, code: str | None, councils: Mapping[str, Any]) -> Iterator[Doubt]:
    if code and code not in (*councils, NOT_KNOWN):
        yield field, "No council of this code is known: the report went by the next one. Check it."
