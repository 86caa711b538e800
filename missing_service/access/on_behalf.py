"""The person whom a machine names: `On-Behalf-Of: name=<percent-encoded UTF-8>; role=<role>`."""

import re
from urllib.parse import unquote

from missing_service.domain.errors import Invalid

NAME, ROLE = r"name=(?P<name>[^\s;=]{1,600})", r"role=(?P<role>[\x20-\x3a\x3c-\x7e]{1,200})"
EITHER_ORDER = (re.compile(f"{NAME}; ?{ROLE}"), re.compile(f"{ROLE}; ?{NAME}"))
FIELD = "On-Behalf-Of"
WRONG = "Write it as name=<percent-encoded UTF-8>; role=<role>."
LONGEST = 200


def read_on_behalf(header: str | None) -> tuple[str | None, str | None]:
    """The person's name and role in their own words, or nobody; anything malformed is refused."""
    if header is None:
        return None, None
    found = next(filter(None, (form.fullmatch(header.strip()) for form in EITHER_ORDER)), None)
    if not found or not header.isascii():
        raise Invalid({FIELD: WRONG})
    return _words(found["name"]), _words(found["role"])


def _words(encoded: str) -> str:
    try:
        said = unquote(encoded, errors="strict").strip()
    except UnicodeDecodeError:
        raise Invalid({FIELD: WRONG}) from None
    if not said or len(said) > LONGEST or not said.isprintable():
        raise Invalid({FIELD: WRONG})
    return said
