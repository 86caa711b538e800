"""A message that means nothing, sent the whole way every few minutes: the proof that others get
through."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from missing_service.domain.delivery import Delivery
from missing_service.domain.directory import Directory, name_of
from missing_service.domain.effects import Effect, Queued
from missing_service.domain.events import CanarySent
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.stored import canonical, plain
from missing_service.domain.telling import SERVICE_STREAM

EVERY, GOOD_FOR = timedelta(minutes=5), timedelta(minutes=10)
FIRST_STREAM = UUID("ffffffff-ffff-7fff-bffe-000000000000").int


def canary_streams(at: datetime) -> list[UUID]:
    """The stream of that day and of the one before: a day's each, so that none grows for ever."""
    today = at.toordinal()
    return [UUID(int=FIRST_STREAM + day) for day in (today, today - 1)]


def canary_channels(directory: Directory, at: datetime) -> list[str]:
    """Every machine of a force that is in use."""
    owners = (directory.all_channels.get(force, ()) for force in directory.forces)
    return [
        name_of(channel)
        for own in owners
        for channel in own
        if channel.kind == "webhook" and channel.is_in_use(at)
    ]


def send_to_each(_: State, event: CanarySent, book: Rulebook) -> Iterator[Effect]:
    """A `ping` each, in a lane of its own, behind which no news waits."""
    body = canonical({"type": "ping", "timestamp": plain(event.at), "data": {}})
    for channel in event.channels:
        row = Delivery(
            id=book.draw.id(),
            stream=event.stream,
            event=event.id,
            lane=SERVICE_STREAM,
            recipient=channel.partition("/")[0],
            channel=channel,
            type="ping",
            number=0,
            urgent=False,
            queued_at=event.at,
            body=book.draw.id(),
        )
        yield Queued(row, body)
