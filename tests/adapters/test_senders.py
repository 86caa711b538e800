import json
from datetime import UTC, datetime
from uuid import UUID

from adapters.mail_server import mail_server
from adapters.senders import Senders
from adapters.smtp import Post
from adapters.sockets import tls_context
from missing_service.domain.delivery import Message, Outcome
from missing_service.ports import Sender
from tests.adapters.outside import SECRET, a_client, a_guard
from tests.peers.mail import MailPeer
from tests.peers.police import PolicePeer

NOW = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
BODY = json.dumps({"subject": "URGENT", "text": "A child is missing.", "type": "ping"}).encode()
MESSAGE = Message(UUID(int=7), BODY, NOW)


def test_each_destination_gets_what_carries_there() -> None:
    with (
        MailPeer() as mail,
        PolicePeer(SECRET, now=lambda: NOW) as police,
        a_client() as client,
    ):
        post = Post(mail_server(mail.url, "missing@council.example"), a_guard(), tls_context())
        senders: Sender = Senders(client, post)
        webhook = senders.messenger("webhook", police.url, [SECRET])
        mailbox = senders.messenger("mail", "desk@met.example", [])
        assert webhook.send(MESSAGE, NOW).outcome is Outcome.TAKEN
        assert mailbox.send(MESSAGE, NOW).outcome is Outcome.TAKEN
        assert (police.ids, mail.messages[0].to) == ([str(MESSAGE.id)], "desk@met.example")


def test_without_a_mail_server_mail_waits_and_says_why() -> None:
    with a_client() as client:
        answer = Senders(client, None).messenger("mail", "desk@met.example", []).send(MESSAGE, NOW)
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "no mail server is set")


def test_an_unknown_destination_takes_nothing() -> None:
    with a_client() as client:
        answer = Senders(client, None).messenger("fax", "1234", []).send(MESSAGE, NOW)
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "no way to fax")


def test_the_peer_judges_age_by_the_clock_it_is_given() -> None:
    later = NOW.replace(hour=22)
    with PolicePeer(SECRET, now=lambda: later) as police, a_client() as client:
        webhook = Senders(client, None).messenger("webhook", police.url, [SECRET])
        assert webhook.send(MESSAGE, NOW).outcome is Outcome.REFUSED
        assert webhook.send(MESSAGE, later).outcome is Outcome.TAKEN
        assert police.bad_signatures == 1
