"""People who report over HTTP without end, and ask again with the same key until it is saved."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request
from uuid import uuid4

from adapters.clock import elapsed, sleep
from tests.builders import a_report
from tests.cli.processes import OPENER

SAVED, NOT_NOW = 201, (409, 503)
PERSON = {"On-Behalf-Of": "name=Asha%20Patel; role=duty%20worker"}


@dataclass
class Desk:
    """Reports at a pace until told to stop; `saved`: each key with the reference answered."""

    url: str
    every: float
    saved: dict[str, str] = field(default_factory=dict)
    answers: Counter[Any] = field(default_factory=Counter)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, people: int) -> None:
        for _ in range(people):
            self._threads.append(threading.Thread(target=self._work, daemon=True))
            self._threads[-1].start()

    def stop(self, within: float = 60) -> bool:
        """Whoever was not answered yet goes on asking until it is saved; whether all were."""
        self._stopping.set()
        until = elapsed() + within
        for thread in self._threads:
            thread.join(max(0.0, until - elapsed()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._report(uuid4().hex)
            self._stopping.wait(self.every)

    def _report(self, key: str) -> None:
        """Until it is saved; then once more, which must answer the same."""
        first = self._until_saved(key)
        assert self._until_saved(key) == first, "one key, two episodes"
        self.saved[key] = first

    def _until_saved(self, key: str) -> str:
        while True:
            status, body = self._ask(key)
            self.answers[status] += 1
            if status == SAVED:
                return str(body["reference"])
            sleep(0.2)

    def _ask(self, key: str) -> tuple[Any, Any]:
        headers = {"Content-Type": "application/json", "Authorization": "Bearer edt", **PERSON}
        data = json.dumps(a_report()).encode()
        place = f"{self.url}/api/v1/episodes"
        asked = Request(place, data=data, headers=headers | {"Idempotency-Key": key})
        try:
            with OPENER.open(asked, timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except HTTPError as refused:
            with refused:
                return refused.code, None
        except (OSError, HTTPException) as gone:
            return type(gone).__name__, None

    def unexpected(self) -> dict[Any, int]:
        """Answers that nobody should be given, whatever happens behind."""
        fine = (SAVED, *NOT_NOW)
        return {k: n for k, n in self.answers.items() if isinstance(k, int) and k not in fine}
