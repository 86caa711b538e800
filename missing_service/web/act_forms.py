"""The forms of the acts on an episode: short, and each with what police or people said."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wtforms import FileField
from wtforms.validators import InputRequired

from missing_service.domain.directory import Directory
from missing_service.web import fields as f
from missing_service.web import words
from missing_service.web.times import WrongTime, read_date

ANSWER_PLACES = {
    "reference.value": "value",
    "reference.system": "system",
    "acknowledged_at": "at_clock",
    "acknowledged_by.name": "officer",
}
BACK = {
    "BACK": "Back, or safe somewhere else",
    "LOCATED": "We know where they are, but they are not safe yet",
}


class AnswerForm(f.PageForm):
    """What police make of it: by their own hand, or on the telephone."""

    outcome = f.radios(
        "What do police say?",
        words.OUTCOMES,
        default="RECORDED_MISSING",
        needed="Say what police make of it.",
    )
    value = f.name_line("Police reference", most=100)
    system = f.select("From which system", words.SYSTEMS)
    officer = f.name_line("Officer’s name", needed="Give the name of the officer who answers.")
    number = f.name_line("Officer’s number", needed="Give the officer’s collar or staff number.")
    reason = f.text("Reason", hint="Needed if police decline, or record something else.", rows=2)
    force = f.select("Which force does it belong to", {}, hint="Only for another force’s.")
    duplicate_of = f.name_line(
        "Reference of the same child’s open episode", hint="Only for the same as another."
    )
    risk = f.select("Risk grade, if police have set one", words.RISKS)
    at_clock = f.clock("When")
    at_day = f.day("Day", hint="Empty: within the last 24 hours.")
    at_side = f.side()

    def begin(self, directory: Directory, now: datetime, *, by_phone: bool) -> None:
        forces = {force.code: force.name for force in directory.forces.values()}
        self.force.choices = f.choices({"": "Not known", **forces})
        if by_phone and not self.is_submitted():
            f.fill_when(self, "at", now)

    def ask_police(self, name: str) -> None:
        """The same questions, put to the officer whose answer it is."""
        self.outcome.label.text = "Your force’s answer"
        self.officer.label.text = "Your name"
        self.number.label.text = "Your collar or staff number"
        if not self.is_submitted():
            self.officer.data = name

    def said(self, now: datetime, *, by_phone: bool) -> dict[str, Any] | None:
        """As CONTRACT 5.4 has it; None where the time cannot be read."""
        at = f.read_when(self, "at", now)
        officer = {"name": self.officer.data, "number": self.number.data}
        said: dict[str, Any] = {
            "outcome": self.outcome.data,
            "acknowledged_by": officer,
            "by_phone": by_phone,
            "acknowledged_at": at,
            **f.known(("reason", "force", "duplicate_of", "risk"), self),
        }
        if self.value.data:
            said["reference"] = {"system": self.system.data or "OTHER", "value": self.value.data}
        return None if self.faults() else said


class CallForm(f.PageForm):
    result = f.radios("What happened?", words.CALLS, needed="Say what came of the call.")
    name = f.name_line("Officer’s name", hint="If somebody answered.")
    number = f.name_line("Officer’s number")

    def said(self) -> dict[str, Any]:
        return {"result": self.result.data, **f.known(("name", "number"), self)}


class FoundForm(f.PageForm):
    what = f.radios("What do you know?", BACK, default="BACK", needed="Say what you know.")
    at_clock = f.clock("When", hint="24-hour clock.")
    at_day = f.day("Day", hint="Empty: within the last 24 hours.")
    at_side = f.side()
    to = f.line("Where are they now?")
    instead = f.select("If not back where they live", words.INSTEAD)
    well_being_confirmed_by = f.line(
        "Who has seen the child, and says that they are well?",
        hint="A name. Leave it empty if nobody has: the search does not end then.",
    )
    safe_there = f.answer("Is the child safe there?")
    mode = f.radios("Have police held their prevention interview?", words.INTERVIEWS_WITH_POLICE)
    how = f.select("Who found them", words.FOUND_BY)
    note = f.text("Anything else", rows=2)

    def begin(self, now: datetime) -> None:
        if not self.is_submitted():
            f.fill_when(self, "at", now)

    @property
    def is_only_located(self) -> bool:
        return bool(self.what.data == "LOCATED")

    def at(self, now: datetime) -> datetime | None:
        found = f.read_when(self, "at", now)
        if found is None and not (self.at_clock.errors or self.at_side.errors):
            self.at_clock.errors = ["Say when: about is good enough."]
        return found

    def said(self) -> dict[str, Any]:
        """As CONTRACT 5.3 has it, without the time."""
        if self.is_only_located:
            where = [self.to.data, self.note.data]
            return {
                **f.known(("how",), self),
                "by": self.well_being_confirmed_by.data or None,
                "note": ". ".join(filter(None, where)) or None,
            }
        found = f.known(("to", "instead", "well_being_confirmed_by", "safe_there"), self)
        return {**found, "prevention_interview": self._interview()}

    def _interview(self) -> dict[str, Any] | None:
        mode = self.mode.data
        return {"held": mode != "NOT_DONE", "mode": mode} if mode else None


class DecisionForm(f.PageForm):
    decision = f.radios("Decision", {}, needed="Say what is decided.")
    reason = f.text("Reason", needed="Give the reason: a few words are enough.", rows=2)
    decided_by = f.name_line(
        "Manager who decided", hint="Their name, if it was given by telephone."
    )

    def begin(self, allowed: Iterable[str]) -> None:
        self.decision.choices = f.choices({code: words.DECISIONS[code] for code in allowed})

    def said(self, *, is_edt: bool) -> dict[str, Any]:
        by = self.decided_by.data
        return {
            "decision": self.decision.data,
            "reason": self.reason.data,
            "by_phone": bool(is_edt and by),
            "decided_by": by or None,
        }


class PhotoForm(f.PageForm):
    image = FileField(
        "Photo",
        [InputRequired("Choose a photo of the child.")],
        description="JPEG, PNG or WebP, at most 10 MiB. Where it was taken is not kept.",
    )
    taken_on = f.line(
        "Taken on", hint="Day month year, for example 1 5 2026. Empty if nobody knows."
    )

    def content(self) -> bytes:
        return self.image.data.read() if self.image.data else b""

    def day(self) -> str | None:
        """None where nobody knows; what is no day stands beside the field as a fault."""
        if not self.taken_on.data:
            return None
        try:
            return read_date(self.taken_on.data).isoformat()
        except WrongTime as fault:
            self.taken_on.errors = [str(fault)]
            return None
