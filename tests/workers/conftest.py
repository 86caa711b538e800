"""The application on a real database, with a messenger that answers as told."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from adapters.clock import elapsed, sleep
from missing_service.bootstrap import Application, begin, make_application
from missing_service.config import Settings
from missing_service.domain.delivery import Answer, Message, Outcome
from missing_service.policy.demo_directory import TOKENS, demo_directory

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TAKEN = Answer(Outcome.TAKEN, ms=1, status=200)


@dataclass
class FakeSender:
    """Keeps what is sent; `answer` is what comes back, `hold` keeps it waiting, `fault` raises."""

    sent: list[tuple[str, Message]] = field(default_factory=list)
    answer: Answer = TAKEN
    hold: threading.Event | None = None
    fault: Exception | None = None

    def messenger(self, destination: str, address: str, secrets: Sequence[str]) -> "_Messenger":
        return _Messenger(self, destination)

    def ids(self, destination: str) -> list[str]:
        return [str(message.id) for kind, message in self.sent if kind == destination]


@dataclass
class _Messenger:
    sender: FakeSender
    destination: str

    def send(self, message: Message, now: datetime) -> Answer:
        self.sender.sent.append((self.destination, message))
        if self.sender.hold:
            self.sender.hold.wait(10)
        if self.sender.fault:
            raise self.sender.fault
        return self.sender.answer


def until(found, seconds: float = 10.0):
    """What is found, as soon as it is."""
    end = elapsed() + seconds
    while elapsed() < end:
        if answer := found():
            return answer
        sleep(0.01)
    raise AssertionError(f"not within {seconds} s")


def make(database_url: str, sender: FakeSender) -> Application:
    settings = Settings(
        environment="demo",
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
    application = make_application(settings, sender=sender)
    begin(application)
    hashes = {name: "0" * 63 + str(n) for n, name in enumerate(TOKENS)}
    application.load(demo_directory("http://127.0.0.1:9009/", SECRET, hashes))
    return application


@pytest.fixture
def sender() -> FakeSender:
    return FakeSender()


@pytest.fixture
def application(database_url: str, sender: FakeSender) -> Iterator[Application]:
    """On each kind of database in turn."""
    made = make(database_url, sender)
    yield made
    made.close()


@pytest.fixture
def small(migrated_sqlite_url: str, sender: FakeSender) -> Iterator[Application]:
    """On SQLite alone: for what no database changes."""
    made = make(migrated_sqlite_url, sender)
    yield made
    made.close()
