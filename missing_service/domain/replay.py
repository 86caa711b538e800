"""Replay: what the rows of a stream must be, from its stored events and effects alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from missing_service.domain.effects import apply, read_effect
from missing_service.domain.evolve import evolve
from missing_service.domain.state import NoRows, State
from missing_service.domain.stored import read_event

UNFIT = (LookupError, TypeError, ValueError, AttributeError)  # what altered bytes can lead to


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the log says; it names no child."""

    table: str
    where: str  # the row
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run looked at, and every fault that it found."""

    faults: tuple[Fault, ...]
    counts: Mapping[str, int]  # streams, events, texts, rows, looks, leaves, attempts, ...

    @property
    def is_sound(self) -> bool:
        return not self.faults


@dataclass(slots=True)
class Replay:
    """The rows of one stream, built from nothing; the rules are not run again."""

    state: State = field(default_factory=lambda: State(NoRows()))

    def play(self, leaf: Mapping[str, Any], private: Mapping[str, Any]) -> None:
        """Apply one stored event with its effects; one of `UNFIT` where they do not fit."""
        evolve(self.state, read_event(leaf, private), leaf["n"])
        for stored in leaf["effects"]:
            apply(self.state, read_effect(stored))

    def rows(self) -> Iterator[tuple[type, Any]]:
        """Each row as it must stand, with its kind."""
        return ((kind, row) for kind, row, _ in self.state.writes())


def commitments(leaf: Mapping[str, Any]) -> Iterator[tuple[UUID, str]]:
    """The private texts that a leaf vouches for: each one's id and salted hash."""
    if leaf["commit"]:
        yield UUID(leaf["id"]), leaf["commit"]
    if image := leaf["data"].get("image"):
        yield UUID(image["id"]), image["commit"]
    for word, *rest in leaf["effects"]:
        if word == "queued" and rest[1]:
            yield UUID(rest[0]["body"]), rest[1]


def bodies(leaf: Mapping[str, Any]) -> Iterator[UUID]:
    """The texts that a leaf's deliveries carry, vouched for by it or by one before it."""
    for word, *rest in leaf["effects"]:
        if word == "queued":
            yield UUID(rest[0]["body"])
