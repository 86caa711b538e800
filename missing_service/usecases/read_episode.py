"""One episode as its council, and each force that is told of it, may read it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson

from missing_service.access.scope import episode_of, own_view_ended
from missing_service.domain.casefile import read_story
from missing_service.domain.chronology import chronology
from missing_service.domain.delivery import Delivery
from missing_service.domain.directory import Directory
from missing_service.domain.episode import Episode, Party
from missing_service.domain.errors import NotFound
from missing_service.domain.events import Actor, ActUndone, Event, PoliceAnswered
from missing_service.domain.routing import re_routes
from missing_service.domain.state import Rows, State
from missing_service.domain.stored import plain
from missing_service.domain.told_matrix import told_matrix
from missing_service.domain.view import episode_for_people, linked_for
from missing_service.ports import Attempt, Listing, Viewer
from missing_service.usecases.read_with_look import JSON, Looker, Shown, read_with_look
from missing_service.usecases.service import Service

Item = dict[str, Any]
Told = tuple[int, Event]


class Reader(Rows, Protocol):
    """One transaction that only reads."""

    @property
    def listing(self) -> Listing:
        """Lists, and where things stand."""

    def whole_story(self, stream: UUID) -> Iterable[tuple[int, Event]]:
        """Every event of the stream, numbered, oldest first."""

    def text(self, text: UUID) -> bytes | None:
        """A private text, decrypted."""

    def find_draft(self, draft: UUID) -> Any:
        """A draft as last saved, or None."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An episode that exists for this caller; `own` is its ended part, where it was re-routed."""

    reader: Reader
    state: State
    episode: Episode
    own: Party | None
    actor: Actor
    directory: Directory

    @property
    def seen(self) -> dict[UUID, int]:
        stream = self.episode.stream
        return {stream: self.reader.listing.last_n(stream)}


class ReadPart(Protocol):
    """Reads one list of an episode, whole."""

    def __call__(self, reference: str, *, looker: Looker, service: Service) -> JSON:
        """The list under `items`."""


def viewer_of(actor: Actor) -> Viewer:
    return Viewer(actor.organisation, actor.role == "police")


def open_stream(reader: Reader, stream: UUID | None, actor: Actor, directory: Directory) -> Opened:
    """The episode of that stream, or NotFound."""
    state = State(reader)
    episode = episode_of(state, actor, stream)
    own = own_view_ended(actor, state.all(Party, episode.stream))
    return Opened(reader, state, episode, own, actor, directory)


def read_one(
    reference: str, show: Callable[[Opened], JSON], *, looker: Looker, service: Service
) -> JSON:
    """What `show` makes of the episode, once the look stands in the access log."""
    directory = service.store.directory()

    def once(reader: Reader) -> Shown:
        stream = reader.listing.find("reference", reference)
        opened = open_stream(reader, stream, looker.actor, directory)
        return Shown(show(opened), opened.seen)

    return read_with_look(once, looker=looker, service=service)


def read_episode(reference: str, *, looker: Looker, service: Service) -> JSON:
    """The whole of CONTRACT 5.2; for a force that was re-routed away, what it was sent last."""
    now = service.clock.now()
    return read_one(reference, lambda found: view_of(found, now), looker=looker, service=service)


def view_of(found: Opened, now: Any) -> JSON:
    if found.own:
        return sent_last(found)
    episode = found.episode
    view = episode_for_people(found.state, episode, found.directory, now=now)
    listing, viewer = found.reader.listing, viewer_of(found.actor)
    view["earlier"] = list(listing.other_episodes(episode.child, episode.stream, viewer))
    if viewer.is_police:
        file = read_story(found.state.story(episode.stream))
        view["linked"] = linked_for(found.state, file, viewer.organisation)
    return view


def sent_last(found: Opened) -> JSON:
    """The episode as the force's last delivery carries it; a force that was sent nothing has
    nothing."""
    for delivery in sorted(_own_deliveries(found), key=lambda d: d.number, reverse=True):
        body = found.reader.text(delivery.body)
        data = orjson.loads(body).get("data") if body else None
        if data:
            view: JSON = data["episode"]
            return view
    raise NotFound


def _own_deliveries(found: Opened) -> list[Delivery]:
    every = found.state.all(Delivery, found.episode.stream)
    if found.actor.role != "police":
        return every
    return [d for d in every if d.recipient == found.actor.organisation]


def read_chronology(reference: str, *, looker: Looker, service: Service) -> JSON:
    """Every event, oldest first; a force that was re-routed away reads to where it left."""

    def show(found: Opened) -> JSON:
        story = list(found.reader.whole_story(found.episode.stream))
        if found.own:
            story = _until_it_left(story, found.own)
        return {"items": chronology(story, found.directory)}

    return read_one(reference, show, looker=looker, service=service)


def _until_it_left(story: list[Told], own: Party) -> list[Told]:
    """Up to the answer, or the correction, by which the force was re-routed away."""
    left = [n for n, event in story if event.at == own.frozen_at and _takes_away(event)]
    return [(n, event) for n, event in story if n <= max(left, default=0)]


def _takes_away(event: Event) -> bool:
    is_answer = isinstance(event, PoliceAnswered) and re_routes(event)
    return is_answer or isinstance(event, ActUndone)


def read_told(reference: str, *, looker: Looker, service: Service) -> JSON:
    """Who was told, by when, and who answered."""

    def show(found: Opened) -> JSON:
        items = told_matrix(found.state, found.episode, found.directory, service.store.calendar)
        if found.own:
            items = [item for item in items if item["who"] == found.own.who]
        return {"items": items}

    return read_one(reference, show, looker=looker, service=service)


def read_owed(reference: str, *, looker: Looker, service: Service) -> JSON:
    """What is owed and what was met."""
    now = service.clock.now()

    def show(found: Opened) -> JSON:
        return {"items": view_of(found, now)["obligations"]}

    return read_one(reference, show, looker=looker, service=service)


def read_deliveries(reference: str, *, looker: Looker, service: Service) -> JSON:
    """Each send with its attempts; police see those to themselves."""

    def show(found: Opened) -> JSON:
        attempts = list(found.reader.listing.attempts(found.episode.stream))
        own = sorted(_own_deliveries(found), key=lambda d: (d.queued_at, d.number, d.id))
        return {"items": [delivery_view(d, attempts) for d in own]}

    return read_one(reference, show, looker=looker, service=service)


def delivery_view(delivery: Delivery, attempts: Iterable[Attempt]) -> Item:
    """One send as CONTRACT 5.2 shows it."""
    return {
        "id": str(delivery.id),
        "type": delivery.type,
        "recipient": delivery.recipient,
        "channel": delivery.channel,
        "number": delivery.number,
        "state": delivery.state.value,
        "attempts": [
            {"at": plain(a.at), "status": a.status, "error": a.error, "ms": a.ms}
            for a in attempts
            if a.delivery == delivery.id
        ],
        "taken_at": plain(delivery.taken_at),
    }
