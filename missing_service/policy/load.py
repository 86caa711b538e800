"""Reads the policy that comes with the service, and lays a council's own files over it."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from missing_service.domain.policy import Policy
from missing_service.policy.build import build_policy
from missing_service.policy.checks import whole_faults
from missing_service.policy.lines import Path as KeyPath
from missing_service.policy.lines import key_lines, line_of
from missing_service.policy.schemas import PolicyTable

Tree = dict[str, Any]


class PolicyError(Exception):
    """A policy file is wrong: the text gives each fault's line, what was found, what is allowed."""


@dataclass(frozen=True, slots=True)
class Source:
    """One policy file as it was read."""

    name: str
    tree: Tree
    lines: dict[KeyPath, int]

    def place(self, path: KeyPath) -> str:
        line = line_of(self.lines, path)
        return f"{self.name}:{line}" if line else self.name

    def names(self, path: KeyPath) -> bool:
        return path in self.lines


def load_policy(files: Sequence[Path] = ()) -> Policy:
    """The policy in force: the defaults with these files laid over them, checked as a whole."""
    sources = [default_source(), *map(_read, files)]
    _refuse(fault for source in sources for fault in _table_faults(source))
    tree: Tree = {}
    for source in sources:
        tree = _laid_over(tree, source.tree)
    content = PolicyTable().load(_with_councils(tree))
    _refuse(_said(sources, path, text) for path, text in whole_faults(content))
    return build_policy(content)


def default_source() -> Source:
    """The policy that comes with the service."""
    text = (package_files("missing_service.policy") / "default.toml").read_text(encoding="utf-8")
    return _parse("default.toml", text)


def demo_policy_file() -> Path:
    """The file that makes minutes seconds, for the demonstration alone."""
    return Path(str(package_files("missing_service.policy") / "demo.toml"))


def _read(file: Path) -> Source:
    try:
        return _parse(str(file), file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyError(f"{file}: cannot be read: {fault}") from fault


def _parse(name: str, text: str) -> Source:
    try:
        return Source(name, tomllib.loads(text), key_lines(text))
    except tomllib.TOMLDecodeError as fault:
        raise PolicyError(f"{name}: is not TOML: {fault}") from fault


def _refuse(faults: Iterable[str]) -> None:
    if found := list(dict.fromkeys(faults)):
        raise PolicyError("\n".join(found))


def _table_faults(source: Source) -> Iterator[str]:
    try:
        PolicyTable().load(source.tree)
    except ValidationError as fault:
        for path, text in _flat(fault.messages):
            yield f"{source.place(path)}: {_dotted(path)}: {_found(source.tree, path)}{text}"


def _flat(messages: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(messages, list):
        yield from ((path, text) for text in messages)
        return
    for key, inner in messages.items():
        # "key" and "value" are how marshmallow tells a name's fault from its table's.
        step = () if key in ("_schema", "key", "value") else (key,)
        yield from _flat(inner, (*path, *step))


def _found(tree: Any, path: KeyPath) -> str:
    """What stands there, unless it is a whole table."""
    for key in path:
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return "found nothing; "
    return "" if isinstance(tree, dict) else f"found {_toml(tree)}; "


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _dotted(path: KeyPath) -> str:
    """A path as people write it; entries are counted from 1."""
    parts = (f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).lstrip(".")


def _said(sources: Sequence[Source], path: KeyPath, text: str) -> str:
    """A fault of the whole, placed in the last file that names its key, or the nearest around."""
    nearest = (path[:end] for end in range(len(path), 0, -1))
    places = (
        source.place(key) for key in nearest for source in reversed(sources) if source.names(key)
    )
    return f"{next(places)}: {_dotted(path)}: {text}"


def _laid_over(under: Tree, over: Mapping[str, Any]) -> Tree:
    """The lower tree with what the upper names in its place: tables joined, lists replaced."""
    joined = dict(under)
    for key, value in over.items():
        both_tables = (
            isinstance(value, dict) and isinstance(joined.get(key), dict) and key != "when"
        )
        joined[key] = _laid_over(joined[key], value) if both_tables else value
    return joined


def _with_councils(tree: Tree) -> Tree:
    """Each council's own obligations made whole: what it does not name holds generally."""
    general = tree["obligation"]
    councils = {
        code: {"obligation": _own(general, table.get("obligation", {}))}
        for code, table in tree.get("council", {}).items()
    }
    return {**tree, "council": councils}


def _own(general: Tree, own: Tree) -> Tree:
    return {kind: _laid_over(general[kind], table) for kind, table in own.items()}
