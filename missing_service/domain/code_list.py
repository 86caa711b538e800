"""Versioned lists of codes: what is chosen from one is stored with its version."""

from dataclasses import dataclass
from datetime import date


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
