"""All the workers of one process: started together, stopped together."""

import os
import socket
from datetime import timedelta

from missing_service.bootstrap import Application
from missing_service.domain.canary import EVERY as CANARY_EVERY
from missing_service.logs import log
from workers.clocks import ClockKeeper, Doubts
from workers.deliver import Deliverer
from workers.escalate import Escalator
from workers.timetable import HOUR, Job, Timetable
from workers.turns import Turns

BEAT_EVERY = 10.0
CAUGHT_UP = timedelta(seconds=20)  # what lapsed while nothing ran has been told by then
CHECKED = timedelta(seconds=30)  # by then the first look at the records is over
PING_EVERY = timedelta(seconds=60)
MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)
TUESDAY_AT_TEN = timedelta(days=5, hours=10)  # UTC, from a Thursday: 1970 began with one
SILENT_AFTER = 20.0  # a loop that has not ended a step for so long is not looking


class Workers:
    """Everything here may be killed at any instant: what is owed stands in rows."""

    def __init__(self, application: Application) -> None:
        self._clock = application.service.clock
        self._application = application
        doubts = Doubts(application)
        self._deliverer = Deliverer(application, doubts)
        self._timetable = Timetable(application, jobs_of(application), self._ring)
        self._clocks = ClockKeeper(application, doubts, self._timetable.plan_anew).turns
        self._escalator = Escalator(application, self._timetable.wake_at)
        self._beat = Turns("beat", self.beat, self._clock, longest=BEAT_EVERY)
        self.name = f"{socket.gethostname()}:{os.getpid()}"

    def start(self) -> None:
        self._deliverer.start()
        self._escalator.turns.start()
        self._timetable.start()
        self._beat.start()
        self._clocks.start()
        log().info("workers_started", worker=self.name)

    def stop(self, within: float = 10.0) -> bool:
        """Finish what is in flight; whether that was done in time. What was not is sent again."""
        until = self._clock.monotonic() + within
        self._timetable.stop()
        for each in (self._escalator.turns, self._beat, self._clocks, self._deliverer):
            each.stop()
        done = [
            each.join(until - self._clock.monotonic())
            for each in (self._deliverer, self._escalator.turns, self._beat, self._clocks)
        ]
        log().info("workers_stopped", worker=self.name, in_time=all(done))
        return all(done)

    def beat(self) -> bool:
        """Say that the loops are looking; one that hangs is heard by its silence."""
        now = self._clock.monotonic()
        loops = (self._deliverer.turns, self._escalator.turns)
        silent = [loop.name for loop in loops if now - loop.seen_at > SILENT_AFTER]
        if silent:
            log().error("worker_silent", worker=self.name, loops=silent)
        else:
            self._application.pulse.beat(self.name)
        return False

    def _ring(self) -> None:
        self._escalator.turns.ring()


def jobs_of(application: Application) -> list[Job]:
    """What is done by the clock, each once across all processes."""
    jobs = [
        Job("attempts.sealed", HOUR, application.seal),
        Job("shifts.handed_over", MINUTE, application.hand_over),
        Job("digest.sent", MINUTE, application.send_digests, after=CAUGHT_UP),
        Job("self.checked", HOUR, application.check_itself, after=CAUGHT_UP),
    ]
    if application.settings.is_production:
        drill = {"begins": TUESDAY_AT_TEN, "at_latest": HOUR}  # not at night, when it was missed
        jobs.append(Job("drill.held", WEEK, application.hold_drills, **drill))
    if application.deadman:
        pinged = Job("outside.told", PING_EVERY, application.ping_outside, after=CHECKED)
        jobs += [Job("canary.sent", CANARY_EVERY, application.send_canary), pinged]
    return jobs
