"""What leaves the service: who is sent what, as which bytes, by which channel."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from missing_service.domain import people_message
from missing_service.domain.calendar import london_date
from missing_service.domain.delivery import Delivery
from missing_service.domain.directory import Channel, Person, name_of
from missing_service.domain.effects import Effect, Queued
from missing_service.domain.episode import Episode, Party
from missing_service.domain.events import Event
from missing_service.domain.obligation import Obligation
from missing_service.domain.other_letters import letter_to_other
from missing_service.domain.protected import first_line, protection
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.stored import canonical, plain
from missing_service.domain.view import episode_for_police, forces

SERVICE_STREAM = UUID("ffffffff-ffff-7fff-bfff-ffffffffffff")
DIRECTORY_STREAM = UUID("ffffffff-ffff-7fff-bfff-fffffffffffe")
WATCH_LANE = UUID("ffffffff-ffff-7fff-bfff-fffffffffffd")  # what is said of the workers themselves
MAIL = "mail"

URGENT = frozenset(
    {
        "episode.reported",
        "episode.withdrawn",
        "interview.urgent",
        "episode.located",
        "episode.returned",
    }
)
PURPOSE = {
    "interview.record": "record",
    "interview.outcome": "record",
    "obligation.reminder": "reminder",
}
SAID_AT_ONCE = ("episode.reported", "episode.category_changed")  # a rule of their own says so
MUST_BE_RUNG = ("interview.record", "interview.outcome")


def tell_forces(
    state: State,
    event: Event,
    book: Rulebook,
    kind: str,
    change: Mapping[str, Any],
    *,
    asks: Obligation | None = None,
    urgent: bool = False,
) -> Iterator[Effect]:
    """Queue the news for every force that is told of the episode, each with its own number; the
    one that owes the answer is asked for it."""
    for party in forces(state.all(Party, event.stream)):
        asked = asks if party.owes else None
        yield from tell_force(state, event, book, party, kind, change, asks=asked, urgent=urgent)


def tell_force(  # noqa: PLR0913 - one delivery needs all of them
    state: State,
    event: Event,
    book: Rulebook,
    party: Party,
    kind: str,
    change: Mapping[str, Any],
    *,
    asks: Obligation | None = None,
    extra: Mapping[str, Any] | None = None,
    urgent: bool = False,
    record_version: int | None = None,
) -> Iterator[Effect]:
    """Queue one piece of news for one force, through as many of its channels as carry it now;
    none for one whose view is frozen."""
    if party.frozen_at:
        return
    episode = state.get(Episode, event.stream)
    channels = book.directory.channels(party.who, PURPOSE.get(kind, "report"), event.at)
    is_urgent = urgent or kind in URGENT or episode.danger == "YES"
    if not channels and party.owes and (is_urgent or kind in MUST_BE_RUNG):
        yield from tell_by_telephone(state, event, book, party, kind, change["summary"])
    number = party.last_number + 1
    seen = episode_for_police(state, episode, party.who)
    line = first_line(protection(seen["report"], london_date(episode.recorded_at)))
    data = {
        "number": number,
        "episode": seen,
        "change": _as_drill(change) if episode.drill else _as_protected(change, line),
        "drill": episode.drill,
        **(extra or {}),
    }
    if asks is not None:
        data["acknowledge"] = acknowledge_link(asks, episode, book)
    body = canonical({"type": kind, "timestamp": plain(event.at), "data": data})
    text = book.draw.id()
    for channel in channels[: max(1, party.depth)]:
        row = Delivery(
            id=book.draw.id(),
            stream=event.stream,
            event=event.id,
            lane=event.stream,
            recipient=party.who,
            channel=name_of(channel),
            type=kind,
            number=number,
            urgent=is_urgent,
            queued_at=event.at,
            body=text if channel.kind == "webhook" else book.draw.id(),
            record_version=record_version,
        )
        yield Queued(
            row,
            body
            if channel.kind == "webhook"
            else _mail(state, channel, episode, kind, book, change["summary"]),
        )


def _as_drill(change: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**change, "summary": f"DRILL: {change['summary']}"}


def _as_protected(change: Mapping[str, Any], line: str) -> Mapping[str, Any]:
    """PROTECTED comes before anything else, but for the word CORRECTION (CONTRACT 6)."""
    summary = change["summary"]
    if not line:
        return change
    is_correction = summary.startswith("CORRECTION")
    return {**change, "summary": f"{summary} {line}" if is_correction else f"{line} {summary}"}


def tell_by_telephone(
    state: State, event: Event, book: Rulebook, party: Party, kind: str, summary: str
) -> Iterator[Effect]:
    """A force with no machine for this learns it from a person, who is told to ring at once."""
    if kind in SAID_AT_ONCE:
        return
    force = book.directory.forces.get(party.who)
    name, phone = (force.name, force.phone) if force else (party.who, "101")
    role = "team_manager" if kind in MUST_BE_RUNG else "edt_worker"
    what = f"{name} has no machine for this. {summary}"
    do = f"ring {phone}, tell them, and record the officer and reference."
    yield from tell_about(state, event, book, [role], what, do)


def acknowledge_link(obligation: Obligation, episode: Episode, book: Rulebook) -> dict[str, str]:
    return {
        "obligation": str(obligation.id),
        "url": f"{book.public_url}/api/v1/obligations/{obligation.id}/acknowledgement",
        "page": f"{book.public_url}/episodes/{episode.reference}",
        "due_at": plain(obligation.due_at),
    }


def _mail(
    state: State, channel: Channel, episode: Episode, kind: str, book: Rulebook, change: str = ""
) -> bytes:
    council = book.directory.councils.get(episode.council)
    desk = council.edt_phone if council else ""
    name = council.name if council else episode.council
    link = f"{book.public_url}/episodes/{episode.reference}"
    letter = people_message.mailbox_of_a_force(episode, kind, name, desk, link)
    if channel.content != "full":
        return letter
    seen = episode_for_police(state, episode, channel.owner)
    line = first_line(protection(seen["report"], london_date(episode.recorded_at)))
    return people_message.alert_as_text(letter, seen, line, change)


def copy_to(
    delivery: Delivery, channel: Channel, event: Event, book: Rulebook, state: State
) -> Effect:
    """The same news with the same number, through another channel of the same recipient."""
    episode = state.get(Episode, delivery.stream)
    is_webhook = channel.kind == "webhook"
    row = Delivery(
        id=book.draw.id(),
        stream=delivery.stream,
        event=event.id,
        lane=delivery.lane,
        recipient=delivery.recipient,
        channel=name_of(channel),
        type=delivery.type,
        number=delivery.number,
        urgent=delivery.urgent,
        queued_at=event.at,
        body=delivery.body if is_webhook else book.draw.id(),
        record_version=delivery.record_version,
    )
    return Queued(row, b"" if is_webhook else _copied(state, channel, episode, delivery, book))


def _copied(
    state: State, channel: Channel, episode: Episode, delivery: Delivery, book: Rulebook
) -> bytes:
    party = state.get(Party, delivery.stream, delivery.recipient)
    if party.kind != "force":
        return letter_to_other(episode, delivery.type, book)
    return _mail(state, channel, episode, delivery.type, book)


def tell_people(
    event: Event,
    book: Rulebook,
    people: Iterable[Person],
    subject: str,
    text: str,
    *,
    lane: UUID = SERVICE_STREAM,
) -> Iterator[Effect]:
    """Queue one message to each person, in that person's own lane."""
    for person in people:
        row = Delivery(
            id=book.draw.id(),
            stream=event.stream,
            event=event.id,
            lane=lane,
            recipient=person.email,
            channel=MAIL,
            type="people.message",
            number=0,
            urgent=True,
            queued_at=event.at,
            body=book.draw.id(),
        )
        yield Queued(row, canonical({"subject": subject, "text": text}))


def tell_about(
    state: State,
    event: Event,
    book: Rulebook,
    roles: Sequence[str],
    what: str,
    do: str,
) -> Iterator[Effect]:
    """Tell those on call in these roles, now, what has happened to an episode and what to do."""
    episode = state.get(Episode, event.stream)
    told = book.directory.people_for(roles, (), episode.council, event.at, {"owner": episode.owner})
    subject, text = people_message.about(episode, book, what=what, do=do)
    yield from tell_people(event, book, told.people, subject, text)
