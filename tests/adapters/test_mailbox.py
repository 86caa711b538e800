import json
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest

from adapters.guard import Guard
from adapters.mail_server import BadMailSettings, is_mail_address, mail_server
from adapters.mailbox import Mailbox
from adapters.smtp import Post
from adapters.sockets import tls_context
from missing_service.domain.delivery import Answer, Message, Outcome
from tests.adapters.outside import DEADLINE, LOOPBACK, AskedGuard, timed_out
from tests.peers.certificates import Authority
from tests.peers.mail import MailPeer
from tests.peers.raw import RawPeer, drips, says_nothing

SENDER = "missing@council.example"
NOW = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)


def a_letter(subject: str = "URGENT HRW-1", text: str = "A child is missing.") -> Message:
    body = json.dumps({"subject": subject, "text": text}).encode()
    return Message(UUID(int=7), body, NOW)


def a_mailbox(
    url: str,
    *,
    to: str = "desk@met.example",
    context: ssl.SSLContext | None = None,
    plain: bool = True,
    allow: Sequence[str] = LOOPBACK,
) -> Mailbox:
    guard = Guard(allow_cidrs=allow)
    post = Post(mail_server(url, SENDER), guard, context or tls_context(), plain_on_loopback=plain)
    return Mailbox(post, to, seconds=DEADLINE)


def sent(url: str, message: Message | None = None, *, to: str = "desk@met.example") -> Answer:
    return a_mailbox(url, to=to).send(message or a_letter(), NOW)


def test_a_letter_arrives_whole() -> None:
    with MailPeer() as mail:
        answer = sent(mail.url, a_letter("DRILL – Ünïcode", "Straße\nzwei\n.\nende 🙂"))
        letter = mail.messages[0]
    assert (answer.outcome, answer.status, answer.error) == (Outcome.TAKEN, 250, None)
    assert (letter.to, letter.sender) == ("desk@met.example", SENDER)
    assert letter.subject == "DRILL – Ünïcode"
    assert letter.text == "Straße\nzwei\n.\nende 🙂"
    assert letter.headers["auto-submitted"] == "auto-generated"


def test_a_repeated_letter_has_the_same_id_and_date() -> None:
    with MailPeer() as mail:
        mailbox = a_mailbox(mail.url)
        mailbox.send(a_letter(), NOW)
        mailbox.send(a_letter(), NOW + timedelta(hours=1))
        first, second = mail.messages
    assert first.message_id == second.message_id == f"<{UUID(int=7)}@council.example>"
    assert first.date == second.date == "Tue, 24 Nov 2026 21:00:00 +0000"


def test_the_date_is_the_instant_and_not_the_wall_time() -> None:
    summer = datetime(2026, 11, 24, 22, 0, tzinfo=timezone(timedelta(hours=1)))
    with MailPeer() as mail:
        sent(mail.url, Message(UUID(int=7), a_letter().body, summer))
        assert mail.messages[0].date == "Tue, 24 Nov 2026 21:00:00 +0000"


@pytest.mark.parametrize(
    "subject",
    ["URGENT\r\nBcc: thief@evil.example", "URGENT\nX: y\n\nbody", "URGENT\r", "URGENT\u2028X: y"],
)
def test_a_subject_cannot_add_a_header(subject: str) -> None:
    with MailPeer() as mail:
        assert sent(mail.url, a_letter(subject)).outcome is Outcome.TAKEN
        letter = mail.messages[0]
    assert letter.subject.startswith("URGENT")
    assert letter.text == "A child is missing."
    assert not {"bcc", "x"} & set(letter.headers)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@met.example",
        "a@met.example\r\nBcc: b@evil.example",
        "a@met.example, b@evil.example",
        "a b@met.example",
        "désk@met.example",
        "a@met.example>",
    ],
)
def test_an_address_that_is_not_one_mailbox_is_refused_before_anything_is_sent(
    address: str,
) -> None:
    with MailPeer() as mail:
        answer = sent(mail.url, to=address)
        assert (mail.recipients_asked, mail.messages) == (0, [])
    assert (answer.outcome, answer.error) == (Outcome.REFUSED, "bad address")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"subject": 1, "text": ""}', b"\xff"])
