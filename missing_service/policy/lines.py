"""Where in a TOML text each key stands, so that a fault can be said with its line."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]
HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]")
KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 1, of each table and key; entries of a list of tables go by number."""
    found: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            table = _table(found, header)
            for end in range(1, len(table) + 1):
                found.setdefault(table[:end], number)
        elif key := KEY.match(line):
            found.setdefault((*table, *_parts(key.group(1))), number)
    return found


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of a key, or else of the nearest table around it."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


def _table(found: dict[Path, int], header: re.Match[str]) -> Path:
    names = tuple(_parts(header.group(2)))
    path: Path = ()
    for name in names:
        path = _entered(found, (*path, name))
    if header.group(1) == "[[":
        bare = path[:-1] if isinstance(path[-1], int) else path
        return (*bare, _entries(found, bare))
    return path


def _entered(found: dict[Path, int], path: Path) -> Path:
    """A list of tables is entered at its last entry, as TOML has it."""
    entries = _entries(found, path)
    return (*path, entries - 1) if entries else path


def _entries(found: dict[Path, int], path: Path) -> int:
    return next(number for number in range(len(found) + 1) if (*path, number) not in found)


def _parts(dotted: str) -> Iterator[str]:
    return (part.strip("\"'") for part in PART.findall(dotted))
