"""A real mail server on loopback.

with MailPeer() as mail:
    ...
    assert mail.messages[0].subject == "URGENT"
"""

import asyncio
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from adapters.clock import elapsed, sleep

TAKEN = "250 OK"


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter as it came."""

    to: str
    sender: str
    subject: str
    text: str
    message_id: str
    date: str
    headers: dict[str, str] = field(repr=False)


class MailPeer:
    """Keeps what it takes; `to_recipient` and `to_letter` are what it answers, `delay` how late.

    `tls` makes it offer STARTTLS, `smtps` encrypt from the start; `login` is a name and password
    that it accepts, and no other.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        smtps: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.messages: list[Mail] = []
        self.letters: list[EmailMessage] = []  # the same, whole
        self.recipients_asked = 0
        self.to_recipient = TAKEN
        self.to_letter = TAKEN
        self.delay = 0.0
        self.logins: list[tuple[str, str]] = []
        self._login = login
        self._tls, self._smtps = tls, smtps
        self._sessions: list[Server] = []

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        listening = self._loop.create_server(
            self._session, "127.0.0.1", 0, ssl=self._smtps, start_serving=True
        )
        self._server = self._loop.run_until_complete(listening)
        self.port = int(self._server.sockets[0].getsockname()[1])
        self.url = f"{'smtps' if self._smtps else 'smtp'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._hang_up())
        self._loop.close()

    def wait_for(self, count: int, seconds: float = 5.0) -> list[Mail]:
        """The letters, as soon as there are so many; fails the test when they do not come."""
        until = elapsed() + seconds
        while len(self.messages) < count and elapsed() < until:
            sleep(0.005)
        assert len(self.messages) >= count, f"{len(self.messages)} of {count} letters came"
        return self.messages

    async def handle_RCPT(
        self,
        server: Server,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Called by the server for each recipient."""
        self.recipients_asked += 1
        if self.to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        """Called by the server with each letter."""
        await asyncio.sleep(self.delay)
        if self.to_letter.startswith("2"):
            self._keep(envelope)
        return self.to_letter

    def _keep(self, envelope: Envelope) -> None:
        letter = message_from_bytes(cast(bytes, envelope.original_content), policy=default)
        assert isinstance(letter, EmailMessage)
        headers = {name.lower(): str(value) for name, value in letter.items()}
        self.letters.append(letter)
        self.messages.append(
            Mail(
                to=envelope.rcpt_tos[0],
                sender=envelope.mail_from or "",
                subject=headers.get("subject", ""),
                text=letter.get_content().replace("\r\n", "\n").removesuffix("\n"),
                message_id=headers.get("message-id", ""),
                date=headers.get("date", ""),
                headers=headers,
            )
        )

    def _session(self) -> Server:
        """One for each connection."""
        session = Server(
            self,
            hostname="mail.test",
            tls_context=self._tls,
            auth_require_tls=False,
            authenticator=self._authenticate if self._login else None,
            loop=self._loop,
        )
        self._sessions.append(session)
        return session

    def _authenticate(self, *args: Any) -> AuthResult:
        given = args[-1]
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=self.logins[-1] == self._login, handled=False)

    async def _hang_up(self) -> None:
        """Cut what is open, and let the loop see it go, so that nothing is left unclosed."""
        self._server.close()
        for session in self._sessions:
            if isinstance(session.transport, asyncio.WriteTransport):
                session.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)
