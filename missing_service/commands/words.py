"""What the command's words have in common: their options, and how they speak."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

Run = Callable[[argparse.Namespace], int]


def add_word(words: Any, name: str, says: str, run: Run) -> argparse.ArgumentParser:
    """One more word, with what it does."""
    made: argparse.ArgumentParser = words.add_parser(name, help=says, description=says)
    made.set_defaults(run=run)
    return made


def add_json(word: argparse.ArgumentParser) -> None:
    word.add_argument("--json", action="store_true", help="answer as JSON, for a program")


def port(text: str) -> int:
    """A TCP port; 0 takes any that is free."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return number


def at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def say(*lines: str) -> None:
    """Lines on standard output, at once."""
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_json(answer: Any) -> None:
    say(json.dumps(answer, indent=2, ensure_ascii=False))
