"""Training sends nothing off the host: to police, to people, whatever ranges are listed."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.guarded_http import NOT_ALLOWED
from missing_service.bootstrap import channel_faults, make_sender
from missing_service.domain.delivery import Message, Outcome
from tests.domain import directories as d
from tests.journeys.world import settings
from tests.peers.mail import MailPeer
from tests.peers.police import PolicePeer

NOW = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
BODY = json.dumps({"subject": "URGENT", "text": "A child is missing.", "type": "ping"}).encode()
MESSAGE = Message(UUID(int=7), BODY, NOW)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def training(smtp_url: str | None = None):
    made = replace(settings("sqlite:///:memory:", smtp_url), environment="training")
    return replace(made, allow_cidrs=("127.0.0.0/8", "10.0.0.0/8"))


@pytest.mark.parametrize("address", ["8.8.8.8", "10.1.2.3"])
def test_nothing_is_sent_off_the_host(address: str):
    sender = make_sender(training(f"smtps://{address}"))
    webhook = sender.messenger("webhook", f"https://{address}/hook", [SECRET])
    mail = sender.messenger("mail", "desk@met.example", [])
    for messenger in (webhook, mail):
        answer = messenger.send(MESSAGE, NOW)
        assert answer.outcome is not Outcome.TAKEN
        assert answer.error == NOT_ALLOWED


def test_what_stays_on_the_host_is_sent():
    with PolicePeer(SECRET, now=lambda: NOW) as police, MailPeer() as post:
        sender = make_sender(training(post.url))
        webhook = sender.messenger("webhook", police.url, [SECRET])
        mail = sender.messenger("mail", "desk@met.example", [])
        assert [m.send(MESSAGE, NOW).outcome for m in (webhook, mail)] == [Outcome.TAKEN] * 2
        sender._client.close()


def test_check_names_a_destination_off_the_host():
    directory = d.directory(d.council(), d.force(), d.channel(url="https://8.8.8.8/hook"))
    assert "nothing is sent off this host" in "".join(channel_faults(training(), directory))