def test_a_message_that_is_not_a_letter_is_refused(body: bytes) -> None:
    answer = sent("smtp://127.0.0.1:1", Message(UUID(int=7), body, NOW))
    assert (answer.outcome, answer.error) == (Outcome.REFUSED, "bad message")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("550 no such user", Outcome.REFUSED),
        ("552 full", Outcome.REFUSED),
        ("450 busy", Outcome.UNREACHABLE),
        ("421 going down", Outcome.UNREACHABLE),
    ],
)
def test_a_five_is_a_refusal_and_a_four_is_not(said: str, outcome: Outcome) -> None:
    with MailPeer() as mail:
        mail.to_recipient = said
        early = sent(mail.url)
        mail.to_recipient, mail.to_letter = "250 OK", said
        late = sent(mail.url)
        assert mail.messages == []
    for answer in (early, late):
        assert (answer.outcome, answer.status, answer.error) == (outcome, int(said[:3]), None)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    answer = sent("smtp://127.0.0.1:1")
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "connect")


@pytest.mark.parametrize("script", [says_nothing, drips(b"220 " + b"a" * 4000)])
def test_a_server_that_hangs_or_drips_is_cut_at_the_deadline(script) -> None:
    with RawPeer(script) as raw:
        answer = sent(f"smtp://127.0.0.1:{raw.port}")
    assert timed_out(answer)


def test_a_server_that_is_slow_with_the_letter_is_cut_at_the_deadline() -> None:
    with MailPeer() as mail:
        mail.delay = 3
        answer = sent(mail.url)
    assert timed_out(answer)


def test_a_handshake_that_hangs_is_cut_at_the_deadline() -> None:
    with RawPeer(says_nothing) as raw:
        answer = sent(f"smtps://127.0.0.1:{raw.port}")
    assert timed_out(answer)


def test_a_greeting_that_is_not_smtp_is_unreachable() -> None:
    with RawPeer(lambda wire: wire.write(b"hello there\r\n")) as raw:
        answer = sent(f"smtp://127.0.0.1:{raw.port}")
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "invalid answer")


def test_a_server_on_a_range_that_is_not_listed_is_refused() -> None:
    with MailPeer() as mail:
        answer = a_mailbox(mail.url, allow=["10.0.0.0/8"]).send(a_letter(), NOW)
        assert mail.messages == []
    assert (answer.outcome, answer.error) == (Outcome.REFUSED, "refused destination")


def test_a_name_and_password_are_given_when_set() -> None:
    with MailPeer(login=("us@er", "p/w:d")) as mail:
        answer = sent(mail.url.replace("://", "://us%40er:p%2Fw%3Ad@"))
        assert mail.logins == [("us@er", "p/w:d")]
    assert answer.outcome is Outcome.TAKEN


def test_a_wrong_password_is_a_refusal() -> None:
    with MailPeer(login=("user", "right")) as mail:
        answer = sent(mail.url.replace("://", "://user:wrong@"))
        assert mail.messages == []
    assert (answer.outcome, answer.status) == (Outcome.REFUSED, 535)


