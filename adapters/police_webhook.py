"""A message to the machine of a force, school or organisation."""

from collections.abc import Sequence
from datetime import datetime

from adapters.guarded_http import GuardedClient
from adapters.signature import BadSecret, sign
from missing_service.domain.delivery import Answer, Message, Outcome


class PoliceWebhook:
    """Posts signed messages to one address; a person hears of what time will not heal (REFUSED)."""

    def __init__(self, client: GuardedClient, url: str, secrets: Sequence[str]) -> None:
        self._client = client
        self._url = url
        self._secrets = secrets

    def send(self, message: Message, now: datetime) -> Answer:
        """One attempt, signed as of `now`: receivers refuse a signature that is minutes old."""
        try:
            headers = sign(self._secrets, str(message.id), now, message.body)
        except BadSecret:
            return Answer(Outcome.REFUSED, ms=0, error="bad secret")
        headers["Content-Type"] = "application/json"
        return self._client.post(self._url, message.body, headers)
