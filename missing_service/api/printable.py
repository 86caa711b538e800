"""The written record as a page to print and file: its words, and the code by which police
acknowledge it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import Response
from markupsafe import Markup, escape

from missing_service.api.schemas_acts import Record
from missing_service.domain.interview import CHECK_CODE
from missing_service.domain.people_message import LONDON

JSON = Mapping[str, Any]
ORDER = tuple(Record().fields)
PAGE = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<h1>{title}</h1>
{head}
<dl>
{rows}
</dl>
</body>
</html>
""")


def printable(found: JSON, reference: str) -> Response:
    """What the JSON says, in the order in which it is asked; what is withheld says so."""
    record = found["record"]
    names = sorted(record, key=lambda n: ORDER.index(n) if n in ORDER else len(ORDER))
    title = f"Return home interview of {reference}: the written record"
    body = PAGE.format(
        title=title,
        head=Markup("\n").join(_paragraph(line) for line in _head(found)),
        rows=Markup("\n").join(_row(name, record[name]) for name in names),
    )
    return Response(body, content_type="text/html; charset=utf-8")


def _head(found: JSON) -> Iterator[str]:
    if found["draft"] or not found["version"]:
        yield "DRAFT: not signed, and not sent to police."
        return
    signed = datetime.fromisoformat(found["signed_at"]).astimezone(LONDON)
    yield f"Version {found['version']}, signed at {signed:%H:%M} on {signed.day} {signed:%B %Y}."
    yield f"Check code, to acknowledge it by: {found['sha256'][:CHECK_CODE]}"
    yield f"SHA-256 of what police are sent: {found['sha256']}"


def _paragraph(line: str) -> Markup:
    return Markup("<p>{}</p>").format(line)


def _row(name: str, value: Any) -> Markup:
    return Markup("<dt>{}</dt><dd>{}</dd>").format(_words(name), _shown(value))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _shown(value: Any) -> Markup:
    """A value as people read it: null is what was withheld, or was not said."""
    if value is None:
        return Markup("Withheld, or not said")
    if isinstance(value, bool):
        return escape("Yes" if value else "No")
    if isinstance(value, Mapping):
        rows = (_row(name, inner) for name, inner in value.items())
        return Markup("<dl>{}</dl>").format(Markup("").join(rows))
    if isinstance(value, list):
        items = (Markup("<li>{}</li>").format(_shown(inner)) for inner in value)
        return Markup("<ul>{}</ul>").format(Markup("").join(items)) if value else Markup("None")
    return Markup("<br>").join(escape(value).splitlines())
