"""`verify`: every row that is not as the logs say."""

import argparse
import sys
from collections import Counter
from typing import Any

from missing_service.bootstrap import NoSuchEpisode, Verdict, verify, vouched_tables, working_tables
from missing_service.commands.data import opened
from missing_service.commands.words import add_json, add_word, say, say_json


def add_words(words: Any) -> None:
    word = add_word(words, "verify", "compare every row with the logs; name what differs", run)
    word.add_argument("--episode", metavar="REF", help="one episode alone")
    word.add_argument("--tables", action="store_true", help="which tables this vouches for")
    word.add_argument("--seal", action="store_true", help="seal the attempts first")
    add_json(word)


def run(given: argparse.Namespace) -> int:
    """1 where any row was changed, added or removed."""
    return _tables(given) if given.tables else _verify(given)


def _tables(given: argparse.Namespace) -> int:
    tables = {"vouched": vouched_tables(), "working": working_tables()}
    if given.json:
        say_json(tables)
    else:
        say(*(f"{kind}: {', '.join(names)}" for kind, names in tables.items()))
    return 0


def _verify(given: argparse.Namespace) -> int:
    application = opened(any_schema=True)
    try:
        if given.seal:
            application.seal()
        verdict = verify(application, episode=given.episode, progress=_progress())
    except NoSuchEpisode as unknown:
        sys.stderr.write(f"No episode has the reference {unknown}.\n")
        return 1
    finally:
        application.close()
    _say_verdict(verdict, as_json=given.json)
    return 0 if verdict.is_sound else 1


def _say_verdict(verdict: Verdict, *, as_json: bool) -> None:
    faults = [
        {"table": fault.table, "row": fault.where, "fault": fault.what} for fault in verdict.faults
    ]
    if as_json:
        say_json({"ok": verdict.is_sound, "faults": faults, "counts": dict(verdict.counts)})
        return
    say(*(f"{fault['table']} {fault['row']}: {fault['fault']}" for fault in faults))
    counts = ", ".join(f"{count} {what}" for what, count in sorted(verdict.counts.items()))
    by_table = Counter(fault["table"] for fault in faults)
    found = ", ".join(f"{count} in {table}" for table, count in sorted(by_table.items()))
    say(f"Looked at: {counts}.", f"Faults: {found}." if faults else "Every row is as the logs say.")


def _progress() -> Any:
    """A count on a terminal; nothing where a program reads."""
    if not sys.stderr.isatty():
        return None
    return lambda done: sys.stderr.write(f"\r{done} streams")
