"""What an event makes of the rows of a child: who it is, how it is found, what is kept of it."""

from collections.abc import Callable
from typing import Any

from missing_service.domain import events as e
from missing_service.domain.episode import Child, ChildCopy, ChildKey, Profile
from missing_service.domain.events.children import ChildNamed, ProfileKept
from missing_service.domain.matching import stored_keys
from missing_service.domain.state import State


def _child_recorded(state: State, event: e.ChildRecorded, _: int) -> None:
    state.put(Child(id=event.stream, stream=event.stream, council=event.council))
    copy = ChildCopy(
        id=event.stream,
        stream=event.stream,
        name=event.name,
        description=event.description,
        date_of_birth=event.date_of_birth,
        case_id=event.case_id,
    )
    state.put(copy)
    _make_findable(state, copy)


def _make_findable(state: State, copy: ChildCopy) -> None:
    """A child goes on being found by what was said of them before."""
    council = state.get(Child, copy.stream).council
    known = {row.key for row in state.all(ChildKey, copy.stream)}
    for key in sorted(stored_keys(copy) - known):
        state.put(ChildKey(stream=copy.stream, key=key, council=council))


def _child_named(state: State, event: ChildNamed, _: int) -> None:
    before = state.get(ChildCopy, event.stream)
    names = ("name", "description", "date_of_birth", "case_id")
    said = {name: getattr(event, name) for name in names if getattr(event, name)}
    former = [*before.former_names, *filter(None, (before.name,))]
    now = said.get("name") or before.name
    once = tuple(dict.fromkeys(name for name in former if name != now))
    _make_findable(state, state.change(before, **said, former_names=once))


def _profile_kept(state: State, event: ProfileKept, _: int) -> None:
    state.put(
        Profile(
            id=event.stream,
            stream=event.stream,
            version=event.version,
            event=event.id,
            kept_at=event.at,
        )
    )


CHILD_MOVES: dict[type, Callable[[State, Any, int], None]] = {
    e.ChildRecorded: _child_recorded,
    ChildNamed: _child_named,
    ProfileKept: _profile_kept,
}
