"""The watchdog outside: silence is its alarm."""

from adapters.guarded_http import GuardedClient
from missing_service.domain.delivery import Answer


class DeadMan:
    """Fetches one address, through the guarded client; what it answers says nothing else."""

    def __init__(self, client: GuardedClient, url: str) -> None:
        self._client = client
        self._url = url

    def ping(self) -> Answer:
        """Say once that all is well."""
        return self._client.get(self._url)
