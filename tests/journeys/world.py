"""The whole service on a real database, its real senders, a real police machine, a real mail
server, and a clock that a story moves."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adapters.clock import SystemClock
from adapters.database.self_check import look_at
from adapters.database.store import PostgresStore
from adapters.guard import Guard
from adapters.guarded_http import GuardedClient
from adapters.mail_server import mail_server
from adapters.senders import Senders
from adapters.smtp import Post
from adapters.sockets import tls_context
from missing_service.bootstrap import Application, begin, make_application
from missing_service.config import Settings
from missing_service.domain.events import SERVICE
from missing_service.domain.replay import Fault
from missing_service.policy.demo_directory import TOKENS, demo_directory
from missing_service.usecases.deliver_next import Paces, deliver_due
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.load_directory import load_directory
from tests.fakes.clock import FakeClock
from tests.journeys.acts import Acts
from tests.peers.mail import MailPeer
from tests.peers.police import PolicePeer, Received

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MAILBOX = "missing.persons@met.example"
NEXT = """SELECT min(at) FROM (
    SELECT min(next_step_at) AS at FROM obligation
    UNION SELECT min(CASE WHEN until > next_attempt THEN until ELSE next_attempt END) FROM lane
    UNION SELECT min(CASE WHEN until > next_attempt THEN until ELSE next_attempt END) FROM straggler
) AS waiting"""
MOST_ROUNDS = 2000
MOST_SECONDS = 10
TICK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, and how many minutes after the story's beginning it came."""

    minute: float
    to: str
    subject: str
    text: str
    message_id: str


@dataclass
class World(Acts):
    """What a story is told with. What its receivers got must be read, or the test fails."""

    application: Application
    clock: FakeClock
    police: PolicePeer
    mail: MailPeer
    began: datetime
    paces: Paces = field(default_factory=Paces)
    letters_come: list[Letter] = field(default_factory=list)
    letters_read: int = 0
    police_read: int = 0
    is_spoilt: bool = False  # the story altered its records: the service must find that

    # time

    def move_to(self, at: datetime) -> None:
        """Let time pass, with nobody at work."""
        self.clock.advance_to(at)
        self.hold_offset()

    def hold_offset(self) -> None:
        """PostgreSQL's clock follows the story's."""
        store = self.application.store
        if isinstance(store, PostgresStore):
            store.offset = self.clock.now() - SystemClock().now()

    def outage(self, **passed: float) -> None:
        """The workers are stopped for so long; then they come back."""
        self.move_to(self.clock.now() + timedelta(**passed))
        self.run_workers()

    def advance(self, **passed: float) -> None:
        """Let time pass while the workers look at every instant at which something is due."""
        end = self.clock.now() + timedelta(**passed)
        seen: list[datetime] = []
        while (due := self._next_due()) is not None and due <= end:
            seen.append(due)  # a breaker may hold it for some seconds
            assert seen.count(due) < MOST_SECONDS, f"what was due at {due} was not done"
            now = self.clock.now()
            self.move_to(due if due > now else now + TICK)
            self.run_workers()
        self.move_to(end)
        self.run_workers()

    def advance_to_minute(self, minute: float) -> None:
        """The same, until so many minutes after the beginning."""
        self.advance(seconds=(self.began - self.clock.now()).total_seconds() + 60 * minute)

    def run_workers(self) -> None:
        """All that is due now is decided and sent, the police machine's probes included."""
        sender, jitter = self.application.sender, self.application.jitter
        for _ in range(MOST_ROUNDS):
            told = escalate_due(self.service)
            if not told and not deliver_due(self.service, sender, self.paces, jitter):
                break
        else:
            raise AssertionError("the workers never come to rest")
        self._note_letters()

    def _next_due(self) -> datetime | None:
        with self.application.store.engine.connect().execution_options(reads=True) as connection:
            found = connection.execute(text(NEXT)).scalar()
        if isinstance(found, int):
            return datetime.fromtimestamp(0, self.began.tzinfo) + timedelta(microseconds=found)
        return found

    def _note_letters(self) -> None:
        minute = round((self.clock.now() - self.began) / timedelta(minutes=1), 2)
        for mail in self.mail.messages[len(self.letters_come) :]:
            letter = Letter(minute, mail.to, mail.subject.strip(), mail.text, mail.message_id)
            self.letters_come.append(letter)

    # what came

    def heard(self) -> list[Received]:
        """What the police machine kept since this was last asked."""
        new = self.police.received[self.police_read :]
        self.police_read += len(new)
        return new

    def types(self) -> list[tuple[str, int | None]]:
        """The same, as types and numbers."""
        return [(message.type, message.number) for message in self.heard()]

    def letters(self) -> list[Letter]:
        """The letters that came since this was last asked."""
        new = self.letters_come[self.letters_read :]
        self.letters_read += len(new)
        return new

    def told(self) -> list[tuple[float, str]]:
        """The same, as minutes and first names."""
        return sorted((letter.minute, _first(letter.to)) for letter in self.letters())

    def told_now(self) -> list[str]:
        """The same, as first names."""
        return [name for _, name in self.told()]

    def nothing_more(self) -> None:
        """Fail where anything came that the story did not ask for."""
        self._note_letters()
        assert self.types() == []
        assert [(one.to, one.subject) for one in self.letters()] == []
        assert self.police.bad_signatures == 0

    # what stands

    def faults(self) -> tuple[Fault, ...]:
        """What the service finds wrong in its own records, all of them."""
        store = self.application.store
        figures = store.books.policy.figures
        return look_at(store.engine, store.keys, store.now(), figures, since=0).faults

    def load(self, *made: tuple[tuple[str, str], dict[str, Any]]) -> None:
        """Change the directory."""
        load_directory(self.service, dict(made), {}, actor=SERVICE)