def test_mail_over_tls_from_the_start_is_verified(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with MailPeer(smtps=authority.server("127.0.0.1")) as mail:
        good = a_mailbox(mail.url, context=tls_context(authority.ca_file)).send(a_letter(), NOW)
        bad = sent(mail.url)
        assert len(mail.messages) == 1
    assert good.outcome is Outcome.TAKEN
    assert (bad.outcome, bad.error) == (Outcome.UNREACHABLE, "tls")


def test_starttls_is_used_and_verified(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with MailPeer(tls=authority.server("127.0.0.1"), login=("user", "pw")) as mail:
        url = mail.url.replace("://", "://user:pw@")
        trusting = tls_context(authority.ca_file)
        good = a_mailbox(url, context=trusting, plain=False).send(a_letter(), NOW)
        bad = a_mailbox(url, plain=False).send(a_letter(), NOW)
        assert (len(mail.messages), len(mail.logins)) == (1, 1)
    assert good.outcome is Outcome.TAKEN
    assert (bad.outcome, bad.error) == (Outcome.UNREACHABLE, "tls")


def test_without_starttls_nothing_is_sent_off_loopback() -> None:
    with MailPeer(login=("user", "pw")) as mail:
        url = mail.url.replace("://", "://user:pw@")
        answer = a_mailbox(url, plain=False).send(a_letter(), NOW)
        assert (mail.logins, mail.recipients_asked) == ([], 0)
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "tls")


def test_what_was_said_before_the_handshake_is_forgotten(tmp_path: Path) -> None:
    """A reply smuggled in behind "220" in the clear must not answer a question asked under TLS."""
    authority = Authority(tmp_path)

    def smuggle(wire) -> None:
        wire.write(b"220 hello\r\n")
        wire.read_line()
        wire.write(b"250-mail\r\n250 STARTTLS\r\n")
        wire.read_line()
        wire.write(b"220 go\r\n250-mail\r\n250 AUTH PLAIN\r\n")
        wire.wait(5)

    with RawPeer(smuggle) as raw:
        url = f"smtp://user:pw@127.0.0.1:{raw.port}"
        context = tls_context(authority.ca_file)
        answer = a_mailbox(url, context=context, plain=False).send(a_letter(), NOW)
    assert answer.outcome is Outcome.UNREACHABLE
    assert b"AUTH" not in raw.heard


def test_a_mail_server_is_read_from_its_url() -> None:
    server = mail_server("smtps://us%40er:p%3Aw%2Fd@mail.council.example", SENDER)
    assert (server.host, server.port, server.tls_from_start) == ("mail.council.example", 465, True)
    assert (server.user, server.password) == ("us@er", "p:w/d")
    assert mail_server("smtp://mail.example:25", SENDER).port == 25
    assert mail_server("smtp://mail.example", SENDER).port == 587


def test_a_password_is_not_shown() -> None:
    assert "s3cret" not in repr(mail_server("smtp://user:s3cret@mail.example", SENDER))


@pytest.mark.parametrize(
    ("url", "sender", "said"),
    [
        ("http://mail.example", SENDER, "smtp://"),
        ("mail.example:25", SENDER, "smtp://"),
        ("", SENDER, "smtp://"),
        ("smtp://", SENDER, "host"),
        ("smtp://mail.example:0", SENDER, "port"),
        ("smtp://mail.example:99999", SENDER, "port"),
        ("smtp://user:s3cret@mail.example:2x", SENDER, "port"),
        ("smtp://user@mail.example", SENDER, "both"),
        ("smtp://user:s3cret/x@mail.example", SENDER, "MISSING_SMTP_URL"),
        ("smtp://mail.example/path", SENDER, "%2F"),
        ("smtp://mail.example?x=1", SENDER, "follow"),
        ("smtp://mail.example", "nobody", "MISSING_MAIL_FROM"),
        ("smtp://mail.example", "a@b.example\nBcc: c@d.example", "MISSING_MAIL_FROM"),
    ],
)
def test_wrong_mail_settings_are_named_without_the_password(
    url: str, sender: str, said: str
) -> None:
    with pytest.raises(BadMailSettings, match=said) as refused:
        mail_server(url, sender)
    assert "s3cret" not in str(refused.value)


def test_an_ordinary_address_is_a_mail_address() -> None:
    assert is_mail_address("duty.desk+missing@met.police.example")


def test_an_attempt_lasts_ten_seconds_unless_told_otherwise() -> None:
    guard = AskedGuard()
    post = Post(mail_server("smtp://mail.example", SENDER), guard, tls_context())
    Mailbox(post, "desk@met.example").send(a_letter(), NOW)
    assert 9.5 < guard.asked[0] <= 10
