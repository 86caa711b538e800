"""One letter over one connection to a mail server, within an allowance."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage

from adapters.guard import Guard, NotAllowed
from adapters.guarded_http import NOT_ALLOWED, word_for
from adapters.mail_server import MailServer
from adapters.sockets import Allowance, LimitedSocket, connect, secure
from missing_service.domain.delivery import Outcome

READY, MOST_TEMPORARY = 220, 499


class Undelivered(Exception):
    """Their server has not taken the letter, or not said so; `word` is one of ours."""

    def __init__(self, outcome: Outcome, word: str | None, status: int | None = None) -> None:
        super().__init__(word or status)
        self.outcome, self.word, self.status = outcome, word, status


@dataclass(frozen=True, slots=True)
class Post:
    """How letters go out: the server, who judges its address, and how its certificate is proved."""

    server: MailServer
    guard: Guard
    context: ssl.SSLContext
    plain_on_loopback: bool = True

    def hand_over(self, letter: EmailMessage, allowance: Allowance) -> None:
        """Returns when the server has the whole letter; raises Undelivered and nothing else."""
        with failing_as("dns"):
            place = self.guard.place(
                self.server.host, self.server.port, seconds=allowance.remaining()
            )
        with failing_as("connect"):
            plain = connect(place, allowance)
        # Given no host, it connects nowhere by itself; given no name, it would ask DNS for ours.
        smtp = smtplib.SMTP(local_hostname=self.server.domain)
        smtp.sock = plain
        is_plain = place.loopback and self.plain_on_loopback
        with closing(smtp), failing_as("reset"):
            self._greet(smtp, plain, allowance, is_plain=is_plain)
            self._converse(smtp, letter)

    def _greet(
        self, smtp: smtplib.SMTP, plain: LimitedSocket, allowance: Allowance, *, is_plain: bool
    ) -> None:
        if self.server.tls_from_start:
            self._encrypt(smtp, plain, allowance)
        code, text = smtp.getreply()
        if code != READY:
            raise smtplib.SMTPConnectError(code, text)
        if not self.server.tls_from_start and not is_plain:
            _ask_for_tls(smtp)
            self._encrypt(smtp, plain, allowance)

    def _encrypt(self, smtp: smtplib.SMTP, plain: LimitedSocket, allowance: Allowance) -> None:
        with failing_as("tls"):
            smtp.sock = secure(plain, self.server.host, self.context, allowance)
        # What was said in the clear is forgotten, and what was buffered: anybody may have said it.
        smtp.file = None
        smtp.helo_resp = smtp.ehlo_resp = None
        smtp.esmtp_features = {}
        smtp.does_esmtp = False

    def _converse(self, smtp: smtplib.SMTP, letter: EmailMessage) -> None:
        if self.server.user is not None:
            smtp.login(self.server.user, self.server.password or "")
        smtp.send_message(letter)
        with suppress(OSError):  # it has the letter; a farewell cannot change that
            smtp.putcmd("QUIT")


@contextmanager
def failing_as(word: str) -> Iterator[None]:
    """Whatever goes wrong inside leaves as Undelivered, by `word` where nothing better is known."""
    try:
        yield
    except NotAllowed as error:
        raise Undelivered(Outcome.REFUSED, NOT_ALLOWED) from error
    except (OSError, UnicodeError, ValueError) as error:
        raise _undelivered(error, word) from error


def _ask_for_tls(smtp: smtplib.SMTP) -> None:
    smtp.ehlo_or_helo_if_needed()
    # Silence about STARTTLS is what somebody in the middle would make of it: nothing is sent then.
    if not smtp.has_extn("starttls") or smtp.docmd("STARTTLS")[0] != READY:
        raise Undelivered(Outcome.UNREACHABLE, "tls")


def _undelivered(error: Exception, word: str) -> Undelivered:
    status = _status(error)
    if status is not None and status > MOST_TEMPORARY:
        return Undelivered(Outcome.REFUSED, None, status)
    if status is not None:
        return Undelivered(Outcome.UNREACHABLE, None, status)
    return Undelivered(Outcome.UNREACHABLE, _word(error, word))


def _status(error: Exception) -> int | None:
    """What the server said, if it said anything that can be read."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    said = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else -1
    return said if said > 0 else None


def _word(error: Exception, word: str) -> str:
    if isinstance(error, smtplib.SMTPServerDisconnected):
        # smtplib says this of every failure of the socket; which one it was stands behind it.
        cause = error.__context__
        return word_for(cause, word) if isinstance(cause, OSError) else word
    return "invalid answer" if isinstance(error, smtplib.SMTPException) else word_for(error, word)
