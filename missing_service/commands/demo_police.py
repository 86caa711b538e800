"""`demo-police`: the demonstration's receiver by itself."""

import argparse
from typing import Any

from missing_service.bootstrap import DemoReceiver
from missing_service.commands.signals import Signals
from missing_service.commands.words import add_word, port, say
from missing_service.demo import webhook_secret

PORT = 9009


def add_words(words: Any) -> None:
    says = "show what police are sent, and what people are told, on a page"
    word = add_word(words, "demo-police", says, run)
    word.add_argument("--port", type=port, default=PORT, metavar="N")


def run(given: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT."""
    with Signals() as signals, DemoReceiver(given.port, webhook_secret()) as receiver:
        say(
            f"Demonstration police: {receiver.url} (stop with Ctrl-C)",
            f"  takes alerts at   {receiver.hook_url}",
            "  signed with       the secret in var/demo_webhook_secret.key",
            f"  takes mail at     {receiver.smtp_url}",
        )
        signals.wait()
    return 0