def _first(address: str) -> str:
    return "mailbox" if address == MAILBOX else address.split(".")[0]


@contextmanager
def open_world(
    url: str,
    clock: FakeClock,
    policy: Path | None = None,
    *,
    prepare: Callable[[Application], object] = lambda _: None,
) -> Iterator[World]:
    """A world on this database, with its machines; they are stopped at the end.

    `prepare` may change the application before it touches the database."""
    with ExitStack() as stack:
        police = stack.enter_context(PolicePeer(SECRET, now=clock.now))
        mail = stack.enter_context(MailPeer())
        made = settings(url, mail.url, policy)
        guard = Guard(allow_cidrs=made.allow_cidrs, allow_http_loopback=True)
        client = GuardedClient(guard)
        stack.callback(client.close)
        server = mail_server(mail.url, made.mail_from)
        sender = Senders(client, Post(server, guard, tls_context()))
        application = make_application(made, clock=clock, sender=sender)
        stack.callback(application.close)
        prepare(application)
        world = World(application, clock, police, mail, clock.now())
        world.hold_offset()
        begin(application)
        hashes = {name: sha256(name.encode()).hexdigest() for name in TOKENS}
        application.load(demo_directory(police.url, SECRET, hashes, mailbox=MAILBOX))
        yield world


def settings(url: str, smtp_url: str | None, policy: Path | None = None) -> Settings:
    return Settings(
        environment="development",
        database_url=url,
        directory=None,
        policy=policy,
        public_url="http://127.0.0.1:8000",
        trusted_proxies=0,
        secret_key=b"s" * 32,
        data_keys={1: b"k" * 32},
        allow_cidrs=("127.0.0.0/8",),
        smtp_url=smtp_url,
        mail_from="missing@harrow.example",
    )


def only(found: Sequence[Any]) -> Any:
    """The one thing in a list of one."""
    assert len(found) == 1, found
    return found[0]


Find = Callable[[str], UUID]
