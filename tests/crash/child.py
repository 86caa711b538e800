"""A process of the service that a test kills: `python -m tests.crash.child MODE URL SMTP POLICY`.

It says on standard output how far it has come, and then waits to be killed.
"""

import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.clock import sleep
from missing_service.bootstrap import Application, make_application
from missing_service.domain.delivery import Answer, Message
from missing_service.ports import Messenger, Sender
from missing_service.usecases.deliver_next import Paces, deliver_due
from missing_service.usecases.escalate_due import escalate_due
from missing_service.usecases.report_missing import report_missing
from tests.builders import EDT, a_report
from tests.journeys.world import settings

TURN = 0.05


def here() -> None:
    """Say that the place is reached, and wait for the end."""
    print("here", flush=True)  # noqa: T201
    threading.Event().wait()


class StopsAt:
    """A messenger that comes to a stop before or after it sends."""

    def __init__(self, messenger: Messenger, when: str) -> None:
        self._messenger = messenger
        self._when = when

    def send(self, message: Message, now: Any) -> Answer:
        if self._when == "before-send":
            here()
        answer = self._messenger.send(message, now)
        here()
        return answer


class StoppingSender:
    """Hands out messengers that stop."""

    def __init__(self, sender: Sender, when: str) -> None:
        self._sender = sender
        self._when = when

    def messenger(self, destination: str, address: str, secrets: Sequence[str]) -> Messenger:
        return StopsAt(self._sender.messenger(destination, address, secrets), self._when)


def deliver(application: Application, sender: Sender) -> bool:
    return deliver_due(application.service, sender, Paces(), application.jitter)


def stop_at_commit(application: Application, *, after: bool) -> None:
    """The next transaction stops before its COMMIT, or after it and before anybody is answered."""
    store: Any = application.store
    commit = store._commit

    def stopping(transaction: Any) -> None:
        if after:
            commit(transaction)
        here()

    store._commit = stopping


def for_ever(step: Any) -> None:
    print("here", flush=True)  # noqa: T201
    while True:
        if not step():
            sleep(TURN)


def report(application: Application) -> None:
    report_missing(a_report(), actor=EDT, service=application.service)


def main(mode: str, url: str, smtp: str, policy: str) -> None:
    application = make_application(settings(url, smtp, Path(policy) if policy else None))
    if mode == "escalate":
        for_ever(lambda: escalate_due(application.service))
    if mode == "deliver":
        paces, sender = Paces(), application.sender
        for_ever(lambda: deliver_due(application.service, sender, paces, application.jitter))
    if mode in ("before-send", "after-send"):
        deliver(application, StoppingSender(application.sender, mode))
    what, _, when = mode.partition("-")  # report-before, report-after, claim-before, claim-after
    stop_at_commit(application, after=when == "after")
    if what == "report":
        report(application)
    deliver(application, application.sender)


if __name__ == "__main__":
    main(*sys.argv[1:])
