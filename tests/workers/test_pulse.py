"""What the workers ask each second."""

from datetime import timedelta

from sqlalchemy import text

from missing_service.usecases.deliver_next import Paces, claim_errands
from missing_service.usecases.read_health import read_readiness
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report


def test_nothing_is_due_where_nothing_waits(application):
    assert application.pulse.due() == []
    assert application.pulse.next_step() is None


def test_a_report_is_due_for_its_force_and_has_a_next_step(application):
    report_missing(a_report(), actor=EDT, service=application.service)
    (due,) = application.pulse.due()
    assert (due.destination, due.fresh) == ("met/cad", True)
    step = application.pulse.next_step()
    assert timedelta(0) < step - application.pulse.now() < timedelta(minutes=1)


def test_what_is_held_by_a_lease_is_not_due(application):
    report_missing(a_report(), actor=EDT, service=application.service)
    assert len(claim_errands(application.service, Paces())) == 1
    assert application.pulse.due() == []


def test_a_beat_is_one_row_a_worker_and_old_ones_are_forgotten(application):
    for worker in ("a", "b", "a"):
        application.pulse.beat(worker)
    assert workers(application) == ["a", "b"]
    day = 86_400
    past = application.pulse.now() - timedelta(seconds=2 * day)
    kind = "at" if application.store.is_postgres else "micro"
    value = past if kind == "at" else int(past.timestamp() * 1_000_000)
    old = text("UPDATE heartbeat SET at = :past WHERE worker = 'b'").bindparams(past=value)
    draw = application.service.new_draw(application.pulse.now())
    application.store.write(lambda unit: unit.connection.execute(old), draw)
    application.pulse.beat("a")
    assert workers(application) == ["a"]


def test_a_beat_that_a_clock_ahead_has_left_says_nothing_of_now(application):
    ready = lambda: read_readiness(application.service)["workers"]  # noqa: E731
    application.pulse.beat("gone")
    assert ready()
    ahead = {"ahead": timedelta(days=365)}
    query = text(
        "UPDATE heartbeat SET at = at + CAST(:ahead AS interval)"
        if application.store.is_postgres
        else "UPDATE heartbeat SET at = at + 31536000000000"
    )
    query = query.bindparams(**ahead) if application.store.is_postgres else query
    draw = application.service.new_draw(application.pulse.now())
    application.store.write(lambda unit: unit.connection.execute(query), draw)
    assert not ready()
    application.pulse.beat("here")
    assert ready()
    assert workers(application) == ["here"]


def workers(application) -> list[str]:
    query = text("SELECT worker FROM heartbeat ORDER BY worker")
    return [row[0] for row in application.store.read(lambda r: r.connection.execute(query).all())]
