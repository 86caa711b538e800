"""The load: keep-alive connections in one thread, at a given rate or without a pause."""

import json
import selectors
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

TOKEN, COUNCIL = "bench-edt", "E09000015"
MOST_CONNECTIONS = 64
LINGER = 5.0  # seconds that the last answers may take


@dataclass(frozen=True, slots=True)
class Job:
    """What to ask of whom: `rate` a second, or without a pause by so many clients."""

    port: int
    seconds: float
    clients: int = 1
    rate: float = 0.0


@dataclass(slots=True)
class Result:
    """Each answer's latency in seconds; when each report, by its reference, was begun."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    begun: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def request(n: int) -> bytes:
    """A report as a council's system sends it."""
    body = json.dumps(
        {
            "council": COUNCIL,
            "category": "MISSING",
            "immediate_danger": "NO",
            "became_aware_at": "2026-11-24T22:30:00Z",
            "child": {"name": f"Child {n}", "date_of_birth": "2012-05-01", "case_id": f"C{n}"},
            "concern": "Not back from school, phone off.",
            "reporter": {"name": "Jo Grant", "role": "FOSTER_CARER", "phone": "020 7946 0101"},
        }
    ).encode()
    head = (
        "POST /api/v1/episodes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {TOKEN}\r\nIdempotency-Key: {uuid4()}\r\n"
        "On-Behalf-Of: name=Asha%20Patel; role=edt%20worker\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client:
    """One kept connection with one request at a time under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.since = 0.0
        self._answer = b""

    def ask(self, content: bytes, since: float) -> None:
        self.since, self._answer = since, b""
        self.socket.sendall(content)

    def hear(self) -> bytes | None:
        """The whole answer, once it is there."""
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError("the server closed a kept connection")
        self._answer += got
        head, end, body = self._answer.partition(b"\r\n\r\n")
        length = _length(head) if end else None
        return self._answer if length is not None and len(body) >= length else None


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without a length")


class Load:
    """Sends a job's requests and times the answers, from when each was meant to begin."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._selector = selectors.DefaultSelector()
        self._idle: deque[Client] = deque()
        self._count = job.clients if not job.rate else min(MOST_CONNECTIONS, int(job.rate) or 1)
        self.result = Result()

    def run(self) -> Result:
        for _ in range(self._count):
            client = Client(self._job.port)
            self._selector.register(client.socket, selectors.EVENT_READ, client)
            self._idle.append(client)
        content = _prepared(self._job)
        began = time.monotonic()
        (self._paced if self._job.rate else self._unpaced)(began, content)
        self.result.seconds = time.monotonic() - began
        self._finish()
        return self.result

    def _unpaced(self, began: float, content: deque[bytes]) -> None:
        until = began + self._job.seconds
        while (now := time.monotonic()) < until:
            while self._idle:
                self._idle.popleft().ask(content.popleft(), time.monotonic())
            self._hear(until - now)

    def _paced(self, began: float, content: deque[bytes]) -> None:
        due, until = began, began + self._job.seconds
        while due < until:
            now = time.monotonic()
            if now >= due and self._idle:
                self._idle.popleft().ask(content.popleft(), due)
                due += 1 / self._job.rate
            else:
                self._hear(max(due - now, 0.0) if self._idle else 1.0)

    def _finish(self) -> None:
        until = time.monotonic() + LINGER
        while len(self._idle) < self._count and time.monotonic() < until:
            self._hear(0.1)

    def _hear(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            client: Client = key.data
            answer = client.hear()
            if answer is not None:
                self._note(client, answer)
                self._idle.append(client)

    def _note(self, client: Client, answer: bytes) -> None:
        self.result.latencies.append(time.monotonic() - client.since)
        if not answer.startswith(b"HTTP/1.1 201"):
            self.result.refused.append(answer[:1000].decode(errors="replace"))
            return
        body: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        self.result.begun[body["reference"]] = client.since


def _prepared(job: Job) -> deque[bytes]:
    """The requests are made before the clock starts."""
    most = int(job.rate * job.seconds) + 10 if job.rate else int(4000 * job.seconds) + job.clients
    return deque(request(n) for n in range(most))


def main() -> None:
    """Run the job on standard input, and say what came of it on standard output."""
    job = Job(**json.load(sys.stdin))
    json.dump(asdict(Load(job).run()), sys.stdout)
