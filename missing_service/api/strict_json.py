"""JSON with one meaning: what two readers could understand differently is refused first."""

import json
from typing import Any, NoReturn

from missing_service.domain.errors import Invalid

DEEPEST = 20
LARGEST = 2**53
DIGITS = 20


class Unreadable(Exception):
    """The body is not JSON of this one form; the text says why."""


def read_json(body: bytes) -> Any:
    """The value; Unreadable where it is not JSON, Invalid where a text cannot be stored."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except RecursionError:
        raise Unreadable(f"The body is nested more than {DEEPEST} deep.") from None
    except ValueError:
        raise Unreadable("The body is not JSON in UTF-8.") from None
    _check(value, (), 1)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("A name stands twice in one object: give it once.")
    return found


def _no_constant(_: str) -> NoReturn:
    raise Unreadable("NaN and Infinity are not JSON.")


def _whole(digits: str) -> int:
    if len(digits) > DIGITS or abs(int(digits)) > LARGEST:
        raise Unreadable("A number is larger than 2^53.")
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    if abs(value) > LARGEST:
        raise Unreadable("A number is larger than 2^53.")
    return value


def _check(value: Any, path: tuple[str, ...], depth: int) -> None:
    """Refuse what is too deep, and text that no database and no receiver could hold."""
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, dict | list):
        if depth > DEEPEST:
            raise Unreadable(f"The body is nested more than {DEEPEST} deep.")
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            _check_text(str(name), path)
            _check(item, (*path, str(name)), depth + 1)


def _check_text(text: str, path: tuple[str, ...]) -> None:
    if "\0" in text:
        raise Invalid({".".join(path): "The text holds a NUL character: leave it out."})
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid({".".join(path): "The text holds half a character (a lone surrogate)."})
