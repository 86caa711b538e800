"""The command `missing-service`: one word for what it does, exit code 0, 1 or 2."""

import argparse
import sys
from collections.abc import Sequence

from missing_service.bootstrap import Held
from missing_service.commands import check, data, demo_police, drill, run, verify
from missing_service.config import BadSetting
from missing_service.logs import begin_log
from missing_service.policy.directory_file import DirectoryError
from missing_service.policy.load import PolicyError
from missing_service.ports import StoreUnavailable

DONE, WRONG, MISUSED = 0, 1, 2
SAID = (BadSetting, DirectoryError, PolicyError, Held, StoreUnavailable, OSError)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 done; 1 something is wrong and was said on standard error; 2 wrong use."""
    given = parser().parse_args(arguments)
    begin_log()
    try:
        return int(given.run(given))
    except SAID as wrong:
        print(sentence(wrong), file=sys.stderr)
        return WRONG


def sentence(wrong: Exception) -> str:
    """What is wrong, in words for whoever runs the service."""
    if isinstance(wrong, OSError) and wrong.filename is None and wrong.strerror:
        return f"{wrong.strerror}."
    return str(wrong)


def parser() -> argparse.ArgumentParser:
    """Every word that the command knows; any other is wrong use."""
    made = argparse.ArgumentParser(
        prog="missing-service",
        description="Tells police that a child is missing, until a person answers.",
    )
    words = made.add_subparsers(title="what to do", metavar="WORD", required=True)
    for part in (run, data, check, verify, drill, demo_police):
        part.add_words(words)
    return made


if __name__ == "__main__":
    sys.exit(main())
