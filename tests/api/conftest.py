"""The API on a real database, with a clock that is moved by hand and a caller for each role."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from missing_service.api.app import register_api
from missing_service.bootstrap import Application, begin, make_application
from missing_service.config import Settings
from missing_service.domain.events import SERVICE
from missing_service.usecases.load_directory import load_directory
from tests.conftest import migrate
from tests.databases import Run, copy_sqlite
from tests.domain.directories import (
    BARNET,
    HARROW,
    channel,
    council,
    entries,
    force,
    key,
    person,
    role,
    slot,
)

START = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
ROLES = ("edt", "manager", "interviewer", "lead", "admin")
PEOPLE = {
    "asha@harrow.example": ("Asha Patel", "edt_worker"),
    "morgan@harrow.example": ("Morgan Hale", "edt_manager"),
}


@dataclass
class MovedClock:
    """A clock that stands until it is moved."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def advance(self, **passed: float) -> None:
        self.at += timedelta(**passed)


@dataclass
class Caller:
    """One key, and the person whom it names."""

    client: FlaskClient
    token: str
    named: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def _send(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **self.headers}
        if self.named:
            headers["On-Behalf-Of"] = f"name={quote(self.named)}; role=duty%20worker"
        headers |= more.pop("headers", {})
        where = path if path.startswith("/api/") or more.pop("bare", False) else f"/api/v1{path}"
        return self.client.open(where, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._send("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self._send("POST", path, json={} if body is None else body, **more)

    def put(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self._send("PUT", path, json=body, **more)

    def raw(self, path: str, data: bytes, content_type: str = "application/json", **more: Any):
        return self._send("POST", path, data=data, content_type=content_type, **more)


@dataclass
class World:
    """The app, its clock, and everybody who calls it."""

    application: Application
    app: Flask
    clock: MovedClock
    edt: Caller
    manager: Caller
    interviewer: Caller
    lead: Caller
    admin: Caller
    met: Caller
    gmp: Caller
    barnet: Caller

    def report(self, **other: Any) -> dict[str, Any]:
        found = self.edt.post("/episodes", a_report(**other))
        assert found.status_code == 201, found.get_data(as_text=True)
        episode: dict[str, Any] = found.get_json()
        return episode

    def caller(self, token: str, named: str | None = None) -> Caller:
        return Caller(self.app.test_client(), token, named)


def a_report(**other: Any) -> dict[str, Any]:
    """The least that a report can say, and what is given beside it."""
    return {
        "council": HARROW,
        "category": "MISSING",
        "child": {"name": "Sam Okoro", "date_of_birth": "2012-05-01"},
        "concern": "Not back from school, phone off.",
        "reporter": {"name": "Jo Grant", "role": "FOSTER_CARER"},
        **other,
    }


def an_answer(**other: Any) -> dict[str, Any]:
    """A police acknowledgement that ends what is owed."""
    return {
        "reference": {"system": "CAD", "value": "4471/24NOV"},
        "acknowledged_by": {"name": "PC Ann Lee", "role": "control room", "number": "1234MT"},
        **other,
    }


def owed(episode: dict[str, Any], kind: str, state: str = "OPEN") -> str:
    """The id of the episode's obligation of that kind."""
    found = [o for o in episode["obligations"] if o["kind"] == kind and o["state"] == state]
    return str(found[0]["id"])


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def a_directory() -> Any:
    keys = [key(f"harrow {held}", _hash(f"harrow-{held}"), HARROW, held) for held in ROLES]
    people = [person(email, name) for email, (name, _) in PEOPLE.items()]
    slots = [slot(email, on) for email, (_, on) in PEOPLE.items()]
    return entries(
        council(),
        council(BARNET, "Barnet", "BNT"),
        force("met", (HARROW, BARNET)),
        force("gmp", ("E08000003",)),
        force("wmp", ("E08000025",)),
        channel("met", "cad"),
        channel("gmp", "icops"),
        channel("wmp", "connect"),
        *people,
        *slots,
        role("morgan@harrow.example", "manager"),
        *keys,
        key("barnet edt", _hash("barnet-edt"), BARNET, "edt"),
        key("met CAD gateway", _hash("met-police"), "met", "police"),
        key("gmp gateway", _hash("gmp-police"), "gmp", "police"),
        key("wmp gateway", _hash("wmp-police"), "wmp", "police"),
        key("ended", _hash("ended"), HARROW, "edt", until="2026-01-01T00:00:00Z"),
    )


def settings(database_url: str) -> Settings:
    return Settings(
        environment="development",
        database_url=database_url,
        directory=None,
        policy=None,
        public_url="https://missing.example",
        trusted_proxies=0,
        secret_key=b"s" * 32,
        data_keys={1: b"k" * 32},
        allow_cidrs=(),
        smtp_url=None,
        mail_from="missing@harrow.example",
    )


class NoWake:
    def set(self) -> None: ...

    def nudge(self) -> None: ...

    def wait(self, timeout: float) -> bool:
        return False


def make_world(database_url: str, clock: MovedClock) -> World:
    application = make_application(settings(database_url), clock=clock, wake=NoWake())
    begin(application)
    load_directory(application.service, a_directory(), {}, actor=SERVICE)
    app = Flask("tests")
    app.config["PROPAGATE_EXCEPTIONS"] = True
    register_api(app, application.service)
    callers = {held: Caller(app.test_client(), f"harrow-{held}", "Asha Patel") for held in ROLES}
    return World(
        application,
        app,
        clock,
        **callers,
        met=Caller(app.test_client(), "met-police"),
        gmp=Caller(app.test_client(), "gmp-police"),
        barnet=Caller(app.test_client(), "barnet-edt", "Kit Barnes"),
    )


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def world(database_url: str, clock: MovedClock) -> Iterator[World]:
    """Everything, on each kind of database in turn."""
    made = make_world(database_url, clock)
    yield made
    made.application.close()


@pytest.fixture(scope="module")
def one_world(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One on SQLite for all tests of a file: for what changes nothing that another would notice."""
    file = tmp_path_factory.mktemp("one") / "missing.db"
    copy_sqlite(run.sqlite_template(migrate), file)
    made = make_world(f"sqlite:///{file}", MovedClock())
    yield made
    made.application.close()


@pytest.fixture
def small_world(migrated_sqlite_url: str, clock: MovedClock) -> Iterator[World]:
    """Everything, on SQLite alone: for what no database changes."""
    made = make_world(migrated_sqlite_url, clock)
    yield made
    made.application.close()
