"""What must not be told, and to whom: said in a report, or not known of a looked-after child, which
counts as protected (rule 34, CONTRACT 5.6)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from missing_service.domain.who_is_told import child_of, looked_after

JSON = Mapping[str, Any]
FILLING = frozenset(
    {"the", "a", "an", "her", "his", "their", "mr", "mrs", "ms", "miss", "dr", "of"}
)
UNNAMED = frozenset({"parent", "parents", "family", "relative", "carer"})


@dataclass(frozen=True, slots=True)
class Barred:
    """Somebody who must not be told, or have contact."""

    person: str
    why: str


@dataclass(frozen=True, slots=True)
class Protection:
    address: bool
    address_from: tuple[str, ...]
    no_contact: tuple[Barred, ...]
    carer_identity: bool
    not_known: tuple[str, ...]  # what nobody has said of a looked-after child

    def __bool__(self) -> bool:
        known = self.address or self.carer_identity or self.not_known
        return bool(known or self.no_contact)

    @property
    def barred(self) -> tuple[Barred, ...]:
        """Everybody on either list."""
        hidden = (Barred(who, "the address is protected from them") for who in self.address_from)
        return (*self.no_contact, *hidden)


def protection(report: JSON, today: date) -> Protection:
    """What holds on that London day."""
    said = (report.get("details") or {}).get("protected") or {}
    is_cared_for = looked_after(child_of(report)) == "YES"
    not_known = tuple(_not_known(said)) if is_cared_for else ()
    address = said.get("address")
    listed = said.get("no_contact") or ()
    return Protection(
        address=address is not None or ADDRESS in not_known,
        address_from=tuple(filter(None, (address or {}).get("from") or ())),
        no_contact=tuple(_barred(row) for row in listed if row and _still_holds(row, today)),
        carer_identity=bool(said.get("carer_identity")) or CARER in not_known,
        not_known=not_known,
    )


ADDRESS, CONTACT, CARER = "address", "contact", "the carer's identity"


def _not_known(said: JSON) -> Iterator[str]:
    if "address" not in said:
        yield ADDRESS
    if said.get("no_contact") is None:
        yield CONTACT
    if said.get("carer_identity") is None:
        yield CARER


def _barred(row: JSON) -> Barred:
    until = f" until {row['until']}" if row.get("until") else ""
    return Barred(
        row.get("person") or "somebody not named", f"{row.get('order') or 'no contact'}{until}"
    )


def _still_holds(row: JSON, today: date) -> bool:
    """What cannot be read as a day holds on."""
    try:
        return date.fromisoformat(str(row.get("until") or today)[:10]) >= today
    except ValueError:
        return True


def refusal(who: str, found: Protection) -> str:
    """Why that person must not be told; empty where nothing is known against it."""
    said = _words(who)
    for each in found.barred:
        listed = _words(each.person)
        if said and listed and (listed <= said or said <= listed):
            return f"{each.person} must not be told: {each.why}."
    if found.barred and said and said <= UNNAMED:
        return "Name the person: there are some who must not be told."
    return ""


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", name.casefold())) - FILLING


def first_line(found: Protection) -> str:
    """What police read before anything else."""
    if not found:
        return ""
    parts = [
        *_of_address(found),
        *(f"no contact with {b.person} ({b.why})" for b in found.no_contact),
    ]
    if found.carer_identity and CARER not in found.not_known:
        parts.append("the carer's identity")
    if found.not_known:
        parts.append(f"not known, so treated as protected: {', '.join(found.not_known)}")
    return f"PROTECTED: {'; '.join(parts)}."


def _of_address(found: Protection) -> Iterator[str]:
    if found.address and ADDRESS not in found.not_known:
        yield f"the address, from {', '.join(found.address_from) or 'everybody'}"


def what_to_say(found: Protection) -> str:
    """What whoever tells a parent may say, and may not."""
    may = "Say: that the child is missing, since when, that police know, and the number to ring."
    never = ["what others said", "the child's associates", "what is suspected"]
    if found.address:
        never.append("where the child lives")
    if found.carer_identity:
        never.append("who cares for the child")
    ask = " Ask first who must not be told: it is not known." if CONTACT in found.not_known else ""
    barred = "; ".join(f"{b.person} ({b.why})" for b in found.barred)
    listed = f" Do not tell: {barred}." if barred else ""
    return f"{may} Do not say: {', '.join(never)}.{listed}{ask}"
