"""Tells people what has lapsed, as soon as it is due."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from missing_service.bootstrap import Application
from missing_service.logs import log
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.wind_back import wind_back
from workers.clock_watch import ClockWatch
from workers.turns import Turns


class Escalator:
    """Looks each second by itself; `plan` is told the next instant, for an earlier wake-up."""

    def __init__(self, application: Application, plan: Callable[[datetime | None], None]) -> None:
        self._application = application
        self._plan = plan
        self._clock_watch = ClockWatch()
        self.turns = Turns("escalate", self.turn, application.service.clock)

    def turn(self) -> bool:
        """Decide what is due; whether there may be more at once."""
        pulse = self._application.pulse
        self._put_right(now := pulse.now())
        next_step = pulse.next_step()
        if next_step is None or next_step > now:
            self._plan(next_step)
            return False
        return escalate_due(self._application.service, _say)

    def _put_right(self, now: datetime) -> None:
        service = self._application.service
        monotonic = service.clock.monotonic()
        done = self._clock_watch.look(now, monotonic, lambda: wind_back(service))
        if done is not None:
            log().info("clock_looked_at", ladders_wound_back=done)


def _say(stream: UUID, fault: Exception) -> None:
    log().error("stream_fault", stream=str(stream), exc_info=fault)
