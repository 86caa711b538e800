"""Versioned lists of codes: what is chosen from one is stored with its version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list, the names that others use for it, and when it is in force."""

    code: str
    text: str
    aliases: tuple[str, ...] = ()
    effective_from: date | None = None  # None = not in force: commencement is not confirmed
    effective_until: date | None = None  # the first day on which it is no longer in force

    def is_in_force(self, on: date) -> bool:
        if self.effective_from is None or on < self.effective_from:
            return False
        return self.effective_until is None or on < self.effective_until


@dataclass(frozen=True, slots=True)
class CodeList:
    """A versioned list of codes: what is stored names the version it was chosen from."""

    version: str
    codes: tuple[Code, ...]

    def find(self, said: str) -> Code | None:
        """The code of that name or alias."""
        return next((code for code in self.codes if said in (code.code, *code.aliases)), None)


CodeLists = Mapping[str, CodeList]
LISTED: Mapping[
    str, tuple[str, ...]
] = {  # list -> where in a report, or an update, it is chosen from
    "flag": ("details", "flags"),
    "legal": ("details", "legal"),
    "ethnicity": ("details", "appearance", "ethnicity"),
    "police_risk": ("police_risk", "level"),
    "council_risk": ("council_risk", "level"),
}
ASKED = ("concern", "done_so_far", "questions")  # they answer the questionnaire


def chosen(report: Mapping[str, Any], place: tuple[str, ...]) -> tuple[str, ...]:
    """The words at that place of a report; none where nothing, or something else, is said there."""
    found: Any = report
    for name in place:
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return (found,)
    return tuple(found) if isinstance(found, list | tuple) else ()


def is_said(report: Mapping[str, Any], place: Sequence[str]) -> bool:
    """Whether a report, or an update, says anything there, were it that nothing is known."""
    found: Any = report
    for name in place:
        if not isinstance(found, Mapping):
            return True  # said as a whole, or taken back
        if name not in found:
            return False
        found = found[name]
    return True


def versions_used(report: Mapping[str, Any], lists: CodeLists) -> dict[str, str]:
    """The questionnaire and the lists that a report was said in, each under its version."""
    used = [name for name, place in LISTED.items() if chosen(report, place)]
    asked = ["questionnaire"] if any(report.get(name) for name in ASKED) else []
    return {name: lists[name].version for name in (*asked, *used) if name in lists}


def unlisted(report: Mapping[str, Any], lists: CodeLists, on: date) -> tuple[str, ...]:
    """The dotted names of fields that hold a word which is in no list in force on that day."""
    return tuple(
        ".".join(place)
        for name, place in LISTED.items()
        if name in lists and any(not _holds(lists[name], w, on) for w in chosen(report, place))
    )


def _holds(of: CodeList, word: str, on: date) -> bool:
    code = of.find(word)
    return code is not None and code.is_in_force(on)
