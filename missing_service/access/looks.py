"""Which looks were written already: a refresh that shows nothing new is the same look."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

SAME_LOOK = timedelta(minutes=15)
Who = tuple[str, str, str]  # principal and person, session, what
Seen = Mapping[UUID, int]


class Looks:
    """Remembers in this process alone: forgetting costs a further line in the log, never a
    missing one."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._lock = Lock()
        self._last: dict[Who, tuple[datetime, dict[UUID, int]]] = {}

    def is_new(self, who: Who, seen: Seen, now: datetime) -> bool:
        """Whether this shows something that the same look did not show before."""
        with self._lock:
            if who not in self._last:
                return True
            begun, known = self._last[who]
        is_same = timedelta() <= now - begun < SAME_LOOK
        return not is_same or any(known.get(stream, -1) < n for stream, n in seen.items())

    def written(self, who: Who, seen: Seen, now: datetime) -> None:
        """The look stands in the log; it lasts 15 minutes from its first page."""
        with self._lock:
            begun, known = self._last.pop(who, (now, {}))
            if not timedelta() <= now - begun < SAME_LOOK:
                begun, known = now, {}
            self._last[who] = (begun, {**known, **seen})
            while len(self._last) > self._most:
                del self._last[next(iter(self._last))]
