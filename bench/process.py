"""One process of the bench: a web server, a worker, a receiver, or the load."""

import logging
import sys
from collections.abc import Callable

from bench import joined, load, peer, receiver

THREADS = 8


def accept(port: str) -> None:
    """The service in one process, as it runs on SQLite."""
    _serve(joined.make_app(), port)


def idle(port: str) -> None:
    """An answer that costs nothing but Flask and the same server."""
    _serve(joined.make_idle_app(), port)


def _serve(app: object, port: str) -> None:
    from waitress import serve

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue is what is asked
    serve(app, host="127.0.0.1", port=int(port), threads=THREADS, _quiet=True)


def deliver() -> None:
    """Send what waits, woken by commits."""
    from missing_service.usecases.deliver_next import Paces, deliver_due

    application, paces = joined.join(), Paces()
    while True:
        if not deliver_due(application.service, application.sender, paces, application.jitter):
            application.wake.wait(1.0)


PARTS: dict[str, Callable[..., None]] = {
    "accept": accept,
    "idle": idle,
    "deliver": deliver,
    "load": load.main,
    "receive": receiver.main,
    "peer": peer.main,
}

if __name__ == "__main__":
    PARTS[sys.argv[1]](*sys.argv[2:])
