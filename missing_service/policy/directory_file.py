"""Reads a directory file: who there is, checked whole, as entries; secrets apart from them."""

import hmac
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from missing_service.domain.directory import Entries
from missing_service.policy.directory_schemas import SIGNING_ALLOWED, DirectoryTable, a_secret
from missing_service.policy.faults import flat, said
from missing_service.policy.lines import Path as KeyPath
from missing_service.policy.lines import key_lines

Row = dict[str, Any]
FINGERPRINT_KEY = b"missing_service directory"


class DirectoryError(Exception):
    """A directory file is wrong: each fault with its line, what was found, what is allowed."""


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    """What a file names; secrets and password hashes are kept apart, to be stored encrypted."""

    entries: Entries
    secrets: Mapping[tuple[str, str], tuple[str, ...]]  # by the channel's kind and identity
    password_hashes: Mapping[str, str]  # by e-mail address


@dataclass(frozen=True, slots=True)
class Made:
    """One entry as it was read, with the path of its table in the file."""

    kind: str
    identity: str
    entry: Row
    path: KeyPath
    secrets: tuple[str, ...] = ()
    password_hash: str | None = None


Fault = tuple[KeyPath, str]


def read_directory(path: Path, environ: Mapping[str, str]) -> DirectoryFile:
    """The directory that a file names, or every fault of the file at once."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise DirectoryError(f"{path}: cannot be read: {fault}") from fault
    return parse_directory(text, str(path), environ)


def parse_directory(text: str, name: str, environ: Mapping[str, str]) -> DirectoryFile:
    """The directory that a TOML text names; `name` is what its faults call it."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise DirectoryError(f"{name}: is not TOML: {fault}") from fault
    content, faults = _content(tree)
    made = list(_made(content, environ))
    faults += [*_env_faults(content, environ), *_repeated(made)]
    if faults:
        lines = key_lines(text)
        said_of_each = dict.fromkeys(said(name, lines, tree, *fault) for fault in faults)
        raise DirectoryError("\n".join(said_of_each))
    return _file(made)


def _content(tree: Row) -> tuple[Row, list[Fault]]:
    """What the tables hold, and what is wrong with them: nothing is held of a wrong file."""
    try:
        content: Row = DirectoryTable().load(tree)
    except ValidationError as fault:
        return DirectoryTable().load({}), list(flat(fault.messages))
    return content, []


def _file(made: Iterable[Made]) -> DirectoryFile:
    return DirectoryFile(
        entries={(each.kind, each.identity): each.entry for each in made},
        secrets={(each.kind, each.identity): each.secrets for each in made if each.secrets},
        password_hashes={each.identity: each.password_hash for each in made if each.password_hash},
    )


def _made(content: Row, environ: Mapping[str, str]) -> Iterator[Made]:
    for path, row in _rows(content, "council"):
        yield Made("council", row["code"], row, path)
    for table in ("force", "school", "organisation"):
        for path, row in _rows(content, table):
            yield from _owner("force" if table == "force" else "organisation", row, path, environ)
    for path, row in _rows(content, "person"):
        yield from _person(row, path)
    for path, row in _rows(content, "rota"):
        who = row["role"], row["council"], row["person"]
        yield Made("rota", _identity(*who, row["from_"]), _plain(row), path)
    for path, row in _rows(content, "absence"):
        yield Made("absence", _identity(row["person"], row["from_"]), _plain(row), path)
    for path, row in _rows(content, "key"):
        yield Made("key", row["name"], _plain(row), path)


def _rows(table: Row, name: str, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Row]]:
    return (((*path, name, number), row) for number, row in enumerate(table[name]))


def _owner(kind: str, row: Row, path: KeyPath, environ: Mapping[str, str]) -> Iterator[Made]:
    """A force or an organisation, and its channels in the order in which they stand."""
    yield Made(kind, row["code"], _without(row, "channel", "none"), path)
    for position, (place, channel) in enumerate(_rows(row, "channel", path)):
        secrets = channel.get("secret") or _from_environ(channel, environ)
        own = _plain(_without(channel, "secret", "secret_env"))
        entry = {"owner": row["code"], **own, "position": position, **_fingerprint(secrets)}
        yield Made("channel", f"{row['code']}/{channel['name']}", entry, place, secrets)


def _from_environ(channel: Row, environ: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(environ.get(name, "") for name in channel.get("secret_env", ()))


def _fingerprint(secrets: tuple[str, ...]) -> Row:
    """Shows that a secret was changed, not what it is: 24 random bytes cannot be guessed."""
    if not secrets:
        return {}
    return {"secret_count": len(secrets), "secrets_fingerprint": _mac(" ".join(secrets))}


def _mac(text: str) -> str:
    return hmac.digest(FINGERPRINT_KEY, text.encode(), "sha256").hex()[:16]


def _person(row: Row, path: KeyPath) -> Iterator[Made]:
    hashed = row.get("password_hash")
    entry = _without(row, "password_hash", "role")
    entry |= {"password_fingerprint": _mac(hashed)} if hashed else {}
    yield Made("person", row["email"], entry, path, password_hash=hashed)
    for place, role in _rows(row, "role", path):
        who = row["email"], role["role"], role["organisation"]
        held = {"person": row["email"], **_plain(role)}
        yield Made("role", _identity(*who, role.get("from_")), held, place)


def _without(row: Row, *names: str) -> Row:
    return {key: value for key, value in row.items() if key not in names}


def _plain(row: Row) -> Row:
    """A row as JSON, under the file's own names; instants in UTC."""
    return {
        key.rstrip("_"): _instant(value) if isinstance(value, datetime) else value
        for key, value in row.items()
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _identity(*parts: str | datetime | None) -> str:
    return "|".join(_instant(p) if isinstance(p, datetime) else p or "" for p in parts)


def _env_faults(content: Row, environ: Mapping[str, str]) -> Iterator[Fault]:
    """A secret that stands in the environment is checked like one in the file."""
    for table in ("force", "school", "organisation"):
        for path, owner in _rows(content, table):
            for place, channel in _rows(owner, "channel", path):
                for name in channel.get("secret_env", ()):
                    if fault := _env_fault(name, environ):
                        yield (*place, "secret_env"), fault


def _env_fault(name: str, environ: Mapping[str, str]) -> str | None:
    if not environ.get(name):
        return f"{name} is not set; {SIGNING_ALLOWED}"
    try:
        a_secret(environ[name])
    except ValidationError:
        return f"{name} holds no such secret; {SIGNING_ALLOWED}"
    return None


def _repeated(made: Iterable[Made]) -> Iterator[Fault]:
    """One identity, one table: a second would silently win."""
    first: set[tuple[str, str]] = set()
    for each in made:
        # An owner's code begins its channels' names: no two owners may share one.
        kind = "owner" if each.kind in ("force", "organisation") else each.kind
        if (kind, each.identity) in first:
            yield each.path, f'a second {each.kind} "{each.identity}"; allowed: one'
        first.add((kind, each.identity))
