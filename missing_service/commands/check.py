"""`check`: everything that would keep the service from its duty, each in a line with its mend."""

import argparse
import os
from collections.abc import Iterable, Iterator
from typing import Any

from missing_service.bootstrap import (
    Application,
    channel_faults,
    deadman_fault,
    directory_with,
    ladder_roles,
    make_application,
    schema_fault,
)
from missing_service.commands.words import add_json, add_word, say, say_json
from missing_service.config import BadSetting, Settings, read_settings_beside
from missing_service.domain.directory import Directory
from missing_service.domain.directory_faults import faults
from missing_service.policy.directory_file import DirectoryError, DirectoryFile, read_directory
from missing_service.policy.load import PolicyError
from missing_service.start_checks import coverage, refusals

Fault = tuple[str, str]  # of what, and what is wrong
EMPTY = DirectoryFile(entries={}, secrets={}, password_hashes={})
NO_NOTIFY = (
    "MISSING_NOTIFY_KEY is not set: nobody gets a text message, and by night e-mail alone may wake "
    "nobody; set it."
)


def add_words(words: Any) -> None:
    add_json(add_word(words, "check", "name everything that is wrong, with its mend", run))


def run(given: argparse.Namespace) -> int:
    """1 where anything is wrong."""
    found = list(_faults())
    if given.json:
        listed = [{"of": of, "fault": fault} for of, fault in found]
        say_json({"ok": not found, "faults": listed})
    else:
        say(*([f"{of}: {fault}" for of, fault in found] or ["Nothing is wrong."]))
    return 1 if found else 0


def _faults() -> Iterator[Fault]:
    try:
        settings = read_settings_beside(os.environ)
        application = make_application(settings)
    except BadSetting as wrong:
        yield from _each("settings", str(wrong))
        return
    except PolicyError as wrong:
        yield from _each("policy", str(wrong))
        return
    try:
        yield from _faults_of(application, settings)
    finally:
        application.close()


def _faults_of(application: Application, settings: Settings) -> Iterator[Fault]:
    if settings.is_production and not settings.has_notify:
        yield "settings", NO_NOTIFY
    if fault := deadman_fault(settings):
        yield "settings", fault
    if why := schema_fault(application):
        yield "database", why
    try:
        file = read_directory(settings.directory, os.environ) if settings.directory else EMPTY
    except DirectoryError as wrong:
        yield from _each("directory", str(wrong))
        return
    stands = Directory.from_entries(file.entries) if why else directory_with(application, file)
    yield from _directory_faults(application, settings, stands)


def _directory_faults(
    application: Application, settings: Settings, directory: Directory
) -> Iterator[Fault]:
    if not directory.councils:
        yield "directory", "no council stands in it: set MISSING_DIRECTORY, or `load` a file."
    stops = list((refusals if settings.is_production else coverage)(directory))
    yield from (("directory", stop) for stop in stops)
    roles, now = ladder_roles(application), application.service.clock.now()
    for fault in faults(directory, now, roles):
        if "rota" in fault:
            yield "rota", fault
        elif not _is_said(fault, stops):
            yield "directory", fault
    yield from (("channels", fault) for fault in channel_faults(settings, directory))


def _is_said(fault: str, stops: Iterable[str]) -> bool:
    """A council's police are a refusal in production: one line is enough."""
    return any(fault.partition(":")[0] == stop.partition(" has ")[0] for stop in stops)


def _each(of: str, lines: str) -> Iterator[Fault]:
    return ((of, line) for line in lines.splitlines())
