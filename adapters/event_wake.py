"""A hint that there is work, within this process: it needs no database's driver."""

import threading


class EventWake:
    """For one process; a `set` while nobody waits is kept for the next who does."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Say that there is work."""
        self._event.set()

    def nudge(self) -> None:
        """The same: there is no other process."""
        self._event.set()

    def wait(self, timeout: float) -> bool:
        """Wait until somebody says so, or `timeout` seconds; clears the hint."""
        said = self._event.wait(timeout)
        self._event.clear()
        return said
