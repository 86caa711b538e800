"""Standard Webhooks 1.0.0, symmetric: who sent these bytes, and when."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

PREFIX = "whsec_"
TOLERANCE = 300  # seconds by which a clock may be off, or a message may have been held up


class BadSecret(ValueError):
    """A signing secret that is not `whsec_` and base64; the message never holds it."""


class NaiveTime(ValueError):
    """A time without an offset, which could be any instant of a day."""


def sign(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers; a signature for each secret, so that any is accepted while they rotate."""
    if at.tzinfo is None:
        raise NaiveTime(at.isoformat())
    # By the instant, never by the wall: their library's sign() is wrong for times outside UTC.
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [f"v1,{_mac(key, signed)}" for key in keys(secrets)]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def is_signed(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime
) -> bool:
    """A receiver's side: whether any of the secrets signed these bytes within five minutes."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    wanted = [f"v1,{_mac(key, signed)}".encode() for key in keys(secrets)]
    given = headers.get("webhook-signature", "").encode().split(b" ")
    same = [hmac.compare_digest(one, other) for one in wanted for other in given]
    return any(same)  # each was compared: how long it took says nothing


def keys(secrets: Sequence[str]) -> list[bytes]:
    """The bytes of every secret; refuses the lot when one is unreadable, or there is none."""
    if not secrets:
        raise BadSecret("there is no secret to sign with")
    return [_key(secret) for secret in secrets]


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret("a secret is whsec_ and then base64") from None
    if not secret.startswith(PREFIX) or not key:
        raise BadSecret("a secret is whsec_ and then base64")
    return key


def _mac(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
