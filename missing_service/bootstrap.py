"""The one place that joins what the service asks for to what the outside world is."""

import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from sqlalchemy.exc import ArgumentError, DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

from adapters.cipher import KeyRing
from adapters.clock import SystemClock
from adapters.database.books import Books
from adapters.database.engine import make_engine
from adapters.database.lockfile import Held, ServiceLock
from adapters.database.migrate import current, newest, upgrade_engine
from adapters.database.pulse import Pulse
from adapters.database.self_check import look_at
from adapters.database.store import Store, make_store
from adapters.database.verify import NoSuchEpisode, vouched_tables, working_tables
from adapters.database.verify import verify as verify_database
from adapters.deadman import DeadMan
from adapters.demo_receiver import DemoReceiver
from adapters.draw import SeededDraw
from adapters.event_wake import EventWake
from adapters.guard import Guard, NotAllowed, destination
from adapters.guarded_http import GuardedClient
from adapters.mail_server import BadMailSettings, is_mail_address, mail_server
from adapters.photo import Photos
from adapters.senders import Senders
from adapters.smtp import Post
from adapters.sockets import tls_context
from missing_service.api.app import register_api
from missing_service.config import BadSetting, Settings
from missing_service.domain.calendar import Calendar
from missing_service.domain.directory import Channel, Directory
from missing_service.domain.events import SERVICE
from missing_service.domain.registry import DirectoryEntry
from missing_service.domain.replay import Verdict
from missing_service.domain.telling import DIRECTORY_STREAM
from missing_service.logs import log_requests
from missing_service.policy.directory_file import DirectoryFile, read_directory
from missing_service.policy.holidays import days_off
from missing_service.policy.load import demo_policy_file, load_policy
from missing_service.ports import Clock, Looked, Sender, StoreUnavailable, Wake
from missing_service.start_checks import refusals
from missing_service.usecases.check_itself import check_itself
from missing_service.usecases.deliver_next import let_all_go
from missing_service.usecases.hand_over import hand_over
from missing_service.usecases.hold_drill import hold_drills
from missing_service.usecases.load_directory import found_streams, keep_policy, load_directory
from missing_service.usecases.ping_outside import ping_outside, send_canary
from missing_service.usecases.seal_attempts import seal_attempts
from missing_service.usecases.send_digest import send_digests
from missing_service.usecases.service import Service
from missing_service.web.app import register_pages
from missing_service.web.faults import show_http_fault

__all__ = [
    "DemoReceiver",
    "Held",
    "NoSuchEpisode",
    "ServiceLock",
    "Verdict",
    "vouched_tables",
    "working_tables",
]

TURN = 0.0005  # seconds a thread may keep the others waiting: a commit must not queue behind them
YEARS_AHEAD = 3
LOOKUP_SECONDS = 5.0
LOCAL = ("127.0.0.1", "localhost", "[::1]")


