"""The one door: every fact that somebody may have to answer for passes `record()`; a look passes
`look()`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from missing_service.domain.consequences import consequences
from missing_service.domain.delivery import Delivery
from missing_service.domain.effects import Effect, Queued, apply, stored_effect
from missing_service.domain.events import Actor, Event, KeptText
from missing_service.domain.evolve import evolve
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.stored import canonical, instant, private_part, public_part
from missing_service.ports import Draw

FORM = 1


class Unit(Protocol):
    """One transaction: the rows it touches, and what it hands to the store."""

    state: State
    book: Rulebook
    draw: Draw
    now: datetime

    def lock(self, *streams: UUID) -> None:
        """Hold these streams until the end; call it before reading what is to be changed."""

    def open_stream(self, stream: UUID, kind: str) -> None:
        """Begin a new stream, with a key of its own."""

    def find(self, what: str, value: Any) -> UUID | None:
        """The stream in which an episode's reference, or an obligation's, delivery's or
        interview's id stands."""

    def find_answer(self, principal: str, key: str) -> Any:
        """What was answered to this key before: fingerprint, stream, status, body; or None."""

    def keep_answer(
        self,
        principal: str,
        key: str,
        fingerprint: bytes,
        at: datetime,
        stream: UUID,
        status: int,
        body: Mapping[str, Any],
    ) -> None:
        """Keep the answer for the same key asked again."""

    def text(self, text: UUID) -> bytes | None:
        """A private text, decrypted."""

    def find_draft(self, draft: UUID) -> Any:
        """A draft as last saved: version, saved_at, saved_by, content; or None."""

    def save_draft(self, draft: UUID, stream: UUID, version: int, by: str, content: bytes) -> None:
        """Save a working draft, encrypted under its stream's key."""

    def drop_draft(self, draft: UUID) -> None:
        """The draft was signed: there is nothing left to edit."""

    def try_now(self, delivery: Delivery) -> None:
        """The delivery's lane is due at once."""

    def number(self, stream: UUID) -> int:
        """The next event number of the stream, which is locked from now on."""

    def salt(self) -> bytes:
        """32 bytes nobody can guess, drawn before the act."""

    def keep_text(self, text: UUID, stream: UUID, payload: bytes) -> None:
        """Store a private text, encrypted under its stream's key."""

    def keep_event(self, event: Event, n: int, leaf: bytes) -> None:
        """Store the event's bytes; they are a leaf of the duty log."""

    def keep_look(self, look: UUID, at: datetime, leaf: bytes) -> None:
        """Store a look's bytes; they are a leaf of the access log."""

    def queue(self, delivery: Delivery) -> None:
        """Make sure that a lane carries the delivery."""


def record(unit: Unit, event: Event) -> None:
    """Save the event with all that follows from it, or nothing."""
    n = unit.number(event.stream)
    unit.state.tell(event.stream, n, event)
    evolve(unit.state, event, n)
    effects = []
    for effect in consequences(event, unit.state, unit.book):
        apply(unit.state, effect)
        effects.append(_keep_body(unit, effect))
    unit.keep_event(event, n, _leaf(unit, event, n, effects))


def keep_beside(unit: Unit, stream: UUID, content: bytes) -> KeptText:
    """Keep a private text for which the event that is recorded next in this act vouches."""
    payload, text = unit.salt() + content, unit.draw.id()
    unit.keep_text(text, stream, payload)
    return KeptText(text, sha256(payload).hexdigest())


def _keep_body(unit: Unit, effect: Effect) -> Effect:
    if not isinstance(effect, Queued):
        return effect
    unit.queue(effect.row)
    if not effect.body:
        return effect
    payload = unit.salt() + effect.body
    unit.keep_text(effect.row.body, effect.row.stream, payload)
    return replace(effect, commit=sha256(payload).hexdigest())


def _leaf(unit: Unit, event: Event, n: int, effects: list[Effect]) -> bytes:
    """The bytes that the log vouches for; what was typed stands in them as a salted commitment
    alone."""
    private = private_part(event)
    commit = None
    if private:
        payload = unit.salt() + canonical(private)
        unit.keep_text(event.id, event.stream, payload)
        commit = sha256(payload).hexdigest()
    return canonical(
        {
            "v": FORM,
            "id": str(event.id),
            "stream": str(event.stream),
            "n": n,
            "kind": event.KIND,
            "at": instant(event.at),
            **public_part(event),
            "effects": [stored_effect(effect) for effect in effects],
            "policy": unit.book.policy.version,
            "commit": commit,
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who saw what: one person, one page or list, one session."""

    id: UUID
    at: datetime
    by: Actor
    session: str
    what: str  # the page or call, without what it showed
    seen: Mapping[UUID, int]  # stream -> the last event number that was shown


def look(unit: Unit, seen: Look) -> None:
    """Write who saw what, before the first byte of it leaves."""
    by = seen.by
    leaf: dict[str, Any] = {
        "v": FORM,
        "id": str(seen.id),
        "at": instant(seen.at),
        "by": [by.principal, by.organisation, by.role, by.name, by.title],
        "session": seen.session,
        "what": seen.what,
        "seen": {str(stream): n for stream, n in sorted(seen.seen.items())},
    }
    unit.keep_look(seen.id, seen.at, canonical(leaf))
