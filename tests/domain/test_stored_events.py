"""Every event is read again from its public bytes and its private part."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missing_service.domain import events as e
from missing_service.domain.stored import (
    EVENTS,
    canonical,
    instant,
    private_part,
    public_part,
    read_event,
)

TEXT = st.text(max_size=8)
START = datetime(2020, 1, 1, tzinfo=UTC)
INSTANT = st.integers(0, 2**51).map(lambda passed: START + timedelta(microseconds=passed))
JSON = st.dictionaries(TEXT, st.one_of(TEXT, st.booleans(), st.none(), st.lists(TEXT)), max_size=3)
SIMPLE = {str: TEXT, int: st.integers(0, 2**40), bool: st.booleans(), datetime: INSTANT}


def strategy(hint: Any) -> Any:
    if hint in SIMPLE:
        return SIMPLE[hint]
    if hint is UUID:
        return st.uuids()
    if get_origin(hint) is tuple:
        return st.lists(strategy(get_args(hint)[0]), max_size=2).map(tuple)
    if type(None) in get_args(hint):
        return st.none() | strategy(next(a for a in get_args(hint) if a is not type(None)))
    if hint in (e.Actor, e.ToldStep, e.SealedAttempts, e.Stretch, e.OwnList, e.KeptText):
        return built(hint)
    return JSON


def built(kind: Any) -> Any:
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: strategy(hints[f.name]) for f in fields(kind)})


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.KIND)
def test_an_event_is_the_same_after_it_was_stored(kind: type[e.Event]):
    @given(built(kind))
    def check(event: Any) -> None:
        head = {"kind": kind.KIND, "id": str(event.id), "stream": str(event.stream)}
        leaf = canonical({**head, "at": instant(event.at), **public_part(event)})
        private = canonical(private_part(event))
        again = read_event(json.loads(leaf), json.loads(private))
        assert public_part(again) == public_part(event)
        assert private_part(again) == private_part(event)
        assert (again.id, again.stream, again.at) == (event.id, event.stream, event.at)

    check()


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.KIND)
def test_an_event_whose_key_was_destroyed_tells_its_public_part(kind: type[e.Event]):
    @given(built(kind))
    def check(event: Any) -> None:
        head = {"kind": kind.KIND, "id": str(event.id), "stream": str(event.stream)}
        leaf = canonical({**head, "at": instant(event.at), **public_part(event)})
        assert public_part(read_event(json.loads(leaf), {})) == public_part(event)

    check()
