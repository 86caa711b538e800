"""`migrate` and `load`: what the database is given."""

import argparse
import os
from pathlib import Path
from typing import Any

from missing_service.bootstrap import Application, found, make_application, schema_fault
from missing_service.commands.words import add_json, add_word, say, say_json
from missing_service.config import BadSetting, read_settings_beside
from missing_service.policy.directory_file import read_directory


def add_words(words: Any) -> None:
    add_word(words, "migrate", "bring the database's schema to the newest", migrate)
    word = add_word(words, "load", "add and change what a directory file names", load)
    word.add_argument("file", type=Path, metavar="FILE", help="a directory file (TOML)")
    add_json(word)


def migrate(_: argparse.Namespace) -> int:
    """Idempotent; says where the schema stands."""
    settings = read_settings_beside(os.environ)
    application = make_application(settings, migrate=True)
    application.close()
    say("The database's schema is the newest.")
    return 0


def load(given: argparse.Namespace) -> int:
    """Removes nothing; idempotent; safe beside a running service."""
    file = read_directory(given.file, os.environ)
    application = opened()
    found(application)
    try:
        changed = application.load(file)
    finally:
        application.close()
    if given.json:
        say_json({"changed": changed})
    else:
        say(*(changed or ["Nothing is new: all of it stands already."]))
    return 0


def opened(*, any_schema: bool = False) -> Application:
    """The application on a database at the newest schema; `verify` names another as a fault."""
    application = make_application(read_settings_beside(os.environ))
    if not any_schema and (why := schema_fault(application)):
        application.close()
        raise BadSetting(why)
    return application
