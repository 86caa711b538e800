"""Names to addresses, in bounded time."""

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from adapters.clock import elapsed

Resolve = Callable[[str, int], Sequence[str]]

GIVEN_UP_AFTER = 30.0  # seconds; the system's resolver has answered or failed long before


def system_lookup(host: str, port: int) -> Sequence[str]:
    """Every address the system knows for the name, in its order, each once."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))


class Lookups:
    """Look-ups that a caller can stop waiting for, though the system's own cannot be stopped.

    Those who ask for a name while it is being looked up share that look-up, so that a dead name
    server costs one thread for each name and not one for each attempt.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], tuple[float, Future[Sequence[str]]]] = {}

    def addresses(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """The addresses, or an OSError, or TimeoutError after so many seconds."""
        return self._join(host, port).result(timeout=seconds)

    def _join(self, host: str, port: int) -> Future[Sequence[str]]:
        with self._lock:
            began, running = self._running.get((host, port), (0.0, None))
            if running is not None and elapsed() - began < GIVEN_UP_AFTER:
                return running
            return self._start(host, port)

    def _start(self, host: str, port: int) -> Future[Sequence[str]]:
        future: Future[Sequence[str]] = Future()
        self._running[host, port] = (elapsed(), future)
        # Daemon: a look-up that hangs must not hold up the end of the process.
        threading.Thread(target=self._run, args=(host, port, future), daemon=True).start()
        return future

    def _run(self, host: str, port: int, future: Future[Sequence[str]]) -> None:
        try:
            answers = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            self._forget(host, port, future)
            future.set_exception(error)
            return
        # First forgotten, then told: whoever asks after the answer is given asks anew.
        self._forget(host, port, future)
        future.set_result(answers)

    def _forget(self, host: str, port: int, future: Future[Sequence[str]]) -> None:
        with self._lock:
            if self._running.get((host, port), (0.0, None))[1] is future:
                del self._running[host, port]
