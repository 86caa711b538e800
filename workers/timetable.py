"""The early wake-up and the daily round; either may be lost without harm."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from missing_service.bootstrap import Application
from missing_service.logs import log

HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
WAKE_UP = "wake-up"


@dataclass(frozen=True, slots=True)
class Job:
    """Something that runs once at each multiple of `every`, in one process of all."""

    name: str
    every: timedelta
    run: Callable[[], object]
    after: timedelta = timedelta()  # how long after a start it is first looked at
    begins: timedelta = timedelta()  # how far into each `every`
    at_latest: timedelta | None = None  # later than this it waits for its next turn

    def planned_for(self, now: datetime) -> datetime:
        """The last instant at which it should have run."""
        return now - (now - EPOCH - self.begins) % self.every

    def is_too_late(self, now: datetime) -> bool:
        """Whether its turn has gone by."""
        return self.at_latest is not None and now - self.planned_for(now) > self.at_latest


class Timetable:
    """Rows are the truth; in memory stand one wake-up, and when to look at each job."""

    def __init__(
        self, application: Application, jobs: list[Job], ring: Callable[[], object]
    ) -> None:
        self._application = application
        self._jobs = jobs
        self._ring = ring
        self._woken_at: datetime | None = None
        executors = {"default": ThreadPoolExecutor(2)}
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors=executors, job_defaults=DEFAULTS
        )

    def start(self) -> None:
        """Run what was missed while nothing ran, then each job in its time."""
        now = self._application.service.clock.now()
        for job in self._jobs:
            begins, seconds = job.planned_for(now) + job.every, job.every.total_seconds()
            plan = {"seconds": seconds, "start_date": begins, "next_run_time": now + job.after}
            plan |= {"args": (self._application, job), "id": job.name}
            self._scheduler.add_job(run_once, "interval", **plan)
        # Moved, never made anew: a job that runs once and is gone trips over a stop meanwhile.
        self._scheduler.add_job(self._ring, "interval", hours=1, id=WAKE_UP)
        self._scheduler.start()

    def plan_anew(self) -> None:
        """The clock was set: what was planned by the old one is looked at now."""
        if not self._scheduler.running:
            return
        now = self._application.service.clock.now()
        for job in self._jobs:
            self._scheduler.modify_job(job.name, next_run_time=now)
        self._woken_at = None

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)

    def wake_at(self, instant: datetime | None) -> None:
        """Ring then; an instant that is asked for again changes nothing."""
        if instant is None or instant == self._woken_at or not self._scheduler.running:
            return
        self._woken_at = instant
        self._scheduler.modify_job(WAKE_UP, next_run_time=instant)


def run_once(application: Application, job: Job) -> bool:
    """Run the job unless some process has begun it for this instant; says whether it ran here."""
    try:
        now = application.service.clock.now()
        planned_for = job.planned_for(now)
        if job.is_too_late(now) or not application.pulse.begin_job(job.name, planned_for):
            return False
        job.run()
    except Exception:
        log().exception("job_fault", job=job.name)
        return False
    log().info("job_ran", job=job.name, planned_for=planned_for.isoformat())
    return True
