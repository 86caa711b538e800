"""How a fault of a file is said: its line, its key, what was found, what is allowed."""

from collections.abc import Iterator
from typing import Any

from missing_service.policy.lines import Path, line_of

SECRET = frozenset({"secret", "password_hash"})  # never repeated, not even where it is wrong


def flat(messages: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Each fault that marshmallow found, with the path of its key."""
    if isinstance(messages, list):
        yield from ((path, text) for text in messages)
        return
    for key, inner in messages.items():
        yield from flat(inner, path if key == "_schema" else (*path, key))


def said(name: str, lines: dict[Path, int], tree: Any, path: Path, text: str) -> str:
    """One fault in one line; the key's own line, or that of the nearest table around it."""
    line = line_of(lines, path)
    place = f"{name}:{line}" if line else name
    return f"{place}: {dotted(path)}: {found(tree, path)}{text}"


def dotted(path: Path) -> str:
    """A path as people write it; entries are counted from 1."""
    parts = (f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).lstrip(".")


def found(tree: Any, path: Path) -> str:
    """What stands there, unless it is a whole table or a secret."""
    for key in path:
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return "found nothing; "
    if isinstance(tree, dict) or SECRET & set(path):
        return ""
    return f"found {_toml(tree)}; "


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
