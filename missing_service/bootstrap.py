"""The one place that joins what the service asks for to what the outside world is."""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass

from pathlib import Path
from typing import Any

from adapters.cipher import KeyRing
from adapters.clock import SystemClock
from adapters.database.books import Books
from adapters.database.engine import make_engine
from adapters.database.migrate import upgrade_engine
from adapters.database.store import Store, make_store
from adapters.draw import SeededDraw
from adapters.guard import Guard
from adapters.guarded_http import GuardedClient
from adapters.mail_server import mail_server
from adapters.senders import Senders
from adapters.smtp import Post
from adapters.sockets import tls_context
from adapters.wake import EventWake, PostgresWake
from missing_service.config import Settings
from missing_service.domain.calendar import Calendar
from missing_service.domain.events import SERVICE
from missing_service.policy.directory_file import DirectoryFile, read_directory
from missing_service.policy.holidays import days_off
from missing_service.policy.load import demo_policy_file, load_policy
from missing_service.ports import Clock, Sender, Wake
from missing_service.usecases.load_directory import found_streams, keep_policy, load_directory
from missing_service.usecases.service import Service

YEARS_AHEAD = 3


@dataclass(slots=True)
class Application:
    """Everything that runs in one process."""

    settings: Settings
    service: Service
    store: Store
    sender: Sender
    wake: Wake
    jitter: Any = random.SystemRandom().random

    def close(self) -> None:
        closing = getattr(self.wake, "close", None)
        if closing:
            closing()
        self.store.close()

    def load(self, file: DirectoryFile) -> list[str]:
        """Add and change what a directory file names."""
        secrets = dict(file.secrets)
        secrets |= {("person", email): (hashed,) for email, hashed in file.password_hashes.items()}
        return load_directory(self.service, file.entries, secrets, actor=SERVICE)


def make_application(
    settings: Settings,
    *,
    clock: Clock | None = None,
    sender: Sender | None = None,
    wake: Wake | None = None,
    migrate: bool = False,
) -> Application:
    """Join the parts; with `migrate` the schema is brought to the newest first."""
    clock = clock or SystemClock()
    engine = make_engine(settings.database_url)
    if migrate:
        upgrade_engine(engine)
    wake = wake or _wake(settings)
    books = Books(load_policy(_policy_files(settings)), _calendar(clock), settings.public_url)
    store = make_store(engine, KeyRing(settings.data_keys), books, clock, wake)
    service = Service(store=store, clock=clock, new_draw=SeededDraw)
    return Application(settings, service, store, sender or make_sender(settings), wake)


def begin(application: Application) -> None:
    """Bring what the files say into the database: streams, policy, directory."""
    found_streams(application.service)
    keep_policy(application.service, application.store.books.policy, actor=SERVICE)
    if application.settings.directory:
        application.load(read_directory(application.settings.directory, os.environ))


def _policy_files(settings: Settings) -> Sequence[Path]:
    demo = [demo_policy_file()] if settings.environment == "demo" else []
    return [*demo, settings.policy] if settings.policy else demo


def _calendar(clock: Clock) -> Calendar:
    year = clock.now().year
    return Calendar(days_off(range(year - 1, year + YEARS_AHEAD)))


def _wake(settings: Settings) -> Wake:
    return EventWake() if settings.is_sqlite else PostgresWake(settings.database_url)


def make_sender(settings: Settings) -> Sender:
    """The one way out: a guarded client for webhooks, the council's mail server for people."""
    guard = Guard(
        allow_cidrs=settings.allow_cidrs, allow_http_loopback=not settings.is_production
    )
    server = mail_server(settings.smtp_url, settings.mail_from) if settings.smtp_url else None
    post = Post(server, guard, tls_context()) if server else None
    return Senders(GuardedClient(guard), post)


