"""What tests of the outside world share: a guard that may visit loopback, a client, a message."""

import json
from collections.abc import Sequence
from uuid import UUID

from adapters.clock import SystemClock
from adapters.guard import Guard, Place
from adapters.guarded_http import GuardedClient
from adapters.lookup import Resolve, system_lookup
from adapters.police_webhook import PoliceWebhook
from missing_service.domain.delivery import Answer, Message, Outcome

SECRET = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
DEADLINE = 0.6  # seconds, for what never ends
SLACK = 2.0  # seconds that a busy machine may add to it
LOOPBACK = ("127.0.0.0/8", "::1/128")


def a_guard(allow: Sequence[str] = LOOPBACK, resolve: Resolve = system_lookup) -> Guard:
    return Guard(allow_cidrs=allow, allow_http_loopback=True, resolve=resolve)


def a_client(guard: Guard | None = None, *, ca_file: str | None = None) -> GuardedClient:
    return GuardedClient(guard or a_guard(), ca_file=ca_file, seconds=DEADLINE)


def a_message(number: int = 1, id: int = 7) -> Message:
    body = {"type": "episode.reported", "timestamp": "2026-11-24T21:00:00Z"}
    whole = json.dumps({**body, "data": {"number": number}}).encode()
    return Message(UUID(int=id), whole, SystemClock().now())


def post(client: GuardedClient, url: str, message: Message | None = None) -> Answer:
    webhook = PoliceWebhook(client, url, [SECRET])
    return webhook.send(message or a_message(), SystemClock().now())


def timed_out(answer: Answer) -> bool:
    within = answer.ms < (DEADLINE + SLACK) * 1000
    return within and (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "timeout")


class AskedGuard(Guard):
    """Finds no place at all; keeps how long each caller was ready to wait for one."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float] = []

    def place(self, host: str, port: int, *, seconds: float) -> Place:
        self.asked.append(seconds)
        raise OSError("no such name")
