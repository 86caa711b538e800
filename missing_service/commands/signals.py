"""Being told to stop: SIGTERM and SIGINT are taken here, in one place, and nowhere else."""

import os
import signal
from typing import Self

STOPPING = {signal.SIGTERM, signal.SIGINT}


class Signals:
    """Held back from `with` on, in this thread and in all that it starts, until `wait`."""

    def __enter__(self) -> Self:
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        return self

    def __exit__(self, *_: object) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def wait(self) -> None:
        """Until the process is told to stop."""
        signal.sigwait(STOPPING)

    def give_up(self) -> None:
        """Stop the process from another thread."""
        os.kill(os.getpid(), signal.SIGTERM)
