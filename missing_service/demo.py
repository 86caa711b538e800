"""The demonstration: an invented council, fresh tokens, and the file that holds them."""

import base64
import secrets
from collections.abc import Mapping
from hashlib import sha256

from missing_service.config import VAR, made_secret, write_private
from missing_service.policy.demo_directory import TOKENS, demo_directory
from missing_service.policy.directory_file import DirectoryFile

FILE = VAR / "demo.env"


def webhook_secret() -> str:
    """The secret that the demonstration's alerts are signed with; made once on this machine."""
    return f"whsec_{base64.b64encode(made_secret('demo_webhook_secret')).decode()}"


def fresh_tokens() -> dict[str, str]:
    """A new token for each of the demonstration's keys; the last start's are good no more."""
    return {name: secrets.token_urlsafe(32) for name in TOKENS}


def directory(hook_url: str, tokens: Mapping[str, str]) -> DirectoryFile:
    """Harrow and its police, with these tokens' hashes."""
    hashes = {name: sha256(token.encode()).hexdigest() for name, token in tokens.items()}
    return demo_directory(hook_url, webhook_secret(), hashes)


def forget_tokens() -> None:
    """Whoever waits for the file finds this start's, not the last one's."""
    FILE.unlink(missing_ok=True)


def write_tokens(tokens: Mapping[str, str], urls: Mapping[str, str]) -> None:
    """For `. var/demo.env` in a shell; whole or not there, and its owner's alone."""
    named = {**urls, **{f"{name.upper()}_TOKEN": token for name, token in tokens.items()}}
    content = "".join(f"{name}={value}\n" for name, value in named.items())
    making = FILE.with_suffix(".new")
    write_private(making, content.encode())
    making.replace(FILE)
