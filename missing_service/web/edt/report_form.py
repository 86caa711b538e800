"""The report at 03:00: the questions of tier 1, in the order in which a caller talks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wtforms import SelectField

from missing_service.domain.directory import Directory
from missing_service.domain.stored import instant
from missing_service.web import fields as f
from missing_service.web import words
from missing_service.web.times import WrongTime, read_date

OLDEST = 130
PARTS = ("child", "last_seen", "reporter")


class ReportForm(f.PageForm):
    immediate_danger = f.answer(
        "Is the child in immediate danger?", hint="Danger to life, or of serious harm, now."
    )
    reporter_name = f.line("Name of the caller", needed="Who is calling? Give a name.")
    reporter_role = f.select("Who they are", words.REPORTERS)
    reporter_organisation = f.line("Organisation or home", hint="If there is one.")
    reporter_phone = f.line("Number to ring back", kind="tel")
    child_name = f.line("Child’s name", hint="If nobody knows it, describe the child below.")
    child_description = f.text("What they look like, what they wear", rows=2)
    child_born = f.line("Date of birth", hint="Day month year, for example 1 5 2012.")
    child_age = f.line("Or about how old", kind="text", inputmode="numeric")
    child_looked_after = f.answer("Looked after by a council?")
    child_looked_after_by = f.select("Which council", {})
    category = f.radios(
        "What has happened?",
        words.CATEGORIES,
        default="MISSING",
        needed="Say what has happened. If unsure, say unsure.",
    )
    seen_clock = f.clock("Time", hint="24-hour clock: 22:30 or 2230.")
    seen_day = f.day("Day", hint="Empty: within the last 24 hours. Else day month year.")
    seen_side = f.side()
    seen_precision = f.radios("How sure is the time?", words.PRECISION)
    seen_place = f.line("Where")
    seen_council = f.select("In which council’s area", {}, hint="That area’s police are told.")
    seen_by = f.line("Who saw them")
    seen_responsible_adult = f.answer("Was that a responsible adult?")
    concern = f.text(
        "Why are you worried about this child?",
        needed="Say why somebody is worried: a few words are enough.",
    )
    checks = f.ticks("Done already", words.CHECKS)
    done_note = f.text("More about that", rows=2)
    police_answer = f.answer("Do police know already?")
    police_system = f.select("Police system", words.SYSTEMS)
    police_reference = f.line("Police reference", hint="If the caller has one.")
    aware_clock = f.clock("They noticed at")
    aware_day = f.day("Day")
    aware_side = f.side()
    reported_clock = f.clock("They told you at")
    reported_day = f.day("Day")
    reported_side = f.side()
    council = SelectField("Your council")

    def begin(self, directory: Directory, own: str, now: datetime) -> None:
        """Fill in what the service knows, where nothing was typed yet."""
        names = {c.code: c.name for c in directory.councils.values()}
        mine = {own: names.get(own, own)}
        self.council.choices = f.choices(mine)
        for field in (self.child_looked_after_by, self.seen_council):
            field.choices = f.choices({"": "Not known", **mine, **names})
        if not self.is_submitted():
            self.seen_council.data = own
            f.fill_when(self, "reported", now)

    def report(self, now: datetime) -> Mapping[str, Any] | None:
        """The report as CONTRACT 5.1 has it; None where something typed cannot be read."""
        child = _child(self)
        seen = {**_part(self, "seen", ("place", "council", "by", "responsible_adult", "precision"))}
        seen |= _instant(self, "seen", "at", now)
        report = {
            "council": self.council.data,
            "category": self.category.data,
            "child": child,
            "last_seen": seen,
            "concern": self.concern.data,
            "done_so_far": _done(self),
            "immediate_danger": self.immediate_danger.data or "NOT_KNOWN",
            "reporter": _part(self, "reporter", ("name", "role", "organisation", "phone")),
            "police_informed": _police(self),
            **_instant(self, "aware", "became_aware_at", now),
            **_instant(self, "reported", "reported_at", now),
        }
        return None if self.faults() else report


def _part(form: f.PageForm, prefix: str, names: tuple[str, ...]) -> dict[str, Any]:
    found = f.known([f"{prefix}_{name}" for name in names], form)
    return {name.removeprefix(f"{prefix}_"): value for name, value in found.items()}


def _instant(form: f.PageForm, name: str, called: str, now: datetime) -> dict[str, str]:
    at = f.read_when(form, name, now)
    return {called: instant(at)} if at else {}


def _child(form: Any) -> dict[str, Any]:
    child = _part(form, "child", ("name", "description", "looked_after", "looked_after_by"))
    if not (child.get("name") or child.get("description")):
        form.child_name.errors = ["Give the child’s name, or describe the child."]
    return {**child, **_born(form), **_age(form)}


def _born(form: Any) -> dict[str, str]:
    typed = form.child_born.data
    if not typed:
        return {}
    try:
        return {"date_of_birth": read_date(typed).isoformat()}
    except WrongTime as fault:
        form.child_born.errors = [str(fault)]
        return {}


def _age(form: Any) -> dict[str, int]:
    typed = form.child_age.data
    if not typed:
        return {}
    if typed.isascii() and typed.isdigit() and int(typed) < OLDEST:
        return {"estimated_age": int(typed)}
    form.child_age.errors = ["Give the age in years, as a number, or leave it empty."]
    return {}


def _done(form: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"checks": list(form.checks.data or [])}
    return {**found, "note": form.done_note.data} if form.done_note.data else found


def _police(form: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"answer": form.police_answer.data or "NOT_KNOWN"}
    if form.police_reference.data:
        given, system = form.police_reference.data, form.police_system.data
        found["reference"] = {"system": system, "value": given} if system else given
    return found
