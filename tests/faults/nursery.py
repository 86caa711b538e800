"""A warm process that forks a child for each real death: `python -m tests.faults.nursery`.

It reads one order a line, and answers each with the child's end. Nothing is connected, and no
thread runs, before the fork.
"""

import json
import os
import sys
import traceback
from datetime import datetime
from typing import Any, NoReturn

from adapters.cipher import KeyRing
from adapters.clock import SystemClock
from adapters.database.books import Books
from adapters.database.engine import make_engine
from adapters.database.pulse import Pulse
from adapters.database.store import PostgresStore, make_store
from adapters.draw import SeededDraw
from adapters.event_wake import EventWake
from missing_service.bootstrap import Application, make_application, make_sender
from missing_service.usecases.service import Service
from tests.fakes.clock import FakeClock
from tests.faults.drivers import attach
from tests.faults.flows import FLOWS
from tests.faults.kinds import KILL
from tests.faults.sending import Counting
from tests.faults.steps import ANSWER, Steps
from tests.journeys.world import settings

BY_NAME = {flow.name: flow for flow in FLOWS}
WHOLE = 0  # the order's n for a run that nothing kills, in this process: it warms what forks take


def opened(order: dict[str, Any], books: Books, steps: Steps) -> Application:
    """An application of this process alone, made in milliseconds."""
    made, clock = (
        settings(order["url"], order["smtp"]),
        FakeClock(datetime.fromisoformat(order["now"])),
    )
    engine = make_engine(made.database_url)
    attach(engine, steps)
    store = make_store(engine, KeyRing(made.data_keys), books, clock)
    if isinstance(store, PostgresStore):
        store.offset = clock.now() - SystemClock().now()
    service = Service(store=store, clock=clock, new_draw=SeededDraw)
    sender = Counting(make_sender(made), steps)
    return Application(made, service, store, sender, EventWake(), Pulse(store, SeededDraw))


def run(order: dict[str, Any], books: Books) -> Application:
    """The flow in this process, which kills itself at step n; else it ends by itself."""
    steps = Steps()
    application = opened(order, books, steps)
    if order["n"] != WHOLE:
        steps.arm(KILL, order["n"])
    BY_NAME[order["flow"]].act(application, order["given"])
    steps.reached(ANSWER)
    return application


def end_of(order: dict[str, Any], books: Books) -> int:
    """The child's end, as `os.waitstatus_to_exitcode` says it."""
    if order["n"] == WHOLE:
        run(order, books).close()
        return 0
    pid = os.fork()
    if pid == 0:
        _live(order, books)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _live(order: dict[str, Any], books: Books) -> NoReturn:
    try:
        run(order, books)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main() -> None:
    application = make_application(settings("sqlite:///:memory:", None), wake=EventWake())
    application.close()
    for line in sys.stdin:
        print(end_of(json.loads(line), application.store.books), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
