"""Settings: read once from the environment, frozen, and refused with a sentence when wrong."""

import base64
import ipaddress
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

T = TypeVar("T")

ENVIRONMENTS = ("demo", "development", "training", "production")
VAR = Path("var")
LOOPBACK = ("127.0.0.0/8", "::1/128")
LEAST_VARIED = 12  # different values among 32 random bytes: fewer comes once in ever


class BadSetting(Exception):
    """A setting is wrong: the sentence names it and says what is allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    environment: str
    database_url: str
    directory: Path | None
    policy: Path | None
    public_url: str
    trusted_proxies: int
    secret_key: bytes = field(repr=False)
    data_keys: Mapping[int, bytes] = field(repr=False)
    allow_cidrs: tuple[str, ...]
    smtp_url: str | None = field(repr=False)
    mail_from: str
    signing_key: bytes = field(default=b"", repr=False)
    has_notify: bool = False
    has_rate_limits: bool = False
    deadman_url: str | None = field(default=None, repr=False)  # who knows it can keep it quiet
    closed_days: tuple[date, ...] = ()  # the council's own, besides bank holidays

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def read_settings(
    environ: Mapping[str, str], *, listens: str = "http://127.0.0.1:8000"
) -> Settings:
    """The settings, or `BadSetting` with a line for each that is wrong; outside production what
    is missing is made under `var/`."""
    said = {name: value for name, value in environ.items() if value != ""}
    strict = _environment(said) == "production"
    read = _Reader()
    settings = Settings(
        environment=_environment(said),
        database_url=read(lambda: _database(said), ""),
        directory=read(lambda: _path(said, "MISSING_DIRECTORY"), None),
        policy=read(lambda: _path(said, "MISSING_POLICY"), None),
        public_url=read(lambda: _public_url(said, listens, is_production=strict), ""),
        trusted_proxies=read(lambda: _count(said, "MISSING_TRUSTED_PROXIES"), 0),
        secret_key=read(lambda: _secret(said, "MISSING_SECRET_KEY", is_production=strict), b""),
        data_keys=read(lambda: _data_keys(said, is_production=strict), {}),
        allow_cidrs=read(lambda: _cidrs(said, is_production=strict), ()),
        smtp_url=read(lambda: _smtp(said, is_production=strict), None),
        mail_from=said.get("MISSING_MAIL_FROM", "missing-service@localhost"),
        signing_key=read(lambda: _secret(said, "MISSING_SIGNING_KEY", is_production=strict), b""),
        has_notify="MISSING_NOTIFY_KEY" in said,
        has_rate_limits=read(
            lambda: _switch(said, "MISSING_RATE_LIMITS", otherwise=strict), strict
        ),
        deadman_url=read(lambda: _deadman(said, is_production=strict), None),
        closed_days=read(lambda: _closed_days(said), ()),
    )
    if read.faults:
        raise BadSetting("\n".join(read.faults))
    return settings


def read_settings_beside(environ: Mapping[str, str]) -> Settings:
    """The settings of a command that starts nothing and sends nothing: where the keys were made
    under `var/`, as the demonstration does, the environment need not be said again."""
    says = any(environ.get(name) for name in ("MISSING_ENV", "MISSING_DATA_KEYS"))
    made_here = (VAR / "missing_data_keys.key").exists()
    return read_settings(
        {**environ, "MISSING_ENV": "development"} if made_here and not says else environ
    )


class _Reader:
    """Reads on after a fault, so that all of them are said at once."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def __call__(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except BadSetting as fault:
            self.faults.append(str(fault))
            return otherwise


def _environment(said: Mapping[str, str]) -> str:
    environment = said.get("MISSING_ENV", "production")
    if environment not in ENVIRONMENTS:
        raise BadSetting(f"MISSING_ENV is {environment!r}: say one of {', '.join(ENVIRONMENTS)}.")
    return environment


def _database(said: Mapping[str, str]) -> str:
    url = said.get("MISSING_DATABASE_URL", "sqlite:///var/missing.db")
    if not url.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
        raise BadSetting("MISSING_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return url


def _path(said: Mapping[str, str], name: str) -> Path | None:
    if name not in said:
        return None
    path = Path(said[name])
    if not path.is_file():
        raise BadSetting(f"{name} names {path}, and there is no such file.")
    return path


def _closed_days(said: Mapping[str, str]) -> tuple[date, ...]:
    """One date a line, as 2026-12-29; what follows a `#` is for people."""
    path = _path(said, "MISSING_CALENDAR")
    lines = path.read_text().splitlines() if path else []
    words = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, 1))
    return tuple(_day(f"{path}:{number}", word) for number, word in words if word)


