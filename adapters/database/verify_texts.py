"""A stream's private texts: each readable in its place, and the one that its event vouches for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from adapters.cipher import Unreadable, decrypt
from adapters.database import models as m
from adapters.database.verify_rows import Findings, Snapshot, place, raw

TEXT: Table = m.PrivateTextTable.__table__  # type: ignore[assignment]
Stored = tuple[bytes, bytes]  # the stream that a text says it is of, and its bytes


@dataclass(slots=True)
class Texts:
    """The texts of one stream; `key` is None where it was destroyed, or cannot be had."""

    snapshot: Snapshot
    findings: Findings
    stream: UUID
    key: bytes | None
    is_erased: bool
    named: set[UUID] = field(default_factory=set)  # an event vouches for them

    def load(self, texts: Sequence[UUID]) -> Mapping[UUID, Stored]:
        """What is stored of these, wherever it says that it belongs."""
        query = select(TEXT.c.id, raw(TEXT.c.stream), TEXT.c.content).where(TEXT.c.id.in_(texts))
        rows = self.snapshot.rows("private_text", query) if texts else iter(())
        return {row.id: (place(row.stream), row.content) for row in rows}

    def open(self, text: UUID, commit: str, stored: Stored | None) -> bytes | None:
        """The text's bytes with their salt, where they are those that an event vouches for."""
        self.findings.counts["texts"] += 1
        if text in self.named:
            self._fault(text, "is vouched for twice")
        self.named.add(text)
        if stored is None:
            self._missing(text)
            return None
        if stored[0] != self.stream.bytes:
            self._fault(text, "stands in another stream than the event that names it")
        return self._decrypted(text, commit, stored[1]) if self.key else None

    def _missing(self, text: UUID) -> None:
        if not self.is_erased:
            self._fault(text, "is gone, though an event names it")

    def _decrypted(self, text: UUID, commit: str, content: bytes) -> bytes | None:
        try:
            payload = decrypt(self.key or b"", text, content)
        except Unreadable:
            self._fault(text, "cannot be read: altered, moved, or under another key")
            return None
        if sha256(payload).hexdigest() == commit:
            return payload
        self._fault(text, "is not the text that its event vouches for")
        return None

    def check_unnamed(self, stored: Sequence[Any]) -> None:
        """No text of the stream that no event of it names."""
        named = {text.bytes for text in self.named}
        for row in stored:
            if place(row.id) not in named:
                self._fault(row.id, "no event of its stream names it")

    def _fault(self, text: Any, what: str) -> None:
        self.findings.add("private_text", text, what)
