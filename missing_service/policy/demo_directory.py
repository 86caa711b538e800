"""The demonstration's directory: an invented night in Harrow."""

import json
from collections.abc import Mapping
from importlib.resources import files
from string import Template

from missing_service.policy.directory_file import DirectoryFile, parse_directory

TOKENS = ("edt", "police", "manager", "interviewer", "admin")  # the keys whose hashes are wanted
FILE = "demo-directory.toml"


def demo_directory(
    receiver_url: str,
    secret: str,
    token_hashes: Mapping[str, str],
    *,
    mailbox: str = "missing.persons@met.example",
) -> DirectoryFile:
    """Harrow and its police, whose alerts go to `receiver_url`; a SHA-256 for each of TOKENS."""
    return parse_directory(demo_text(receiver_url, secret, token_hashes, mailbox), FILE, {})


def demo_text(receiver_url: str, secret: str, token_hashes: Mapping[str, str], mailbox: str) -> str:
    """The same as the text of a directory file."""
    filled = {"receiver_url": receiver_url, "secret": secret, "mailbox": mailbox}
    filled |= {name: token_hashes[name] for name in TOKENS}
    template = (files("missing_service.policy") / FILE).read_text(encoding="utf-8")
    quoted = {name: json.dumps(value) for name, value in filled.items()}
    return Template(template).substitute(quoted)
