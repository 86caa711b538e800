"""Attempt rows: each attempt's start and end, append-only, and the hash that an event vouches
for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from missing_service.domain.stored import canonical, plain

FIELDS = ("delivery", "n", "at", "number", "outcome", "status", "error", "ms", "answer_sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """Odd `n` is an attempt's start, committed before the first byte; the end follows it."""

    delivery: UUID
    n: int
    at: datetime
    number: int
    outcome: str | None = None
    status: int | None = None
    error: str | None = None
    ms: int | None = None
    answer_sha256: str | None = None


def hash_of_rows(rows: Sequence[Any]) -> str:
    """The hex SHA-256 over the rows' canonical JSON, in order."""
    return sha256(canonical([[plain(getattr(row, f)) for f in FIELDS] for row in rows])).hexdigest()
