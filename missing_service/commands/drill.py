"""`drill`: a marked test alert by the real way to police, and how long each stretch of it took."""

import argparse
from dataclasses import asdict
from threading import Event
from typing import Any

from missing_service.bootstrap import Application, found
from missing_service.commands.data import opened
from missing_service.commands.words import add_json, add_word, at_least_one, say, say_json
from missing_service.config import BadSetting
from missing_service.domain.drill import WORDS, length
from missing_service.domain.errors import NotFound
from missing_service.domain.stored import plain
from missing_service.usecases.hold_drill import Drill, hold_drills, read_drill

WAIT = 30  # seconds: a machine takes at once; the service itself waits for the person
LOOK_EVERY = 0.5
ASKED = "Police are asked to answer it; nobody is missing."


def add_words(words: Any) -> None:
    word = add_word(words, "drill", "send a marked test alert by the real way, and time it", run)
    word.add_argument("reference", nargs="?", metavar="REF", help="show a drill held before")
    word.add_argument("--council", metavar="C", help="that council's police alone")
    said = f"wait so long for the answer (default {WAIT})"
    word.add_argument("--wait", type=at_least_one, default=WAIT, metavar="SECONDS", help=said)
    add_json(word)


def run(given: argparse.Namespace) -> int:
    """1 where police's machine has not taken it: what a person does is waited for elsewhere."""
    application = opened()
    found(application)
    try:
        references = _references(application, given)
        drills = _wait(application, references, 0 if given.reference else given.wait)
    except NotFound as unknown:
        raise BadSetting(str(unknown)) from unknown
    finally:
        application.close()
    if given.json:
        say_json({"drills": [_plain(drill) for drill in drills]})
    else:
        say(*(line for drill in drills for line in _lines(drill)))
    return 0 if all(_is_on_its_way(drill) for drill in drills) else 1


def _references(application: Application, given: argparse.Namespace) -> list[str]:
    if given.reference:
        return [given.reference]
    references = hold_drills(application.service, given.council)
    if not references:
        raise BadSetting("No council is served here under that name: see the directory.")
    if not given.json:
        say(*(f"DRILL {reference}: stored. {ASKED}" for reference in references))
    return references


def _wait(application: Application, references: list[str], seconds: float) -> list[Drill]:
    """Until all are answered, or so long."""
    clock = application.service.clock
    until = clock.monotonic() + seconds
    while True:
        drills = [read_drill(reference, application.service) for reference in references]
        left = until - clock.monotonic()
        if left <= 0 or all(drill.answered_by for drill in drills):
            return drills
        Event().wait(min(LOOK_EVERY, left))


def _is_on_its_way(drill: Drill) -> bool:
    """Taken, answered, or of a force that has to be rung."""
    taken = any(stretch.what == "taken" for stretch in drill.stretches)
    return taken or drill.answered_by is not None or not drill.has_machine


def _lines(drill: Drill) -> list[str]:
    lines = [f"  {length(each.ms):>12} {WORDS[each.what]}" for each in drill.stretches]
    return [f"DRILL {drill.reference} ({drill.force}): {_stands(drill)}", *lines]


def _stands(drill: Drill) -> str:
    if drill.answered_by:
        return f"answered by {drill.answered_by}."
    if not _is_on_its_way(drill):
        return "not taken: no worker sends it, or their machine does not take it. It goes on."
    show = f"`missing-service drill {drill.reference}` shows it"
    how = "" if drill.has_machine else "they have no machine: ring them. "
    return f"{how}not answered yet. {show}; administrators are told where nobody answers in time."


def _plain(drill: Drill) -> dict[str, Any]:
    shown: dict[str, Any] = plain(asdict(drill))
    return {**shown, "drill": True, "state": "ANSWERED" if drill.answered_by else "OPEN"}
