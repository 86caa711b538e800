"""A store with the demonstration directory, a clock, and nobody at work."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from adapters.clock import SystemClock
from adapters.database.store import PostgresStore
from missing_service.bootstrap import Application, begin, make_application
from missing_service.domain.delivery import Answer, Outcome
from missing_service.policy.demo_directory import TOKENS, demo_directory
from missing_service.usecases.deliver_next import Errand, Paces, claim_errands, note_answers
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.fakes.clock import FakeClock
from tests.journeys.world import SECRET, settings

TAKEN = Answer(Outcome.TAKEN, 1, 200)
UNREACHABLE = Answer(Outcome.UNREACHABLE, 1, 503)
REFUSED = Answer(Outcome.REFUSED, 1, 410)


@dataclass
class Desk:
    application: Application
    clock: FakeClock

    @property
    def store(self) -> Any:
        return self.application.store

    @property
    def service(self) -> Any:
        return self.application.service

    def advance(self, **passed: float) -> None:
        self.clock.advance(**passed)
        if isinstance(self.store, PostgresStore):
            self.store.offset = self.clock.now() - SystemClock().now()

    def write(self, function: Any, **more: Any) -> Any:
        return self.store.write(function, self.service.new_draw(self.clock.now()), **more)

    def report(self) -> dict[str, Any]:
        body: dict[str, Any] = report_missing(a_report(), actor=EDT, service=self.service).body
        return body

    def claim(self) -> Sequence[Errand]:
        """What one worker, that knows nothing of others, may send now."""
        found = claim_errands(self.service, Paces())
        return [errand for errand in found if errand.kind == "webhook"]

    def note(self, errand: Errand, answer: Answer) -> None:
        note_answers(self.service, [(errand, answer)], lambda: 0.0)

    def all(self, table: Any) -> list[Any]:
        with self.store.engine.connect().execution_options(reads=True) as connection:
            return list(connection.execute(table.__table__.select()).all())


@contextmanager
def open_desk(url: str) -> Iterator[Desk]:
    clock = FakeClock()
    application = make_application(settings(url, None), clock=clock)
    try:
        desk = Desk(application, clock)
        desk.advance()
        begin(application)
        hashes = {name: sha256(name.encode()).hexdigest() for name in TOKENS}
        application.load(demo_directory("http://127.0.0.1:9/hook", SECRET, hashes))
        yield desk
    finally:
        application.close()
