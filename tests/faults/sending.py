"""Each send to the outside is a durable step too: before it, and after it."""

from collections.abc import Sequence
from datetime import datetime

from missing_service.domain.delivery import Answer, Message
from missing_service.ports import Messenger, Sender
from tests.faults.steps import SEND, SENT, Steps


class Counting:
    """A sender whose messengers fail where they are told to."""

    def __init__(self, sender: Sender, steps: Steps) -> None:
        self._sender, self._steps = sender, steps

    def messenger(self, destination: str, address: str, secrets: Sequence[str]) -> Messenger:
        return _Counted(self._sender.messenger(destination, address, secrets), self._steps)


class _Counted:
    def __init__(self, messenger: Messenger, steps: Steps) -> None:
        self._messenger, self._steps = messenger, steps

    def send(self, message: Message, now: datetime) -> Answer:
        """Refused before it leaves, sent with its answer lost, or as the outside answers."""
        refused: Answer | None = self._steps.reached(SEND)
        if refused:
            return refused
        answer = self._messenger.send(message, now)
        lost: Answer | None = self._steps.reached(SENT)
        return lost or answer
