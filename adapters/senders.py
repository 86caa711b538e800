"""From a destination to what carries a message there."""

from collections.abc import Sequence
from datetime import datetime

from adapters.guarded_http import GuardedClient
from adapters.mailbox import Mailbox
from adapters.police_webhook import PoliceWebhook
from adapters.smtp import Post
from missing_service.domain.delivery import Answer, Message, Outcome
from missing_service.ports import Messenger


class NoWay:
    """Stands where a message cannot be carried; it goes on being tried, and people see why."""

    def __init__(self, why: str) -> None:
        self._why = why

    def send(self, message: Message, now: datetime) -> Answer:  # noqa: ARG002 - the port's
        """Nothing is sent."""
        return Answer(Outcome.UNREACHABLE, ms=0, error=self._why)


class Senders:
    """Webhooks through the guarded client, mail through the council's server if there is one."""

    def __init__(self, client: GuardedClient, post: Post | None) -> None:
        self._client = client
        self._post = post

    def messenger(self, destination: str, address: str, secrets: Sequence[str]) -> Messenger:
        """What carries to a "webhook" or to "mail"; any other destination takes nothing."""
        if destination == "webhook":
            return PoliceWebhook(self._client, address, secrets)
        if destination != "mail":
            return NoWay(f"no way to {destination}")
        return (
            NoWay("no mail server is set") if self._post is None else Mailbox(self._post, address)
        )
