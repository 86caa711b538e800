"""The demonstration's mail server: a real one, on loopback, that keeps what people were sent."""

import asyncio
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.clock import SystemClock
from missing_service.domain.stored import plain

Item = dict[str, Any]


class DemoMail:
    """Listens on a port of its own; the same Message-ID again is the same letter."""

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._items: dict[str, Item] = {}
        self._loop = asyncio.new_event_loop()
        listening = self._loop.create_server(self._session, "127.0.0.1", 0)
        self._server = self._loop.run_until_complete(listening)
        self.url = f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=2)
        self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    @property
    def told(self) -> list[Item]:
        """The letters, the newest first."""
        return [dict(item) for item in reversed(list(self._items.values()))]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Called by the server with each letter."""
        content = envelope.original_content or b""
        letter = message_from_bytes(content, policy=default)
        self._keep(letter, envelope.rcpt_tos)
        return "250 OK"

    def _keep(self, letter: EmailMessage, people: list[str]) -> None:
        message_id = str(letter.get("message-id", ""))
        if known := self._items.get(message_id):
            known["times"] += 1
            return
        self._items[message_id] = {
            "to": ", ".join(people),
            "subject": str(letter.get("subject", "")),
            "text": letter.get_content().replace("\r\n", "\n").strip(),
            "message_id": message_id,
            "received_at": plain(self._clock.now()),
            "times": 1,
        }

    def _session(self) -> SMTP:
        return SMTP(self, hostname="demonstration", loop=self._loop)
