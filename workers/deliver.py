"""Sends what waits: one thread claims, many send, one writes down what came back."""

import queue
import threading
from collections.abc import Sequence
from datetime import datetime

from missing_service.bootstrap import Application
from missing_service.domain.delivery import Answer, Outcome
from missing_service.logs import log
from missing_service.ports import StoreBusy, StoreUnavailable
from missing_service.usecases.deliver_next import (
    Errand,
    Paces,
    claim_errands,
    note_answers,
    send,
)
from workers.clocks import Doubts
from workers.crew import Crew
from workers.turns import Turns

MOST_AT_ONCE = 128  # threads; each destination has its own, smaller cap
MOST_NOTED = 100
AGAIN_AFTER = 1.0
Answered = tuple[Errand, Answer]


class Deliverer:
    """Stops by claiming no more, then waiting for what is under way, then noting it."""

    def __init__(self, application: Application, doubts: Doubts) -> None:
        self._application = application
        self._doubts = doubts
        self._paces, self._lock = Paces(), threading.Lock()
        self._crowded: set[str] = set()  # more waits there than may be under way
        self._crew = Crew("send", MOST_AT_ONCE)
        self._notes = Notes(application)
        wait = application.wake.wait
        self.turns = Turns("deliver", self.turn, application.service.clock, wait=wait)

    def start(self) -> None:
        self._notes.start()
        self.turns.start()

    def stop(self) -> None:
        self.turns.stop()
        self._application.wake.set()

    def join(self, within: float) -> bool:
        """Whether all that was under way was sent and noted in time."""
        clock = self._application.service.clock
        until = clock.monotonic() + within
        ended = self.turns.join(within)
        sent = self._crew.finish(until - clock.monotonic())
        return self._notes.finish(until - clock.monotonic()) and sent and ended

    def turn(self) -> bool:
        """Claim what is due, where anything is, and hand it to the senders."""
        due = self._due()
        if not due:
            return False
        errands = claim_errands(
            self._application.service, self._paces, among=due, on_fault=_say_claim_fault
        )
        for errand in errands:
            self._begin(errand)
        return bool(errands)

    def _due(self) -> list[str]:
        """Where something can be sent. A read says so: nothing is begun, or asked, for nothing."""
        now, waits = self._application.service.clock.now(), self._application.pulse.due()
        with self._lock:
            found = [
                due.destination
                for due in waits
                if self._has_room(due.destination, now, fresh=due.fresh)
            ]
            self._crowded = {due.destination for due in waits}.difference(found)
        return found

    def _has_room(self, destination: str, now: datetime, *, fresh: bool) -> bool:
        room, for_fresh = self._paces.room(destination, now)
        return bool(room or (for_fresh and fresh))

    def _begin(self, errand: Errand) -> None:
        with self._lock:
            self._paces.started(errand.channel)
        self._crew.carry(lambda: self._send(errand))

    def _send(self, errand: Errand) -> None:
        answer = self._answer(errand)
        self._doubts.hear_of_police(errand.channel, answer.their_clock)
        with self._lock:
            now = self._application.service.clock.now()
            self._paces.ended(errand.channel, answer.outcome, now, answer.ms)
            room, _ = self._paces.room(errand.channel, now)
            is_wanted = room > 0 and errand.channel in self._crowded
        self._notes.put((errand, answer))
        if is_wanted:
            self._application.wake.nudge()

    def _answer(self, errand: Errand) -> Answer:
        try:
            return send(errand, self._application.sender, self._application.service)
        except Exception:
            log().exception("send_fault", delivery=str(errand.claim.delivery))
            return Answer(Outcome.UNREACHABLE, ms=0, error="fault")


def _say_claim_fault(destination: str, fault: Exception) -> None:
    log().error("claim_fault", destination=destination, exc_info=fault)


class Notes:
    """Writes down answers, many to a transaction; while the store is away it keeps them."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._queue: queue.SimpleQueue[Answered | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="note", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, answered: Answered) -> None:
        self._queue.put(answered)

    def finish(self, within: float) -> bool:
        """Whether all that came back was written down in time."""
        self._stopping.set()
        self._queue.put(None)
        self._thread.join(max(0.0, within))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, is_last = self._gather(first)
            self._note(batch)
            if is_last:
                return

    def _gather(self, first: Answered) -> tuple[list[Answered], bool]:
        """What has come back by now, and whether that was the last of it."""
        batch = [first]
        while len(batch) < MOST_NOTED and not self._queue.empty():
            more = self._queue.get()
            if more is None:
                return batch, True
            batch.append(more)
        return batch, False

    def _note(self, batch: Sequence[Answered]) -> None:
        while True:
            try:
                self._write(batch)
            except (StoreBusy, StoreUnavailable):
                log().exception("answers_wait", count=len(batch))
                if self._stopping.wait(AGAIN_AFTER):
                    return  # their leases run out, and the same ids are sent again
            except Exception:
                self._one_by_one(batch)
                return
            else:
                return

    def _one_by_one(self, batch: Sequence[Answered]) -> None:
        """One that cannot be written must not keep the others from it."""
        for answered in batch:
            try:
                self._write([answered])
            except Exception:
                log().exception("answer_fault", delivery=str(answered[0].claim.delivery))

    def _write(self, batch: Sequence[Answered]) -> None:
        note_answers(self._application.service, batch, self._application.jitter)
        for errand, answer in batch:
            log().info(
                "sent",
                delivery=str(errand.claim.delivery),
                channel=errand.channel,
                outcome=answer.outcome.value,
                status=answer.status,
                why=answer.error,
                ms=answer.ms,
            )
