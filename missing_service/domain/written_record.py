"""Rule 11: the written record goes to police, with what is withheld named but not in the bytes."""

import copy
from collections.abc import Mapping
from typing import Any

REQUIRED = {
    "why_left": "Write why the child left, in their own words, or that they would not say.",
    "what_happened": "Write what happened while the child was away, or that they would not say.",
    "trafficking_screen": "Answer the trafficking screen, or say why it was not answered.",
    "helpline_given": "Say whether the child was given the helpline number, 116 000.",
    "view_on_sharing": "Write what the child thinks of sharing this, or that they were not asked.",
    "told_about_sharing": "Write what the child was told about who will read this.",
    "could_not_wait": "Say whether anything could not wait.",
    "seen_alone": "Say whether the child was seen alone.",
    "analysis": "Write your own analysis, apart from the child's words.",
}
WITHHELD = {
    "reason": "Say why this is withheld.",
    "test": "Name the test that was met.",
    "authorised_by": "Name who authorised it.",
}


def missing_parts(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All that sign-off still lacks, each with its field and a sentence."""
    found = [(name, said) for name, said in REQUIRED.items() if _is_blank(record.get(name))]
    for place, row in enumerate(record.get("withheld") or []):
        at = f"withheld.{place}"
        found += [(f"{at}.{n}", said) for n, said in WITHHELD.items() if _is_blank(row.get(n))]
        if not _resolves(record, row.get("item") or ""):
            found.append((f"{at}.item", "This points to nothing in the record: mend the pointer."))
    return found


def _is_blank(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not (
            value.get("answer") not in (None, "", "NOT_KNOWN") or (value.get("note") or "").strip()
        )
    return value is None or (isinstance(value, str) and not value.strip())


def sent_to_police(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as police get it: a withheld value is null, its row stands."""
    sent = copy.deepcopy(dict(record))
    for row in sent.get("withheld") or []:
        parent, last = _place(sent, row["item"])
        parent[last] = None
    return sent


def _resolves(record: Mapping[str, Any], pointer: str) -> bool:
    try:
        parent, last = _place(record, pointer)
        parent[last]
    except (LookupError, TypeError, ValueError):
        return False
    return True


def _place(record: Any, pointer: str) -> tuple[Any, Any]:
    """Where a JSON Pointer (RFC 6901) leads: the container, and the name or index in it."""
    if not pointer.startswith("/"):
        raise ValueError("a pointer begins with /")
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
    for part in parts[:-1]:
        record = record[_step(record, part)]
    return record, _step(record, parts[-1])


def _step(container: Any, part: str) -> Any:
    return int(part) if isinstance(container, list) else part
