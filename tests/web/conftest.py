"""The pages on a real database, with the demonstration's people and a clock moved by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask

from missing_service.api.app import register_api
from missing_service.bootstrap import Application, begin, make_application
from missing_service.config import Settings
from missing_service.policy.demo_directory import TOKENS, demo_directory
from missing_service.usecases.escalate_due import escalate_due
from missing_service.web.app import register_pages
from missing_service.web.faults import show_http_fault
from tests.fakes.clock import FakeClock
from tests.web.browser import Browser

ASHA = "asha.patel@harrow.example|edt|E09000015"
RUTH = "ruth.lindqvist@met.example|police|met"
FARIDA = "farida.rahman@harrow.example|manager|E09000015"
ELEANOR = "eleanor.finch@harrow.example|lead|E09000015"
TOMASZ = "tomasz.zielinski@harrow.example|interviewer|E09000015"
KOFI = "kofi.mensah@harrow.example|admin|E09000015"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class NoWake:
    def set(self) -> None: ...

    def nudge(self) -> None: ...

    def wait(self, timeout: float) -> bool:
        return False


@dataclass
class Place:
    """One running service with its pages."""

    application: Application
    app: Flask
    clock: FakeClock
    base: str

    def browser(self) -> Browser:
        return Browser(self.app.test_client(), self.base)

    def signed_in(self, who: str) -> Browser:
        return self.browser().sign_in(who)

    def report(self, browser: Browser, **typed: Any) -> str:
        """Send the report form; the new episode's reference."""
        answer = browser.send("/episodes/new", a_form(**typed))
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer.headers["Location"].split("/")[2].partition("?")[0]

    def tell_people(self, **passed: float) -> None:
        """Let time pass, and every ladder tell whom it must."""
        self.clock.advance(**passed)
        while escalate_due(self.application.service):
            pass

    def rows(self, table: str) -> list[Any]:
        with self.application.store.engine.connect() as connection:
            return list(connection.exec_driver_sql(f"SELECT * FROM {table}"))


def a_form(**typed: Any) -> dict[str, Any]:
    """Four answers, and what is typed beside them."""
    return {
        "council": "E09000015",
        "category": "MISSING",
        "child_name": "Zebedee Quill",
        "concern": "Not back from Larkspur School.",
        "reporter_name": "Jo Grant",
        **typed,
    }


def an_answer(**typed: Any) -> dict[str, Any]:
    return {
        "outcome": "RECORDED_MISSING",
        "value": "4471/24NOV",
        "system": "CAD",
        "officer": "PC Ann Lee",
        "number": "1234MT",
        **typed,
    }


def settings(database_url: str, **other: Any) -> Settings:
    plain = Settings(
        environment="development",
        database_url=database_url,
        directory=None,
        policy=None,
        public_url="http://127.0.0.1:8000",
        trusted_proxies=0,
        secret_key=b"s" * 32,
        data_keys={1: b"k" * 32},
        allow_cidrs=(),
        smtp_url=None,
        mail_from="missing@harrow.example",
    )
    return replace(plain, **other)


def make_place(database_url: str, clock: FakeClock, **other: Any) -> Place:
    """The service; `other` settings are the pages' alone."""
    own = settings(database_url, **other)
    application = make_application(settings(database_url), clock=clock, wake=NoWake())
    begin(application)
    hashes = {name: sha256(f"harrow-{name}".encode()).hexdigest() for name in TOKENS}
    application.load(demo_directory("http://127.0.0.1:9/", SECRET, hashes))
    app = Flask("tests")
    app.config["PROPAGATE_EXCEPTIONS"] = True
    register_api(app, application.service, elsewhere=show_http_fault)
    register_pages(app, application.service, own)
    return Place(application, app, clock, own.public_url)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def everywhere(database_url: str, clock: FakeClock) -> Iterator[Place]:
    """The service on each kind of database in turn."""
    made = make_place(database_url, clock)
    yield made
    made.application.close()


@pytest.fixture
def place(migrated_sqlite_url: str, clock: FakeClock) -> Iterator[Place]:
    """The service on SQLite alone: for what no database changes."""
    made = make_place(migrated_sqlite_url, clock)
    yield made
    made.application.close()


@pytest.fixture
def edt(place: Place) -> Browser:
    return place.signed_in(ASHA)


@pytest.fixture
def police(place: Place) -> Browser:
    return place.signed_in(RUTH)


@pytest.fixture
def manager(place: Place) -> Browser:
    return place.signed_in(FARIDA)
