"""The watch that every web process keeps: it hears the workers fall silent, and tells people by
itself."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from missing_service.bootstrap import Application
from missing_service.domain.delivery import Answer, Outcome
from missing_service.domain.telling import WATCH_LANE
from missing_service.logs import log
from missing_service.usecases.deliver_next import (
    Errand,
    Paces,
    claim_letters,
    note_answers,
    send,
)
from missing_service.usecases.watch_workers import (
    Beats,
    read_beats,
    tell_of_return,
    tell_of_silence,
)
from workers.turns import Turns

LOOK_EVERY = 5.0
AT_ONCE = 8  # letters under way: one slow mailbox must not make the others late


class Watch:
    """Counts the silence on its own monotonic clock, from when it saw the last beat: no step of any
    clock, no start of its own, makes it cry out."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._service = application.service
        self._paces = Paces()
        self._seen: Beats | None = None
        self._seen_at = self._service.clock.monotonic()
        self.turns = Turns("watch", self.turn, self._service.clock, longest=LOOK_EVERY)

    def start(self) -> None:
        self.turns.start()
        log().info("watch_started", process=os.getpid())

    def stop(self, within: float) -> None:
        self.turns.stop()
        self.turns.join(within)

    def turn(self) -> bool:
        """Look once: tell what is to be told, and send it without the workers."""
        beats, told = read_beats(self._service)
        moved = self._note(beats)
        if self._is_silent():
            if tell_of_silence(self._service, beats):
                log().error("workers_silent", last=str(max(beats.values(), default=None)))
            self._send()
        elif told is not None and beats and (moved or max(beats.values()) != told):
            if tell_of_return(self._service, told):
                log().info("workers_back")
            self._send()
        return False

    def _note(self, beats: Beats) -> bool:
        """Whether some worker beat between the last look and this."""
        if beats == self._seen:
            return False
        is_first = self._seen is None
        self._seen, self._seen_at = beats, self._service.clock.monotonic()
        return not is_first

    def _is_silent(self) -> bool:
        passed = timedelta(seconds=self._service.clock.monotonic() - self._seen_at)
        return passed >= self._application.store.books.policy.figures.workers_silent_after

    def _send(self) -> None:
        while self._application.pulse.is_due(WATCH_LANE):
            errands = claim_letters(self._service, self._paces, WATCH_LANE)
            if not errands:
                return
            for errand in errands:
                self._paces.started(errand.channel)
            with ThreadPoolExecutor(AT_ONCE, "watch-send") as hands:
                answers = list(hands.map(self._answer, errands))
            now = self._service.clock.now()
            for errand, answer in zip(errands, answers, strict=True):
                self._paces.ended(errand.channel, answer.outcome, now)
            pairs = list(zip(errands, answers, strict=True))
            note_answers(self._service, pairs, self._application.jitter)

    def _answer(self, errand: Errand) -> Answer:
        try:
            return send(errand, self._application.sender, self._service)
        except Exception:
            log().exception("send_fault", delivery=str(errand.claim.delivery))
            return Answer(Outcome.UNREACHABLE, ms=0, error="fault")