@dataclass(slots=True)
class Application:
    """Everything that runs in one process."""

    settings: Settings
    service: Service
    store: Store
    sender: Sender
    wake: Wake
    pulse: Pulse
    deadman: DeadMan | None = None
    jitter: Any = random.SystemRandom().random

    def close(self) -> None:
        closing = getattr(self.wake, "close", None)
        if closing:
            closing()
        self.store.close()

    def seal(self) -> int:
        """Vouch for the attempts since the last seal; says of how many deliveries."""
        return seal_attempts(self.service)

    def check_itself(self) -> tuple[str, ...]:
        """Look at the service's own records; says what does not hold, and tells administrators."""
        store, figures = self.store, self.store.books.policy.figures

        def look(since: int) -> Looked:
            return look_at(store.engine, store.keys, store.now(), figures, since=since)

        return check_itself(self.service, look)

    def hold_drills(self) -> list[str]:
        """Try the way to police and back, for each council; answers the references."""
        return hold_drills(self.service)

    def hand_over(self) -> int:
        """Show what is to be handed over by a shift's end, and hand over what nobody accepted."""
        return hand_over(self.service)

    def send_digests(self) -> list[str]:
        """Tell day services each working morning what the night leaves to them."""
        return send_digests(self.service)

    def send_canary(self) -> bool:
        """Send the message that shows whether messages get through."""
        return send_canary(self.service)

    def ping_outside(self) -> bool:
        """Tell the watchdog outside that all is well, if it is and there is one."""
        return self.deadman is not None and ping_outside(self.service, self.deadman)

    def load(self, file: DirectoryFile) -> list[str]:
        """Add and change what a directory file names; in production not if it then must stop."""
        if self.settings.is_production:
            refuse(directory_with(self, file))
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
    sys.setswitchinterval(TURN)
    clock = clock or SystemClock()
    engine = _engine(settings)
    if migrate:
        upgrade_engine(engine)
    books = Books(
        load_policy(_policy_files(settings)), _calendar(clock, settings), settings.public_url
    )
    sender = sender or make_sender(settings)
    wake = wake or _wake(settings)
    store = make_store(engine, KeyRing(settings.data_keys), books, clock, wake)
    service = Service(store=store, clock=clock, new_draw=SeededDraw, photos=Photos())
    pulse, deadman = Pulse(store, SeededDraw), make_deadman(settings)
    return Application(settings, service, store, sender, wake, pulse, deadman)


def found(application: Application) -> None:
    """Open the service's own streams, whoever else does so at this moment."""
    try:
        found_streams(application.service)
    except StoreUnavailable:  # another process was first: now they stand
        found_streams(application.service)


def begin(application: Application) -> None:
    """Bring what the files say into the database: streams, policy, directory."""
    found(application)
    if application.settings.is_sqlite:
        let_all_go(application.service)
    keep_policy(application.service, application.store.books.policy, actor=SERVICE)
    if application.settings.directory:
        application.load(read_directory(application.settings.directory, os.environ))
    if application.settings.is_production:
        refuse(application.store.directory())


def prepare(settings: Settings) -> None:
    """All that a start can be refused for, before any process is made; leaves nothing open."""
    application = make_application(settings, wake=EventWake())
    try:
        if why := schema_fault(application):
            raise BadSetting(why)
        begin(application)
    finally:
        application.close()


def refuse(directory: Directory) -> None:
    """Raise `BadSetting` with every reason not to start in production."""
    if reasons := list(refusals(directory)):
        raise BadSetting("\n".join(reasons))


def directory_with(application: Application, file: DirectoryFile) -> Directory:
    """The directory as it would stand with what this file names."""
    rows = application.store.read(lambda reading: reading.all(DirectoryEntry, DIRECTORY_STREAM))
    stands = {(row.kind, row.identity): orjson.loads(row.body) for row in rows}
    return Directory.from_entries({**stands, **file.entries})


def schema_fault(application: Application) -> str | None:
    """Why the database cannot be used as it is, with the mend."""
    try:
        with application.store.engine.connect().execution_options(reads=True) as connection:
            stands = current(connection)
    except DBAPIError as fault:
        name = type(fault.orig).__name__
        return f"MISSING_DATABASE_URL: the database does not answer ({name}): start or correct it."
    if stands == newest():
        return None
    what = f"is at {stands}, this program needs {newest()}" if stands else "has no tables yet"
    return f"The database {what}: run `missing-service migrate`."


