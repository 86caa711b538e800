"""What a directory file may say, table by table; all else is refused with what is allowed."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validates_schema

from missing_service.domain.codes import LadderRole, Purpose, Role
from missing_service.policy.schemas import Parsed, Table

T = TypeVar("T")
SHORTEST_SECRET = 24  # bytes: Standard Webhooks
SIGNING_ALLOWED = (
    "allowed: whsec_ and the base64 of 24 random bytes or more, or a list while rotating"
)
REQUIRED = {"required": "it is required"}


def _read(value: object, *, wanted: str, allowed: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(wanted, value):
        raise ValidationError(f"allowed: {allowed}")
    return value


def a_text(value: object) -> str:
    return _read(value, wanted=r"[^\x00-\x1f]*\S[^\x00-\x1f]*", allowed="text in one line")


def a_council(value: object) -> str:
    return _read(value, wanted=r"[A-Z][0-9]{8}", allowed='an ONS/GSS code, "E09000015"')


def a_short_name(value: object) -> str:
    return _read(value, wanted=r"[A-Z]{2,5}", allowed='two to five capital letters, "HRW"')


def a_name(value: object) -> str:
    """A code or name that is part of others: without what separates them."""
    wanted = r"[A-Za-z0-9][A-Za-z0-9 ._-]*"
    return _read(value, wanted=wanted, allowed="letters, digits, blanks, full stops, - and _")


def an_email(value: object) -> str:
    wanted = r"[^\s@|/]+@[^\s@|/]+"
    return _read(value, wanted=wanted, allowed='an e-mail address, "name@council.example"').lower()


def a_token_hash(value: object) -> str:
    wanted = r"[0-9A-Fa-f]{64}"
    return _read(value, wanted=wanted, allowed="a SHA-256 in 64 hexadecimal digits").lower()


def a_password_hash(value: object) -> str:
    return _read(value, wanted=r"\$argon2id\$\S+", allowed="an argon2id hash, $argon2id$...")


def a_url(value: object) -> str:
    address = _read(value, wanted=r"https?://\S+", allowed='a URL, "https://police.example/hooks"')
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.fragment:
        raise ValidationError("allowed: a URL with a host, without a user or a fragment")
    return address


def an_instant(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValidationError("allowed: a date and time with an offset, 2026-11-24T22:30:00Z")
    return value


def a_secret(value: object) -> str:
    """A signing secret; what was found is never repeated."""
    if not isinstance(value, str) or len(_key(value)) < SHORTEST_SECRET:
        raise ValidationError(SIGNING_ALLOWED)
    return value


def _key(value: str) -> bytes:
    if not value.startswith("whsec_"):
        return b""
    try:
        return base64.b64decode(value.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def one_of(words: Iterable[str]) -> Callable[[object], str]:
    known = tuple(words)

    def read(value: object) -> str:
        if value not in known:
            raise ValidationError(f"allowed: {', '.join(known)}")
        return str(value)

    return read


def one_or_several(read: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """One value, or a list of at least one."""

    def read_all(value: object) -> tuple[T, ...]:
        if value == []:
            raise ValidationError("allowed: at least one")
        return tuple(read(each) for each in (value if isinstance(value, list) else [value]))

    return read_all


def list_of(read: Callable[[object], T]) -> Callable[[object], list[T]]:
    def read_all(value: object) -> list[T]:
        if not isinstance(value, list):
            raise ValidationError("allowed: a list")
        return [read(each) for each in value]

    return read_all


def needs(read: Callable[[Any], T], **more: Any) -> Parsed[T]:
    return Parsed(read, required=True, error_messages=REQUIRED, **more)


def tables(table: type[Table]) -> fields.List[Any]:
    rows = fields.List(fields.Nested(table), load_default=list)
    rows.error_messages["invalid"] = "allowed: a list of tables, each under [[ ]]"
    return rows


class CouncilTable(Table):
    code = needs(a_council)
    name = needs(a_text)
    short = needs(a_short_name)
    edt_phone = Parsed(a_text, load_default="")


def every_purpose() -> list[str]:
    return [purpose.value for purpose in Purpose]


CARRIES = {"webhook": ("url", "secret", "secret_env"), "email": ("address", "content")}


class ChannelTable(Table):
    name = needs(a_name)
    kind = needs(one_of(CARRIES))
    url = Parsed(a_url)
    secret = Parsed(one_or_several(a_secret))
    secret_env = Parsed(one_or_several(a_text))
    address = Parsed(an_email)
    content = Parsed(one_of(("link", "full")))
    for_ = Parsed(list_of(one_of(Purpose)), data_key="for", load_default=every_purpose)
    until = Parsed(an_instant)

    @validates_schema
    def carry(self, data: dict[str, Any], **_: Any) -> None:
        kind = data["kind"]
        foreign = [key for own, keys in CARRIES.items() if own != kind for key in keys]
        faults = {key: [f"not for a channel of kind {kind}"] for key in foreign if key in data}
        where = "url" if kind == "webhook" else "address"
        if where not in data:
            faults[where] = [f"it is required for a channel of kind {kind}"]
        if kind == "webhook" and ("secret" in data) is ("secret_env" in data):
            faults["secret"] = ["exactly one of `secret` and `secret_env` is required"]
        if not data["for_"]:
            faults["for"] = [f"allowed: at least one of {', '.join(Purpose)}"]
        if faults:
            raise ValidationError(faults)


class ForceTable(Table):
    code = needs(a_name)
    name = needs(a_text)
    covers = Parsed(list_of(a_council), load_default=list)
    phone = Parsed(a_text, load_default="")
    channel = tables(ChannelTable)


class OrganisationTable(Table):
    code = needs(a_name)
    name = needs(a_text)
    kind = needs(a_text)
    council = needs(a_council)
    channel = tables(ChannelTable)
    none = Parsed(one_of(("no endpoint",)))  # said of one without a channel, which says it alone

    @validates_schema
    def has_one_or_none(self, data: dict[str, Any], **_: Any) -> None:
        if "none" in data and data["channel"]:
            raise ValidationError("allowed: `none`, or channels", "none")


class SchoolTable(OrganisationTable):
    kind = Parsed(a_text, load_default="school")


class Lasting(Table):
    """A table with a beginning and an end."""

    from_ = Parsed(an_instant, data_key="from")
    until = Parsed(an_instant)

    @validates_schema
    def end_after_beginning(self, data: dict[str, Any], **_: Any) -> None:
        if "from_" in data and "until" in data and data["until"] <= data["from_"]:
            raise ValidationError("allowed: an instant after `from`", "until")


class RoleTable(Lasting):
    role = needs(one_of(Role))
    organisation = needs(a_name)


class PersonTable(Table):
    email = needs(an_email)
    name = needs(a_text)
    phone = Parsed(a_text)
    password_hash = Parsed(a_password_hash)
    oidc_subject = Parsed(a_text)
    role = tables(RoleTable)


class RotaTable(Lasting):
    role = needs(one_of(LadderRole))
    council = needs(a_council)
    person = needs(an_email)
    from_ = needs(an_instant, data_key="from")


class AbsenceTable(Lasting):
    person = needs(an_email)
    from_ = needs(an_instant, data_key="from")
    cover = Parsed(an_email)


class KeyTable(Lasting):
    name = needs(a_text)
    organisation = needs(a_name)
    role = needs(one_of(Role))
    token_sha256 = needs(a_token_hash)


class DirectoryTable(Table):
    council = tables(CouncilTable)
    force = tables(ForceTable)
    school = tables(SchoolTable)
    organisation = tables(OrganisationTable)
    person = tables(PersonTable)
    rota = tables(RotaTable)
    absence = tables(AbsenceTable)
    key = tables(KeyTable)
