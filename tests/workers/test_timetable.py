"""Jobs run once across all processes; the wake-up is early, and never relied on."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from adapters.clock import SystemClock
from tests.fakes.clock import FakeClock
from tests.workers.conftest import until
from workers.main import jobs_of
from workers.timetable import HOUR, Job, Timetable, run_once


def test_a_job_is_planned_for_the_last_whole_hour():
    job = Job("x", HOUR, lambda: None)
    at = datetime(2026, 11, 24, 3, 59, 59, tzinfo=UTC)
    assert job.planned_for(at) == datetime(2026, 11, 24, 3, tzinfo=UTC)


def test_of_two_that_begin_a_job_at_once_one_runs_it(application):
    ran, gate = [], threading.Barrier(4, timeout=10)
    job = Job("once", timedelta(days=1), lambda: ran.append(1))

    def begin() -> None:
        gate.wait()
        run_once(application, job)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert ran == [1]


def test_the_next_instant_is_another_run(small):
    ran = []
    job = Job("tick", timedelta(milliseconds=1), lambda: ran.append(1))
    assert run_once(small, job)
    until(lambda: run_once(small, job))
    assert len(ran) >= 2


def test_a_job_that_raises_is_logged_and_stops_nothing(small):
    def fail() -> None:
        raise RuntimeError("unforeseen")

    assert not run_once(small, Job("fails", HOUR, fail))
    ran = []
    assert run_once(small, Job("runs", HOUR, lambda: ran.append(1)))


def test_one_missed_while_all_was_down_runs_on_return(small):
    ran = []
    timetable = Timetable(small, [Job("missed", HOUR, lambda: ran.append(1))], lambda: None)
    timetable.start()
    until(lambda: ran)
    timetable.stop()
    again = Timetable(small, [Job("missed", HOUR, lambda: ran.append(1))], lambda: None)
    again.start()
    again.stop()
    rows = small.store.read(lambda r: r.connection.execute(text("SELECT job FROM job_run")).all())
    assert rows.count(("missed",)) == len(ran) == 1


def test_two_processes_that_come_back_at_once_run_what_was_missed_once(application):
    ran, gate = [], threading.Barrier(2, timeout=10)
    jobs = [Job("missed", timedelta(days=1), lambda: ran.append(1))]
    both = [Timetable(application, jobs, lambda: None) for _ in range(2)]

    def come_back(timetable: Timetable) -> None:
        gate.wait()
        timetable.start()

    threads = [threading.Thread(target=come_back, args=(each,)) for each in both]
    for thread in threads:
        thread.start()
    until(lambda: ran)
    for thread, timetable in zip(threads, both, strict=True):
        thread.join(10)
        timetable._scheduler.shutdown(wait=True)
    assert ran == [1]


def test_after_days_away_the_last_instant_alone_is_made_up_for(application):
    clock = FakeClock()
    day, ran = timedelta(days=1), []
    at_that_time = replace(application, service=replace(application.service, clock=clock))
    job = Job("daily", day, lambda: ran.append(clock.now()))
    assert run_once(at_that_time, job)
    clock.advance(days=3, minutes=7)
    assert [run_once(at_that_time, job) for _ in range(3)] == [True, False, False]
    clock.set_by(hours=-2)  # the same day again, and the one before it
    assert not run_once(at_that_time, job)
    clock.set_by(days=-3)
    assert not run_once(at_that_time, job)
    assert len(ran) == 2


def test_a_clock_that_ran_a_year_ahead_and_was_put_right_silences_no_job(small):
    clock, ran = FakeClock(SystemClock().now() - HOUR), []
    then = replace(small, service=replace(small.service, clock=clock))
    timetable = Timetable(then, [Job("hourly", HOUR, lambda: ran.append(1))], lambda: None)
    timetable.start()
    until(lambda: ran)
    planned = timetable._scheduler.get_job("hourly")
    planned.modify(next_run_time=clock.now() + timedelta(days=365))  # as a clock so far ahead has
    clock.advance(hours=1)
    timetable.plan_anew()
    until(lambda: len(ran) == 2)
    timetable.stop()


def test_the_wake_up_rings_at_the_instant_that_was_last_asked_for(small):
    rung = []
    timetable = Timetable(small, [], lambda: rung.append(SystemClock().now()))
    timetable.start()
    soon = SystemClock().now() + timedelta(milliseconds=300)
    timetable.wake_at(soon + timedelta(hours=1))
    timetable.wake_at(soon)
    timetable.wake_at(soon)
    timetable.wake_at(None)
    until(lambda: rung, 5)
    timetable.stop()
    assert len(rung) == 1
    assert rung[0] >= soon


def test_runs_of_a_month_ago_are_forgotten_and_those_of_other_jobs_are_not(application):
    now, day = SystemClock().now(), timedelta(days=1)
    runs = [("mine", now - 40 * day), ("other", now - 40 * day), ("mine", now - 20 * day)]
    for job, at in runs:
        assert application.pulse.begin_job(job, at)
    assert application.pulse.begin_job("mine", now)
    found = application.store.read(
        lambda r: r.connection.execute(text("SELECT job, planned_for FROM job_run")).all()
    )
    assert sorted(job for job, _ in found if job in ("mine", "other")) == ["mine", "mine", "other"]


WEEKLY = {"begins": timedelta(days=5, hours=10), "at_latest": HOUR}


@pytest.mark.parametrize(
    ("now", "planned"),
    [
        ("2026-11-24T10:00:00+00:00", "2026-11-24T10:00:00+00:00"),
        ("2026-11-24T09:59:59+00:00", "2026-11-17T10:00:00+00:00"),
        ("2026-11-30T23:00:00+00:00", "2026-11-24T10:00:00+00:00"),
    ],
)
def test_a_weekly_job_is_planned_for_tuesday_at_ten(now, planned):
    job = Job("x", timedelta(days=7), lambda: None, **WEEKLY)
    assert job.planned_for(datetime.fromisoformat(now)) == datetime.fromisoformat(planned)
    assert datetime.fromisoformat(planned).strftime("%A %H") == "Tuesday 10"


def test_a_job_that_disturbs_people_is_not_made_up_for_at_any_hour(small):
    ran, now = [], SystemClock().now()
    every, hour = timedelta(days=7), timedelta(hours=1)

    def begun(ago: timedelta) -> Job:
        begins = (now - ago - datetime(1970, 1, 1, tzinfo=UTC)) % every
        return Job("disturbs", every, lambda: ran.append(1), begins=begins, at_latest=hour)

    assert not run_once(small, begun(timedelta(hours=2)))
    assert ran == []
    assert run_once(small, begun(timedelta(minutes=30)))
    assert ran == [1]


def test_drills_are_held_weekly_in_production_alone(small):
    def names() -> set[str]:
        return {job.name for job in jobs_of(small)}

    assert "drill.held" not in names()
    small.settings = replace(small.settings, environment="production")
    assert "drill.held" in names()
    (weekly,) = [job for job in jobs_of(small) if job.name == "drill.held"]
    assert (weekly.every, weekly.begins, weekly.at_latest) == (timedelta(days=7), *WEEKLY.values())
    assert run_once(small, replace(weekly, at_latest=None))
    query = text("SELECT count(*) FROM episode WHERE drill")
    assert small.store.read(lambda reader: reader.connection.execute(query).scalar()) == 1
