"""Small directories for the tables of the rules: plain keyword functions."""

from collections.abc import Sequence
from typing import Any

from missing_service.domain.directory import Directory, Entries

HARROW, BARNET = "E09000015", "E09000003"
START, END = "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"


def entries(*made: tuple[tuple[str, str], dict[str, Any]]) -> Entries:
    return dict(made)


def directory(*made: tuple[tuple[str, str], dict[str, Any]]) -> Directory:
    return Directory.from_entries(dict(made))


def council(code: str = HARROW, name: str = "Harrow", short: str = "HRW", desk: str = "020"):
    return ("council", code), {"code": code, "name": name, "short": short, "edt_phone": desk}


def force(code: str = "met", covers: tuple[str, ...] = (HARROW,), phone: str = "101"):
    entry = {"code": code, "name": code.title(), "covers": list(covers), "phone": phone}
    return ("force", code), entry


def channel(
    owner: str = "met",
    name: str = "cad",
    purposes: Sequence[str] = ("report", "record", "reminder"),
    **more: Any,
):
    entry = {"owner": owner, "name": name, "kind": "webhook", "url": "https://police.example/"}
    return ("channel", f"{owner}/{name}"), entry | {"for": list(purposes)} | more


def person(email: str, name: str | None = None):
    return ("person", email), {"email": email, "name": name or email.split("@")[0].title()}


def role(who: str, held: str, place: str = HARROW, **dates: str):
    entry = {"person": who, "role": held, "organisation": place, **dates}
    return ("role", f"{who}|{held}|{place}|{dates.get('from', '')}"), entry


def slot(who: str, on: str = "edt_worker", place: str = HARROW, begin: str = START, end: str = END):
    entry = {"role": on, "council": place, "person": who, "from": begin, "until": end}
    return ("rota", f"{on}|{place}|{who}|{begin}"), entry


def absence(who: str, cover: str | None = None, begin: str = START, end: str = END):
    entry = {"person": who, "from": begin, "until": end, "cover": cover}
    return ("absence", f"{who}|{begin}"), entry


def key(name: str, token: str, place: str = "met", held: str = "police", **dates: str):
    entry = {"name": name, "organisation": place, "role": held, "token_sha256": token}
    return ("key", name), entry | dates
