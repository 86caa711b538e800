"""The two web servers: one inside this process, one of several processes."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from waitress import create_server, wasyncore

from missing_service.logs import LIBRARIES, log

THREADS = 8
TICK = 0.2
MOST_READ = 16 * 1024 * 1024  # the app refuses far smaller bodies by itself, in its own words


class Web:
    """Serves in a thread; stops by finishing the answers that are under way."""

    def __init__(self, app: Flask, *, host: str, port: int) -> None:
        self._map: dict[int, Any] = {}
        options = {"threads": THREADS, "ident": "", "max_request_body_size": MOST_READ}
        self._server = create_server(app, map=self._map, host=host, port=port, **options)
        self.port: int = int(self._server.effective_port)
        self._stopping, self._quiet = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, within: float) -> None:
        """Take no more; wait until nothing is under way, or for so long."""
        self._stopping.set()
        self._quiet.wait(within)
        self._server.task_dispatcher.shutdown(timeout=1)
        self._thread.join(timeout=1)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self._turn()
        wasyncore.dispatcher.close(self._server)  # the listening socket alone
        while self._is_busy():
            self._turn()
        wasyncore.close_all(self._map, ignore_all=True)
        self._quiet.set()

    def _turn(self) -> None:
        try:
            wasyncore.loop(timeout=TICK, use_poll=True, map=self._map, count=1)
        except Exception:
            log().exception("web_fault")

    def _is_busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


class Gunicorn(BaseApplication):  # type: ignore[misc]
    """Each process makes its own app after the fork: no connection is shared."""

    def __init__(self, make: Callable[[], Flask], **options: Any) -> None:
        self._make, self._options = make, options
        super().__init__()

    def load_config(self) -> None:
        fixed = {
            "worker_class": "gthread",
            "threads": THREADS,
            "control_socket_disable": True,
            "graceful_timeout": 8,
            "keepalive": 5,
            "logconfig_dict": LIBRARIES,
        }
        for name, value in {**fixed, **self._options}.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make()
