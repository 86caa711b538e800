"""All workers together: what is owed is done by itself, and stopping loses nothing."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.clock import elapsed
from missing_service.domain.delivery import Answer, Outcome
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.workers.conftest import TAKEN, until
from workers.main import Workers


def report(application):
    return report_missing(a_report(), actor=EDT, service=application.service)


def rows(application, query: str):
    return application.store.read(lambda r: r.connection.execute(text(query)).all())


def test_an_alert_leaves_and_people_are_told_without_anybody_asking(application, sender):
    workers = Workers(application)
    workers.start()
    report(application)
    until(lambda: len(sender.ids("webhook")) == 1, 5)
    until(lambda: sender.ids("mail"), 15)
    assert workers.stop(within=5)
    assert len(sender.ids("webhook")) == 1
    assert rows(application, "SELECT count(*) FROM delivery WHERE state <> 'TAKEN'") == [(0,)]


def test_a_force_whose_clock_is_minutes_off_is_told_of_to_the_administrator(application, sender):
    theirs = application.service.clock.now() + timedelta(minutes=4)
    sender.answer = replace(TAKEN, their_clock=theirs)
    workers = Workers(application)
    workers.start()
    report(application)
    query = "SELECT recipient FROM delivery WHERE recipient LIKE 'kofi%'"
    until(lambda: rows(application, query), 15)
    assert workers.stop(within=5)
    assert len(rows(application, "SELECT 1 FROM event WHERE kind = 'clock.doubted'")) == 1


def test_stopping_waits_for_what_is_under_way_and_notes_it(small, sender):
    sender.hold = threading.Event()
    workers = Workers(small)
    workers.start()
    report(small)
    until(lambda: sender.sent)
    threading.Timer(0.3, sender.hold.set).start()
    assert workers.stop(within=5)
    assert rows(small, "SELECT state FROM delivery") == [("TAKEN",)]


def test_stopping_gives_up_in_time_on_what_hangs_and_it_is_sent_again_later(small, sender):
    sender.hold = threading.Event()
    workers = Workers(small)
    workers.start()
    report(small)
    until(lambda: sender.sent)
    began = elapsed()
    assert not workers.stop(within=1)
    assert elapsed() - began < 3
    sender.hold.set()
    assert rows(small, "SELECT state FROM delivery") == [("QUEUED",)]
    assert rows(small, "SELECT count(*) FROM lane WHERE until IS NOT NULL") == [(1,)]


def test_a_messenger_that_raises_is_a_failed_attempt_and_no_more(small, sender):
    sender.fault = RuntimeError("unforeseen")
    workers = Workers(small)
    workers.start()
    report(small)
    until(lambda: rows(small, "SELECT 1 FROM delivery WHERE state = 'FAILING'"))
    sender.fault = None
    until(lambda: rows(small, "SELECT 1 FROM delivery WHERE state = 'TAKEN'"))
    assert workers.stop(within=5)
    assert len(set(sender.ids("webhook"))) == 1


def test_a_dead_destination_holds_up_no_mail(small, sender):
    sender.answer = Answer(Outcome.UNREACHABLE, ms=1, error="connect")
    workers = Workers(small)
    workers.start()
    report(small)
    until(lambda: sender.ids("mail"), 15)
    workers.stop(within=5)


@pytest.mark.parametrize("loop", ["deliver", "escalate"])
def test_a_loop_that_does_not_look_is_heard_by_the_silence_of_the_beat(small, loop):
    workers = Workers(small)
    workers.beat()
    assert rows(small, "SELECT count(*) FROM heartbeat") == [(1,)]
    small.store.write(
        lambda unit: unit.connection.execute(text("DELETE FROM heartbeat")),
        small.service.new_draw(small.service.clock.now()),
    )
    loops = {"deliver": workers._deliverer.turns, "escalate": workers._escalator.turns}
    loops[loop].seen_at -= 60
    workers.beat()
    assert rows(small, "SELECT count(*) FROM heartbeat") == [(0,)]


def test_nothing_is_written_while_nothing_is_due(small):
    workers = Workers(small)
    until(lambda: not workers._deliverer.turn())
    workers._escalator.turn()
    writes = []
    small.store.write = lambda *_, **__: writes.append(1)
    for _ in range(3):
        assert not workers._deliverer.turn()
        assert not workers._escalator.turn()
    assert writes == []
