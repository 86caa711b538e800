"""The rows that the directory's stream keeps: entries, and policies by version."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    KEY: ClassVar[tuple[str, ...]] = ("kind", "identity")
    kind: str
    identity: str
    stream: UUID
    event: UUID  # the last that changed it; secrets stand in that event's private part
    body: str  # canonical JSON
    secret_event: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    KEY: ClassVar[tuple[str, ...]] = ("version",)
    version: str
    stream: UUID
    event: UUID
    body: str
