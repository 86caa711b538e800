"""Who watches the watchman: what people are told when no worker beats, and when they beat anew."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from missing_service.domain.directory import Council, Directory, Person
from missing_service.domain.directory_faults import served
from missing_service.domain.effects import Effect
from missing_service.domain.events import JSON, WorkersBack, WorkersSilent
from missing_service.domain.people_message import clock_time
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import WATCH_LANE, tell_people

MOST_NAMED = 50
ROLES = ("edt_manager", "edt_worker")
NOTHING_LEAVES = (
    "Nothing is sent to police and nobody is told of what lapses until they run again. What is "
    "reported meanwhile is saved, and no alert of it leaves."
)


def tellings_due(since: datetime, now: datetime, every: timedelta) -> int:
    """Which telling of a silence is due: 0 the first, then one each `every`."""
    return max(0, (now - since) // every)


def tell_of_silence(_: State, event: WorkersSilent, book: Rulebook) -> Iterator[Effect]:
    """Each person once: with the reports of the councils where they are on call."""
    for person, councils in _whom(book.directory, event.at).items():
        text = "\n\n".join(_silence(event, book, councils))
        subject = f"URGENT: alerts are not being sent, since {_since(event.since, event.at)}"
        yield from tell_people(event, book, [person], subject, text, lane=WATCH_LANE)


def tell_of_return(_: State, event: WorkersBack, book: Rulebook) -> Iterator[Effect]:
    """The same people: it is over, and what waited is on its way."""
    since = _since(event.since, event.at)
    text = (
        f"The workers run again. They had been silent since {since}.\n\n"
        "What waited is being sent now, the most urgent first. What you told police by telephone "
        "meanwhile: record the officer, number and reference.\n\n"
        f"See all: {book.public_url}/"
    )
    subject = f"Alerts are being sent again (silent since {since})"
    people = _whom(book.directory, event.at)
    yield from tell_people(event, book, people, subject, text, lane=WATCH_LANE)


def _whom(directory: Directory, at: datetime) -> Mapping[Person, list[Council]]:
    """Managers and workers on call, with their councils; administrators with every council."""
    found: dict[Person, list[Council]] = {}
    for council in served(directory):
        told = directory.people_for(ROLES, (), council.code, at, {}).people
        admins = directory.holders("admin", council.code, at)
        for person in dict.fromkeys((*told, *admins)):
            found.setdefault(person, []).append(council)
    return found


def _silence(event: WorkersSilent, book: Rulebook, councils: list[Council]) -> Iterator[str]:
    again = " They are still silent." if event.again else ""
    since = _since(event.since, event.at)
    yield f"The service's workers have been silent since {since}.{again} {NOTHING_LEAVES}"
    for council in councils:
        yield _do_now(event, book, council)
    if event.more:
        yield f"And {event.more} more reports that are not named here."
    yield (
        "Administrators: start `missing-service work` (or `up`) again; its log says why it stopped."
        " Reports are saved meanwhile: go on entering them."
    )
    yield f"See all: {book.public_url}/"


def _do_now(event: WorkersSilent, book: Rulebook, council: Council) -> str:
    own = [row for row in event.waiting if row["council"] == council.code]
    police = ", ".join(
        f"{f.name} {f.phone or '101'}" for f in book.directory.forces_covering(council.code)
    )
    lines = [
        f"{council.name}. Do now: ring police ({police or '101'}; 999 in danger) for every report "
        "that they have not answered, and for each new one. Record officer, number and reference.",
        *(_report(row, event.at) for row in own),
    ]
    if not own:
        lines.append("No report waits for police at this moment.")
    return "\n".join(lines)


def _report(row: JSON, now: datetime) -> str:
    since = clock_time(datetime.fromisoformat(row["since"]), now)
    return f"{row['reference']}: not answered since {since}"


def _since(at: datetime | None, now: datetime) -> str:
    return clock_time(at, now) if at else "they were first looked for"
