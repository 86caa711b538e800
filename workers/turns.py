"""A thread that takes turns: a step, again while there is work, then a wait of at most so long."""

import threading
from collections.abc import Callable
from typing import Protocol

from missing_service.logs import log

LONGEST = 1.0
AFTER_A_FAULT = 1.0


class Monotonic(Protocol):
    def monotonic(self) -> float:
        """Seconds that never step back."""


class Turns:
    """Goes on whatever a step raises; `seen_at` says when a step last ended well."""

    def __init__(
        self,
        name: str,
        step: Callable[[], bool],
        clock: Monotonic,
        *,
        longest: float = LONGEST,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self.name = name
        self.seen_at = clock.monotonic()
        self._step, self._clock, self._longest = step, clock, longest
        self._bell, self._stopping = threading.Event(), threading.Event()
        self._wait = wait or self._wait_for_bell
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self.seen_at = self._clock.monotonic()
        self._thread.start()

    def ring(self) -> None:
        """Take the next turn now."""
        self._bell.set()

    def stop(self) -> None:
        """Begin no further step."""
        self._stopping.set()
        self._bell.set()

    def join(self, within: float) -> bool:
        """Whether the step under way ended in time."""
        self._thread.join(max(0.0, within))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = self._clock.monotonic()
            if self._turn():
                continue
            left = self._longest - (self._clock.monotonic() - began)
            if left > 0 and not self._stopping.is_set():
                self._wait(left)

    def _turn(self) -> bool:
        """Whether there may be more to do at once."""
        try:
            more = self._step()
        except Exception:
            log().exception("worker_fault", worker=self.name)
            self._stopping.wait(AFTER_A_FAULT)
            return True
        self.seen_at = self._clock.monotonic()
        return more

    def _wait_for_bell(self, seconds: float) -> None:
        self._bell.wait(seconds)
        self._bell.clear()
