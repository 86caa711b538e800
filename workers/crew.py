"""Threads that carry what is handed to them; as many as are needed, up to a limit."""

import queue
import threading
from collections.abc import Callable

from missing_service.logs import log

Load = Callable[[], None]


class Crew:
    """Its threads die with the process: what they carry is safe to be carried again."""

    def __init__(self, name: str, most: int) -> None:
        self._name, self._most = name, most
        self._loads: queue.SimpleQueue[Load | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._hands = 0
        self._under_way = 0
        self._changed = threading.Condition()

    def carry(self, load: Load) -> None:
        """Have it done as soon as a thread is free."""
        with self._changed:
            self._under_way += 1
        self._loads.put(load)
        if not self._idle.acquire(blocking=False) and self._hands < self._most:
            self._hands += 1
            name = f"{self._name}-{self._hands}"
            threading.Thread(target=self._work, name=name, daemon=True).start()

    def finish(self, within: float) -> bool:
        """Wait for what is under way; whether all of it was done in time."""
        with self._changed:
            done = self._changed.wait_for(lambda: not self._under_way, max(0.0, within))
        for _ in range(self._hands):
            self._loads.put(None)
        return done

    def _work(self) -> None:
        while (load := self._loads.get()) is not None:
            try:
                load()
            except Exception:
                log().exception("worker_fault", worker=self._name)
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()
            self._idle.release()
