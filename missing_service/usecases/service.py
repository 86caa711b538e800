"""What every use case is given: the store, the clock, draws; and how one act answers once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.domain.errors import KeyReused, PhotoRefused
from missing_service.journal import Unit
from missing_service.ports import Clock, Draw, Photos, Store

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RequestKey:
    """An Idempotency-Key: whose, which, and the fingerprint of method, path and body."""

    principal: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """What an act answers: the stream that it belongs to, a status, a body."""

    stream: UUID
    body: JSON
    status: int = 200
    replayed: bool = False


class NoPhotos:
    """A service without a reader of pictures keeps none."""

    def rewrite(self, image: bytes) -> bytes:  # noqa: ARG002 - the port's name
        raise PhotoRefused("Photos cannot be read here.")


NO_PHOTOS = NoPhotos()


@dataclass(frozen=True, slots=True)
class Service:
    store: Store
    clock: Clock
    new_draw: Callable[[datetime], Draw]
    photos: Photos = NO_PHOTOS

    def act(
        self, function: Callable[[Unit, datetime], Done], *, key: RequestKey | None = None
    ) -> Done:
        """Run the act in one transaction; the same key again gets the first answer again."""
        at = self.clock.now()

        def once(unit: Unit) -> Done:
            if key and (before := unit.find_answer(key.principal, key.key)):
                return _again(before, key)
            done = function(unit, at)
            if key:
                unit.keep_answer(
                    key.principal, key.key, key.fingerprint, at, done.stream, done.status, done.body
                )
            return done

        return self.store.write(once, self.new_draw(at))


def _again(before: Any, key: RequestKey) -> Done:
    if before.fingerprint != key.fingerprint:
        raise KeyReused("This Idempotency-Key was used for another request: send a new one.")
    return Done(before.stream, before.body, before.status, replayed=True)
