"""Looks after the clocks: its own, the database's, and what police say theirs are."""

import queue
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

from missing_service.bootstrap import Application
from missing_service.domain.clocks import SKEW, Doubt
from missing_service.logs import log
from missing_service.usecases.doubt_clock import doubt_clock, last_recorded_at
from workers.clock_watch import ClockWatch
from workers.turns import Turns

LOOK_EVERY = 5.0
STALLED = 0.5  # seconds: a reading that took longer says nothing of the clock
SAID_FOR = 3600.0
Heard = tuple[Doubt, str, timedelta]
OURS, THE_DATABASE = "the service", "the database"


class Doubts:
    """What was noticed and is to be told; any thread may say something, one tells."""

    def __init__(self, application: Application) -> None:
        self._service = application.service
        self._heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._said: dict[tuple[Doubt, str], float] = {}

    def hear(self, doubt: Doubt, whose: str, by: timedelta) -> None:
        """What lasts is asked about once an hour; a step each time."""
        now, key = self._service.clock.monotonic(), (doubt, whose)
        is_new = key not in self._said or now - self._said[key] >= SAID_FOR
        if is_new or doubt is Doubt.STEPPED:
            self._said[key] = now
            self._heard.put((doubt, whose, by))
            log().warning("clock_doubted", doubt=doubt.value, whose=whose, seconds=round(_s(by)))

    def hear_of_police(self, channel: str, theirs: datetime | None) -> None:
        """What the `Date` of an answer shows beside our own clock."""
        by = theirs - self._service.clock.now() if theirs else timedelta()
        if abs(by) > SKEW:
            self.hear(Doubt.POLICE, channel, by)

    def tell(self) -> None:
        """What cannot be told now is told at the next turn."""
        while not self._heard.empty():
            heard = self._heard.get()
            try:
                doubt_clock(self._service, *heard)
            except Exception:
                self._heard.put(heard)
                raise


class ClockKeeper:
    """Wakes nobody and stops nothing: a fault of it leaves ladders and sending as they are."""

    def __init__(
        self, application: Application, doubts: Doubts, plan_anew: Callable[[], object]
    ) -> None:
        self._application, self._doubts, self._plan_anew = application, doubts, plan_anew
        self._clock = application.service.clock
        self._host = f"the host {socket.gethostname()}"
        self._own, self._stores = ClockWatch(), ClockWatch()
        self._has_begun = False
        self.turns = Turns("clocks", self.turn, self._clock, longest=LOOK_EVERY)

    def turn(self) -> bool:
        self._look()
        self._doubts.tell()
        return False

    def _look(self) -> None:
        own = self._read(self._clock.now, self._own, self._host)
        if own is None or not self._application.store.is_postgres:
            self._begin(own)
            return
        stores = self._read(self._application.pulse.now, self._stores, THE_DATABASE)
        apart = own - stores if stores else timedelta()
        if abs(apart) > SKEW:
            self._doubts.hear(Doubt.APART, self._host, apart)
            self._has_begun = True  # what such a host recorded says nothing of the database's
        self._begin(stores)

    def _read(self, ask: Callable[[], datetime], watch: ClockWatch, whose: str) -> datetime | None:
        """What it shows, unless the asking took so long that nobody knows when that was."""
        before = self._clock.monotonic()
        now = ask()
        after = self._clock.monotonic()
        if after - before > STALLED:
            return None
        step = watch.step(now, after)
        if step:
            self._doubts.hear(Doubt.STEPPED, whose, step)
            self._plan_anew()
        return now

    def _begin(self, now: datetime | None) -> None:
        """At the start: is it earlier than what was recorded already?"""
        if now is None or self._has_begun:
            return
        last = last_recorded_at(self._application.service)
        self._has_begun = True
        if last and last - now > SKEW:
            self._doubts.hear(Doubt.BEHIND, OURS, now - last)


def _s(length: timedelta) -> float:
    return length.total_seconds()
