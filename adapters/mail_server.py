"""The council's mail server: where it is, and in whose name we hand mail over."""

import re
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from urllib.parse import SplitResult, unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
FORM = "MISSING_SMTP_URL must be smtp[s]://user:password@host:port, user and password as needed"


class BadMailSettings(ValueError):
    """MISSING_SMTP_URL or MISSING_MAIL_FROM cannot be used; this never holds the password."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and in whose name."""

    host: str
    port: int
    sender: str
    tls_from_start: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def domain(self) -> str:
        """The part of the sender's address that names our host."""
        return self.sender.rpartition("@")[2]


def mail_server(url: str, sender: str) -> MailServer:
    """Read MISSING_SMTP_URL and MISSING_MAIL_FROM; raises BadMailSettings with a sentence."""
    parts, port = _parts(url)
    if not is_mail_address(sender):
        raise BadMailSettings("MISSING_MAIL_FROM must be one address, as missing@council.gov.uk")
    if (parts.username is None) != (parts.password is None):
        raise BadMailSettings("MISSING_SMTP_URL must have both a user and a password, or neither")
    return MailServer(
        host=parts.hostname or "",
        port=port or PORTS[parts.scheme],
        sender=sender,
        tls_from_start=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def is_mail_address(text: str) -> bool:
    """Whether it is one plain ASCII mailbox, and can carry nothing else into a header."""
    try:
        parsed = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):
        return False
    return bool(parsed.username and parsed.domain) and re.fullmatch(r"[!-~]+", text) is not None


def _parts(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadMailSettings(f"{FORM}; the port or the host cannot be read") from None
    if parts.scheme not in PORTS:
        raise BadMailSettings(f"{FORM}; it must begin with smtp:// or smtps://")
    if not parts.hostname or port == 0:
        raise BadMailSettings(f"{FORM}; the host is missing, or the port is 0")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadMailSettings(f"{FORM}; nothing may follow the port (write / in a password as %2F)")
    return parts, port
