"""The rows that one act touches: as they stood, and as the act leaves them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar
from uuid import UUID

from missing_service.domain.delivery import AttemptSeal, Delivery
from missing_service.domain.episode import (
    Act,
    Child,
    ChildCopy,
    ChildKey,
    Episode,
    Party,
    Profile,
    TriggerMet,
)
from missing_service.domain.events import Event
from missing_service.domain.interview import Interview, RecordVersion
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.policy import ObligationKind
from missing_service.domain.registry import DirectoryEntry, PolicyVersion

R = TypeVar("R")
Key = tuple[Any, ...]

ROWS: tuple[type, ...] = (
    Child,
    ChildCopy,
    ChildKey,
    Profile,
    Episode,
    Act,
    Party,
    Interview,
    RecordVersion,
    Obligation,
    TriggerMet,
    StepTold,
    Delivery,
    AttemptSeal,
    DirectoryEntry,
    PolicyVersion,
)


class Rows(Protocol):
    """Where rows and told facts come from when they are first asked for."""

    def one(self, kind: type[R], key: Key) -> R | None:
        """The row of that key, or None."""

    def all(self, kind: type[R], stream: UUID) -> Sequence[R]:
        """Every row of that kind in the stream."""

    def story(self, stream: UUID) -> Sequence[tuple[int, Event]]:
        """The stream's events with typed content, numbered, oldest first, decrypted."""

    def earlier(self, child: UUID, stream: UUID, force: str | None) -> Sequence[str]:
        """References of the child's other episodes; of those that the force was told, where
        named."""

    def episodes_of(self, child: UUID) -> Sequence[Episode]:
        """Every episode of the child."""

    def owed_for(self, child: UUID, kind: ObligationKind) -> Sequence[Obligation]:
        """Every obligation of that kind in the child's episodes."""


def key_of(row: Any) -> Key:
    return tuple(getattr(row, name) for name in row.KEY)


class State:
    """Loads each row once, and remembers which were put."""

    def __init__(self, source: Rows) -> None:
        self._source = source
        self._rows: dict[type, dict[Key, Any]] = {kind: {} for kind in ROWS}
        self._of: dict[tuple[type, UUID], dict[Key, Any]] = {}  # the same rows, by stream
        self._whole: set[tuple[type, UUID]] = set()
        self._stored: dict[type, set[Key]] = {kind: set() for kind in ROWS}
        self._put: dict[type, dict[Key, Any]] = {kind: {} for kind in ROWS}
        self._stories: dict[UUID, list[tuple[int, Event]]] = {}
        self._told: dict[UUID, list[tuple[int, Event]]] = {}  # before its story was asked for

    def born(self, stream: UUID) -> None:
        """The stream is new: there is nothing of it to load."""
        self._whole.update((kind, stream) for kind in ROWS)
        self._stories[stream] = []

    def find(self, kind: type[R], *key: Any) -> R | None:
        rows = self._rows[kind]
        if key not in rows:
            found = self._source.one(kind, key)
            if found is None:
                return None
            self._keep(kind, found)
        found_row: R = rows[key]
        return found_row

    def get(self, kind: type[R], *key: Any) -> R:
        row = self.find(kind, *key)
        if row is None:
            raise LookupError(f"no {kind.__name__} {key}")
        return row

    def known(self, rows: Iterable[Any]) -> None:
        """Rows as they stand, read together before each is asked for."""
        for row in rows:
            self._keep(type(row), row)

    def all(self, kind: type[R], stream: UUID) -> list[R]:
        if (kind, stream) not in self._whole:
            for row in self._source.all(kind, stream):
                self._keep(kind, row)
            self._whole.add((kind, stream))
        return list(self._of.get((kind, stream), {}).values())

    def put(self, row: Any) -> None:
        kind, key = type(row), key_of(row)
        self._put[kind][key] = row
        self._hold(kind, key, row)

    def change(self, row: R, **values: Any) -> R:
        changed: R = replace(row, **values)  # type: ignore[type-var]
        self.put(changed)
        return changed

    def story(self, stream: UUID) -> list[tuple[int, Event]]:
        if stream not in self._stories:
            before = list(self._source.story(stream))
            self._stories[stream] = before + self._told.pop(stream, [])
        return self._stories[stream]

    def earlier(self, child: UUID, stream: UUID, force: str | None = None) -> list[str]:
        """References of the child's other episodes; a child recorded in this act has none."""
        return [] if self._is_new(child) else list(self._source.earlier(child, stream, force))

    def _is_new(self, child: UUID) -> bool:
        return child in self._stories and (Child, child) in self._whole

    def episodes_of(self, child: UUID) -> list[Episode]:
        """The child's episodes as they stand."""
        stored = () if self._is_new(child) else self._source.episodes_of(child)
        found = {row.id: row for row in stored}
        return list((found | self._held_of(child)).values())

    def owed_for(self, child: UUID, kind: ObligationKind) -> list[Obligation]:
        """What is or was owed of that kind in any of the child's episodes."""
        found = {row.id: row for row in self._source.owed_for(child, kind)}
        mine = self._held_of(child)
        held = [o for o in self._rows[Obligation].values() if o.kind is kind and o.stream in mine]
        return list((found | {o.id: o for o in held}).values())

    def _held_of(self, child: UUID) -> dict[UUID, Episode]:
        return {row.id: row for row in self._rows[Episode].values() if row.child == child}

    def tell(self, stream: UUID, n: int, event: Event) -> None:
        """The event is part of its stream's story from now on."""
        told = self._stories.get(stream, self._told.setdefault(stream, []))
        told.append((n, event))

    def writes(self) -> Iterator[tuple[type, Any, bool]]:
        """Each row that was put: its kind, the row, and whether it is new."""
        for kind in ROWS:
            for key, row in self._put[kind].items():
                yield kind, row, key not in self._stored[kind]

    def written(self) -> None:
        """What was put has been sent to the database."""
        for kind in ROWS:
            self._stored[kind].update(self._put[kind])
            self._put[kind].clear()

    def _keep(self, kind: type, row: Any) -> None:
        key = key_of(row)
        if key not in self._rows[kind]:
            self._hold(kind, key, row)
            self._stored[kind].add(key)

    def _hold(self, kind: type, key: Key, row: Any) -> None:
        self._rows[kind][key] = row
        self._of.setdefault((kind, row.stream), {})[key] = row


class NoRows:
    """A source of nothing: replay starts from it."""

    def one(self, kind: type[R], key: Key) -> R | None:  # noqa: ARG002 - the protocol's names
        return None

    def all(self, kind: type[R], stream: UUID) -> Sequence[R]:  # noqa: ARG002
        return ()

    def story(self, stream: UUID) -> Sequence[tuple[int, Event]]:  # noqa: ARG002
        return ()

    def earlier(self, child: UUID, stream: UUID, force: str | None) -> Sequence[str]:  # noqa: ARG002
        return ()

    def episodes_of(self, child: UUID) -> Sequence[Episode]:  # noqa: ARG002
        return ()

    def owed_for(self, child: UUID, kind: ObligationKind) -> Sequence[Obligation]:  # noqa: ARG002
        return ()
