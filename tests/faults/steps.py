"""The durable steps of a flow, counted as they are reached, and what is done at one of them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

STATEMENT, COMMIT, SEND, SENT, ANSWER = "statement", "commit", "send", "sent", "answer"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault: at which steps it can happen, and what happens then.

    `happens` may raise, as a driver does, or say what the driver is to do; `lasts`: until healed.
    """

    name: str
    at: tuple[str, ...]
    happens: Callable[[Any], Any]
    lasts: bool = False


class Steps:
    """Counts the steps at which a kind can happen; at the n-th it happens, once or for ever."""

    def __init__(self) -> None:
        self.count = 0
        self.fired = 0
        self._kind: Kind | None = None
        self._n = 0
        self._lock = threading.Lock()

    def arm(self, kind: Kind, n: int) -> None:
        """From now on count anew; at step n it happens."""
        self.count, self.fired, self._kind, self._n = 0, 0, kind, n

    def heal(self) -> None:
        """Nothing happens any more, and nothing is counted."""
        self._kind = None

    @property
    def is_down(self) -> bool:
        """What lasts has begun: nothing can be connected to either."""
        return bool(self._kind and self._kind.lasts and self.fired)

    def reached(self, what: str, where: Any = None) -> Any:
        """A step is about to be taken; answers what the kind says, None where nothing happens."""
        with self._lock:
            kind = self._kind
            if kind is None or what not in kind.at:
                return None
            self.count += 1
            is_now = self.count == self._n or (kind.lasts and self.count > self._n)
            if not is_now:
                return None
            self.fired += 1
        return kind.happens(where)
