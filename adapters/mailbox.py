"""A message to a mailbox, handed to the mail server of the council."""

import json
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from adapters.clock import elapsed
from adapters.guarded_http import TEN_SECONDS
from adapters.mail_server import is_mail_address
from adapters.smtp import Post, Undelivered
from adapters.sockets import Allowance
from missing_service.domain.delivery import Answer, Message, Outcome

WHOLE_LINES = SMTP.clone(max_line_length=998)  # a subject folded at 78 begins with a blank
MOST_RECEIVED = 64 * 1024
TAKEN = 250
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class Mailbox:
    """Mails one address; a repeated message has its Message-ID again, so readers see it once."""

    def __init__(self, post: Post, address: str, *, seconds: float = TEN_SECONDS) -> None:
        self._post = post
        self._address = address
        self._seconds = seconds

    def send(self, message: Message, now: datetime) -> Answer:  # noqa: ARG002 - the port's
        """One attempt; TAKEN when their server said that it has the whole letter."""
        began = elapsed()
        try:
            letter = self._letter(message)
            self._post.hand_over(letter, Allowance(self._seconds, MOST_RECEIVED))
        except Undelivered as error:
            return Answer(error.outcome, _ms_since(began), error.status, error.word)
        return Answer(Outcome.TAKEN, _ms_since(began), TAKEN)

    def _letter(self, message: Message) -> EmailMessage:
        """The same letter each time: its date and id are the message's, not the attempt's."""
        if not is_mail_address(self._address):
            raise Undelivered(Outcome.REFUSED, "bad address")
        subject, text = _content(message.body)
        server = self._post.server
        letter = EmailMessage(policy=WHOLE_LINES)
        letter["From"], letter["To"] = server.sender, self._address
        letter["Subject"] = UNPRINTABLE.sub(" ", subject).strip()
        letter["Date"] = format_datetime(message.queued_at.astimezone(UTC))
        letter["Message-ID"] = f"<{message.id}@{server.domain}>"
        letter["Auto-Submitted"] = "auto-generated"  # else out-of-office replies come back
        letter.set_content(text, charset="utf-8", cte="base64")
        return letter


def _content(body: bytes) -> tuple[str, str]:
    try:
        content = json.loads(body)
        subject, text = content["subject"], content["text"]
        text.encode(), subject.encode()  # a lone surrogate is legal JSON and no UTF-8
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Undelivered(Outcome.REFUSED, "bad message") from None
    return subject, text


def _ms_since(began: float) -> int:
    return round((elapsed() - began) * 1000)