def _day(place: str, word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise BadSetting(
            f"MISSING_CALENDAR: {place} is {word!r}: write a date, as 2026-12-29."
        ) from None


def _public_url(said: Mapping[str, str], listens: str, *, is_production: bool) -> str:
    url = said.get("MISSING_PUBLIC_URL")
    if url is None and is_production:
        raise BadSetting(
            "MISSING_PUBLIC_URL is required in production: every link is built from it."
        )
    parts = urlsplit(url or listens)
    if not _is_plain(parts):
        raise BadSetting(
            "MISSING_PUBLIC_URL must be like https://missing.example.gov.uk, without a path."
        )
    if is_production and parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise BadSetting("MISSING_PUBLIC_URL must be https in production.")
    return f"{parts.scheme}://{parts.netloc}"


def _is_plain(parts: SplitResult) -> bool:
    """An address of the web and nothing behind it, whose port can be read."""
    try:
        has_port = parts.port != 0
    except ValueError:
        return False
    is_web = parts.scheme in ("http", "https") and parts.hostname is not None
    return is_web and has_port and parts.path in ("", "/") and "@" not in parts.netloc


def _deadman(said: Mapping[str, str], *, is_production: bool) -> str | None:
    """Not echoed where it is wrong: the address is its own secret."""
    url = said.get("MISSING_DEADMAN_URL")
    if url is None:
        return None
    parts = urlsplit(url)
    if not _is_plain(parts._replace(path="")) or "#" in url:
        raise BadSetting("MISSING_DEADMAN_URL must be like https://watch.example/secret-path.")
    is_near = not is_production and _is_loopback(parts.hostname or "")
    if parts.scheme == "http" and not is_near:
        raise BadSetting("MISSING_DEADMAN_URL must be https: plain http is for loopback alone.")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _count(said: Mapping[str, str], name: str) -> int:
    value = said.get(name, "0")
    if not value.isdigit():
        raise BadSetting(f"{name} must be a whole number, 0 or more.")
    return int(value)


def _switch(said: Mapping[str, str], name: str, *, otherwise: bool) -> bool:
    value = said.get(name)
    if value not in (None, "on", "off"):
        raise BadSetting(f"{name} is {value!r}: say on or off.")
    return otherwise if value is None else value == "on"


def _secret(said: Mapping[str, str], name: str, *, is_production: bool) -> bytes:
    value = said.get(name)
    if value is None:
        if is_production:
            raise BadSetting(f"{name} is required in production: 32 random bytes or more, base64.")
        return made_secret(name)
    found = _decoded(value, name)
    if len(found) < 32:
        raise BadSetting(f"{name} is too short: 32 random bytes or more, base64.")
    _refuse_pattern(found, name)
    return found


def _refuse_pattern(key: bytes, name: str) -> None:
    if len(set(key)) < LEAST_VARIED:
        raise BadSetting(f"{name} is a default or a pattern: 32 random bytes or more, base64.")


def _data_keys(said: Mapping[str, str], *, is_production: bool) -> dict[int, bytes]:
    """`1:base64,2:base64`: the highest version encrypts, all of them decrypt."""
    value = said.get("MISSING_DATA_KEYS")
    if value is None:
        if is_production:
            raise BadSetting(
                "MISSING_DATA_KEYS is required in production, like 1:base64 of 32 bytes."
            )
        return {1: made_secret("MISSING_DATA_KEYS")[:32]}
    keys: dict[int, bytes] = {}
    for item in value.split(","):
        version, _, key = item.strip().partition(":")
        decoded = _decoded(key, "MISSING_DATA_KEYS")
        if not version.isdigit() or len(decoded) != 32:
            raise BadSetting(
                "MISSING_DATA_KEYS must be like 1:base64 of 32 bytes, separated by commas."
            )
        _refuse_pattern(decoded, "MISSING_DATA_KEYS")
        keys[int(version)] = decoded
    return keys


def _decoded(value: str, name: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as fault:
        raise BadSetting(f"{name} is not base64.") from fault


def made_secret(name: str) -> bytes:
    """A secret of this machine's own, made once under `var/` for its owner alone."""
    path = VAR / f"{name.lower()}.key"
    if not path.exists():
        VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        write_private(made, base64.b64encode(secrets.token_bytes(32)))
        with suppress(FileExistsError):  # another process was first: its secret stands
            os.link(made, path)
        made.unlink()
    return base64.b64decode(path.read_bytes())


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, from its first byte."""
    descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(content)


def _cidrs(said: Mapping[str, str], *, is_production: bool) -> tuple[str, ...]:
    """Outside production loopback is always among them: the demonstration receiver is there."""
    value, loopback = said.get("MISSING_ALLOW_CIDRS"), () if is_production else LOOPBACK
    found = tuple(item.strip() for item in value.split(",")) if value else ()
    for item in found:
        try:
            ipaddress.ip_network(item)
        except ValueError as fault:
            raise BadSetting(
                f"MISSING_ALLOW_CIDRS: {item!r} is no address range like 10.1.0.0/16."
            ) from fault
    return tuple(dict.fromkeys((*loopback, *found)))


def _smtp(said: Mapping[str, str], *, is_production: bool) -> str | None:
    url = said.get("MISSING_SMTP_URL")
    if url is None and is_production and "MISSING_NOTIFY_KEY" not in said:
        raise BadSetting(
            "MISSING_SMTP_URL is not set, and no MISSING_NOTIFY_KEY: people could not be told."
        )
    return url
