"""The service as the bench founds it: Harrow's directory, a key of ours, police that we are."""

import base64
import secrets
from hashlib import sha256

from missing_service.bootstrap import begin, make_application
from missing_service.config import read_settings
from missing_service.policy.demo_directory import TOKENS, demo_directory
from missing_service.policy.directory_file import parse_directory

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = base64.b64encode(secrets.token_bytes(32)).decode()  # of this run alone


def environment(url: str) -> dict[str, str]:
    """What the command is told, beside its words."""
    return {
        "MISSING_ENV": "development",
        "MISSING_DATABASE_URL": url,
        "MISSING_PUBLIC_URL": "http://127.0.0.1:8000",
        "MISSING_DATA_KEYS": f"1:{KEY}",
        "MISSING_SECRET_KEY": KEY,
    }


def found_database(url: str, receiver: str, more: str = "") -> None:
    """Bring a database to the newest schema, with Harrow's directory, and `more` of one; alerts go
    to `receiver`."""
    application = make_application(read_settings(environment(url)), wake=NoWake(), migrate=True)
    begin(application)
    hashes = {name: sha256(f"bench-{name}".encode()).hexdigest() for name in TOKENS}
    application.load(demo_directory(receiver, SECRET, hashes))
    if more:
        application.load(parse_directory(more, "the bench's own", {}))
    application.close()


class NoWake:
    """Nobody waits while a database is being founded."""

    def set(self) -> None: ...

    def nudge(self) -> None: ...

    def wait(self, timeout: float) -> bool:  # noqa: ARG002 - the protocol's name
        return False
