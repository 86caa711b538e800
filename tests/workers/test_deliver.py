"""Answers are written down together, and none keeps another from it."""

from dataclasses import replace
from uuid import UUID

from adapters.database import models as m
from missing_service.bootstrap import Application
from missing_service.domain.delivery import DeliveryState
from missing_service.usecases.deliver_next import Paces, claim_errands
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.workers.conftest import TAKEN
from workers.deliver import Notes

NOWHERE = UUID(int=1)


def test_of_answers_written_together_one_that_cannot_be_keeps_no_other_from_it(
    application: Application,
):
    for _ in range(3):
        report_missing(a_report(), actor=EDT, service=application.service)
    spoilt, *others = claim_errands(application.service, Paces())
    spoilt = replace(spoilt, claim=replace(spoilt.claim, stream=NOWHERE))
    notes = Notes(application)
    for errand in (others[0], spoilt, *others[1:]):
        notes.put((errand, TAKEN))
    notes.start()
    assert notes.finish(within=10)

    with application.store.engine.connect() as connection:
        rows = connection.execute(m.DeliveryTable.__table__.select()).all()
    states = {row.id: row.state for row in rows}
    assert states[spoilt.message.id] == DeliveryState.QUEUED  # its lease runs out
    assert [states[each.message.id] for each in others] == [DeliveryState.TAKEN] * len(others)
