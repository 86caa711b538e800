"""Mistakes of the store: keys, the log, looks, and what is written after the commit."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.database import log
from adapters.database import unit as unit_module
from missing_service.domain.delivery import Answer, Outcome
from missing_service.ports import StoreUnavailable
from missing_service.usecases import read_with_look
from missing_service.usecases.service import Done, Service
from tests.simulation import store
from tests.simulation.planted.plant import as_it_is

YEARS = timedelta(days=3650)
LONDON = ZoneInfo("Europe/London")
TAKEN = Answer(Outcome.TAKEN, 5, 200)
LAST = slice(-1, None)


def key_in_another_transaction(patch: pytest.MonkeyPatch) -> None:
    act = Service.act

    def twice(self: Any, function: Any, *, key: Any = None) -> Done:
        at = self.clock.now()
        find = lambda unit: key and unit.find_answer(key.principal, key.key)  # noqa: E731
        if before := self.store.write(find, self.new_draw(at)):
            return Done(before.stream, before.body, before.status, replayed=True)
        done = act(self, function)
        if key:
            row = (key.principal, key.key, key.fingerprint, at, done.stream, 201, done.body)
            self.store.write(lambda unit: unit.keep_answer(*row), self.new_draw(at))
        return done

    patch.setattr(Service, "act", twice)


def failure_kept_under_the_key(patch: pytest.MonkeyPatch) -> None:
    act, kept = Service.act, dict[str, Done]()

    def remembers(self: Any, function: Any, *, key: Any = None) -> Done:
        if key and key.key in kept:
            return kept[key.key]
        try:
            return act(self, function, key=key)
        except StoreUnavailable:
            if key:
                kept[key.key] = Done(UUID(int=0), {}, 503)
            raise

    patch.setattr(Service, "act", remembers)


def _afterwards(patch: pytest.MonkeyPatch, begin: Callable[[], list[Any]], finish: Any) -> None:
    """After each transaction another one does what was left."""
    write = store.StepStore.write

    def both(self: Any, function: Any, draw: Any, *, look: bool = False) -> Any:
        left = begin()
        left.clear()
        result = write(self, function, draw, look=look)
        if left:
            rest = list(left)
            write(self, lambda unit: finish(unit, rest), draw)
        return result

    patch.setattr(store.StepStore, "write", both)


def queued_after_the_commit(patch: pytest.MonkeyPatch) -> None:
    left: list[Any] = []
    make_due = as_it_is(unit_module, "make_due")
    collect = lambda _c, _s, deliveries, _n: left.extend(deliveries)  # noqa: E731
    patch.setattr(unit_module, "make_due", collect)
    later = lambda unit, rest: make_due(unit.cursor, unit.statements, rest, unit.now)  # noqa: E731
    _afterwards(patch, lambda: left, later)


def logged_after_the_commit(patch: pytest.MonkeyPatch) -> None:
    left: list[Any] = []
    append = log.append

    def collect(_cursor: Any, _statements: Any, which: str, leaves: Any) -> None:
        left.extend((which, leaf) for leaf in leaves)

    def later(unit: Any, rest: Any) -> None:
        for which in ("duty", "access"):
            leaves = [leaf for name, leaf in rest if name == which]
            append(unit.cursor, unit.statements, which, leaves)

    patch.setattr(log, "append", collect)
    _afterwards(patch, lambda: left, later)


def hash_of_what_was_parsed(patch: pytest.MonkeyPatch) -> None:
    honest = as_it_is(log, "leaf_hash")
    anew = lambda leaf: honest(json.dumps(json.loads(leaf)).encode())  # noqa: E731
    patch.setattr(log, "leaf_hash", anew)


def look_written_if_it_can_be(patch: pytest.MonkeyPatch) -> None:
    honest = read_with_look._write

    def tries(*given: Any) -> None:
        try:
            honest(*given)
        except (StoreUnavailable, store.Died):
            return

    patch.setattr(read_with_look, "_write", tries)


def commit_is_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(store.StepStore, "_is_committed", lambda *_: True)