def verify(
    application: Application,
    *,
    episode: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Verdict:
    """Compare every row with the logs, or those of one episode; safe beside a running service."""
    store = application.store
    return verify_database(store.engine, store.keys, episode=episode, progress=progress)


def make_web(application: Application) -> Flask:
    """The app that is served: API and pages, to its own host, behind as many proxies as are
    trusted."""
    app = Flask("missing_service", static_folder=None)
    settings = application.settings
    host = settings.public_url.partition("://")[2]
    app.config["TRUSTED_HOSTS"] = [host, *LOCAL]
    log_requests(app, application.service.clock)
    roles = ladder_roles(application)
    register_api(app, application.service, ladder_roles=roles, elsewhere=show_http_fault)
    register_pages(app, application.service, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def ladder_roles(application: Application) -> tuple[str, ...]:
    """The roles that some ladder in force tells."""
    policy = application.store.books.policy
    everywhere = [policy.obligations, *policy.councils.values()]
    terms = [each for own in everywhere for each in own.values()]
    told = [step.tell for each in terms for step in each.ladder.steps]
    told += [repeat.tell for each in terms for repeat in each.ladder.repeats]
    return tuple(dict.fromkeys(role for roles in told for role in roles))


def deadman_fault(settings: Settings) -> str | None:
    """What our own rules say of the watchdog's address, which is not shown: it is a secret."""
    fault = _address_fault(settings.deadman_url, _guard(settings)) if settings.deadman_url else None
    return f"MISSING_DEADMAN_URL: {fault.replace('`url`', 'it')}." if fault else None


def channel_faults(settings: Settings, directory: Directory) -> Iterator[str]:
    """What our own rules say of each destination that is in use, with its mend."""
    now, guard = SystemClock().now(), _guard(settings)
    for channels in directory.all_channels.values():
        for channel in channels:
            if channel.is_in_use(now) and (fault := _channel_fault(channel, guard)):
                yield f"channel {channel.owner}/{channel.name}: {fault}"


def _channel_fault(channel: Channel, guard: Guard) -> str | None:
    if channel.kind != "webhook":
        fine = is_mail_address(channel.address or "")
        return None if fine else "`address` is no mailbox; give one, as police@force.example"
    return _address_fault(channel.url or "", guard)


def _address_fault(url: str, guard: Guard) -> str | None:
    try:
        guard.web_place(destination(url), seconds=LOOKUP_SECONDS)
    except NotAllowed as refused:
        return f"{refused}; correct `url`, or list its range in MISSING_ALLOW_CIDRS"
    except (OSError, UnicodeError, ValueError):
        return "its host cannot be looked up; correct `url`, or the name server"
    return None


def _engine(settings: Settings) -> Any:
    try:
        return make_engine(settings.database_url)
    except (ArgumentError, ValueError) as fault:
        raise BadSetting("MISSING_DATABASE_URL cannot be read as a database's URL.") from fault


def _policy_files(settings: Settings) -> Sequence[Path]:
    demo = [demo_policy_file()] if settings.environment == "demo" else []
    return [*demo, settings.policy] if settings.policy else demo


def _calendar(clock: Clock, settings: Settings) -> Calendar:
    year = clock.now().year
    return Calendar(days_off(range(year - 1, year + YEARS_AHEAD), settings.closed_days))


def _wake(settings: Settings) -> Wake:
    if settings.is_sqlite:
        return EventWake()
    from adapters.wake import PostgresWake  # its driver takes 9 MB, which SQLite does not need

    return PostgresWake(settings.database_url)


def make_sender(settings: Settings) -> Sender:
    """The one way out: a guarded client for webhooks, the council's mail server for people."""
    guard = _guard(settings)
    try:
        server = mail_server(settings.smtp_url, settings.mail_from) if settings.smtp_url else None
    except BadMailSettings as fault:
        raise BadSetting(f"{fault}.") from fault
    post = Post(server, guard, tls_context()) if server else None
    return Senders(GuardedClient(guard), post)


def make_deadman(settings: Settings) -> DeadMan | None:
    """The watchdog outside, if there is one; it too is reached by the guarded client alone."""
    url = settings.deadman_url
    return DeadMan(GuardedClient(_guard(settings)), url) if url else None


def _guard(settings: Settings) -> Guard:
    return Guard(
        allow_cidrs=settings.allow_cidrs,
        allow_http_loopback=not settings.is_production,
        stays_here=settings.environment == "training",
    )
