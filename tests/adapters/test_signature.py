import base64
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from adapters.clock import SystemClock
from adapters.signature import BadSecret, NaiveTime, sign

SECRET = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
OTHER = "whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
ID = "01998877-0000-7000-8000-000000000001"
BODY = '{"type": "ping", "name": "Zoë 🙂"}'.encode()
NOW = datetime(2026, 6, 24, 21, 0, 0, 987654, tzinfo=UTC)


def test_the_standard_library_of_the_standard_verifies_it() -> None:
    headers = sign([SECRET], ID, SystemClock().now(), BODY)
    assert Webhook(SECRET).verify(BODY, headers)["type"] == "ping"


def test_it_is_the_signature_that_theirs_makes() -> None:
    headers = sign([SECRET], ID, NOW, BODY)
    assert headers["webhook-signature"] == Webhook(SECRET).sign(ID, NOW, BODY.decode())
    assert headers["webhook-id"] == ID
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_the_same_vector_as_in_the_standard() -> None:
    """The example that the specification's libraries all test with."""
    headers = sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "zone", [ZoneInfo("Europe/London"), timezone(timedelta(hours=-11, minutes=-30))]
)
def test_the_instant_is_signed_whatever_its_zone(zone: timezone | ZoneInfo) -> None:
    assert sign([SECRET], ID, NOW.astimezone(zone), BODY) == sign([SECRET], ID, NOW, BODY)


def test_while_secrets_rotate_either_verifies() -> None:
    headers = sign([SECRET, OTHER], ID, SystemClock().now(), BODY)
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(BODY, headers)


@pytest.mark.parametrize("part", ["body", "webhook-id", "webhook-timestamp", "secret"])
def test_a_changed_part_does_not_verify(part: str) -> None:
    now = SystemClock().now()
    headers = sign([OTHER if part == "secret" else SECRET], ID, now, BODY)
    changed = BODY.replace(b"ping", b"pong") if part == "body" else BODY
    if part == "webhook-id":
        headers[part] += "0"
    if part == "webhook-timestamp":
        headers[part] = str(int(headers[part]) + 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(changed, headers)


def test_a_body_that_is_no_text_is_signed_as_it_is() -> None:
    assert sign([SECRET], ID, NOW, b"\xff\x00")["webhook-signature"].startswith("v1,")


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(NaiveTime):
        sign([SECRET], ID, NOW.replace(tzinfo=None), BODY)


@pytest.mark.parametrize(
    "secrets",
    [
        [],
        [""],
        ["whsec_"],
        ["whsec_not base64!"],
        ["whsec_QUJ"],
        [SECRET.removeprefix("whsec_")],
        ["whsec_é"],
        [SECRET, "whsec_*"],
    ],
)
def test_a_secret_that_cannot_be_read_is_refused_and_never_shown(secrets: list[str]) -> None:
    with pytest.raises(BadSecret) as refused:
        sign(secrets, ID, NOW, BODY)
    assert not any(
        secret and secret in str(refused.value) for secret in secrets[:1] if secret != "whsec_"
    )


def test_a_secret_of_any_standard_length_signs() -> None:
    for length in (24, 32, 64):
        secret = "whsec_" + base64.b64encode(b"k" * length).decode()
        now = SystemClock().now()
        assert Webhook(secret).verify(BODY, sign([secret], ID, now, BODY))
