"""Where the next page of a list begins, as a word that nobody need understand."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.domain.errors import Invalid
from missing_service.domain.stored import instant
from missing_service.ports import Found, Page

UNKNOWN = "This is no cursor of this list: begin without one."
JSON = dict[str, Any]


def _word(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _text(cursor: str) -> str:
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()


def page_of(limit: int, cursor: str | None) -> Page:
    """The page that begins after what the cursor names."""
    if cursor is None:
        return Page(limit)
    try:
        at, _, row = _text(cursor).partition(" ")
        after = datetime.fromisoformat(at)
        if after.tzinfo is None:
            raise ValueError(at)
        return Page(limit, (after, UUID(row)))
    except ValueError:
        raise Invalid({"cursor": UNKNOWN}) from None


def next_after(found: Sequence[Found], page: Page) -> str | None:
    """The cursor of the page after these rows, of which one is too many where there is one."""
    if len(found) <= page.limit:
        return None
    last = found[page.limit - 1]
    return _word(f"{instant(last.at)} {last.id}")


def part_of(items: Sequence[Any], limit: int, cursor: str | None) -> JSON:
    """A part of a short list that only grows at its end."""
    try:
        start = int(_text(cursor)) if cursor else 0
    except ValueError:
        raise Invalid({"cursor": UNKNOWN}) from None
    if start < 0:
        raise Invalid({"cursor": UNKNOWN})
    end = start + limit
    return {"items": list(items[start:end]), "next": _word(str(end)) if end < len(items) else None}
