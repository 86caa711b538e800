"""The lists: episodes, what is owed, interviews; each a page at a time, of what the caller may
see."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from missing_service.domain.delivery import DeliveryState
from missing_service.domain.directory import Directory
from missing_service.domain.episode import Episode
from missing_service.domain.errors import NotFound
from missing_service.domain.events import Actor
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.state import State
from missing_service.domain.view import obligation_view
from missing_service.ports import EpisodesWanted, Found, ObligationsWanted, Page
from missing_service.usecases.read_cursor import next_after
from missing_service.usecases.read_episode import Item, Reader, open_stream, view_of, viewer_of
from missing_service.usecases.read_interview import interview_of
from missing_service.usecases.read_with_look import JSON, Looker, Shown, read_with_look
from missing_service.usecases.service import Service

Find = Callable[[Reader], Sequence[Found]]
Show = Callable[[Reader, Found], Item | None]


def _list(find: Find, show: Show, page: Page, *, looker: Looker, service: Service) -> JSON:
    def once(reader: Reader) -> Shown:
        found = find(reader)
        own = found[: page.limit]
        items = [item for row in own if (item := show(reader, row)) is not None]
        return Shown(
            {"items": items, "next": next_after(found, page)},
            {row.stream: row.last_n for row in own},
        )

    return read_with_look(once, looker=looker, service=service)


def list_episodes(wanted: EpisodesWanted, page: Page, *, looker: Looker, service: Service) -> JSON:
    """Episodes, the last recorded first."""
    actor, now, directory = looker.actor, service.clock.now(), service.store.directory()

    def find(reader: Reader) -> Sequence[Found]:
        return reader.listing.episodes(viewer_of(actor), wanted, page)

    def show(reader: Reader, row: Found) -> Item | None:
        return _episode(reader, row, actor, directory, now)

    return _list(find, show, page, looker=looker, service=service)


def _episode(
    reader: Reader, row: Found, actor: Actor, directory: Directory, now: datetime
) -> Item | None:
    """None where a force was re-routed away before anything was sent to it."""
    try:
        return view_of(open_stream(reader, row.stream, actor, directory), now)
    except NotFound:
        return None


def list_owed(wanted: ObligationsWanted, page: Page, *, looker: Looker, service: Service) -> JSON:
    """Obligations, most overdue first."""
    actor, now, directory = looker.actor, service.clock.now(), service.store.directory()

    def find(reader: Reader) -> Sequence[Found]:
        return reader.listing.obligations(viewer_of(actor), wanted, page)

    def show(reader: Reader, row: Found) -> Item:
        return _owed(State(reader), row, directory, now)

    return _list(find, show, page, looker=looker, service=service)


def _owed(state: State, row: Found, directory: Directory, now: datetime) -> Item:
    obligation = state.get(Obligation, row.id)
    told = [s for s in state.all(StepTold, row.stream) if s.obligation == row.id]
    episode = state.get(Episode, row.stream)
    view = obligation_view(obligation, told, directory, now=now)
    return {**view, "episode": episode.reference, "force": obligation.force}


def list_interviews(*, is_overdue: bool, page: Page, looker: Looker, service: Service) -> JSON:
    """Interviews, the first due first; overdue ones are those of which anything owed is late."""
    actor, now, directory = looker.actor, service.clock.now(), service.store.directory()
    before = now if is_overdue else None

    def find(reader: Reader) -> Sequence[Found]:
        return reader.listing.interviews(viewer_of(actor), before, page)

    def show(reader: Reader, row: Found) -> Item | None:
        return _interview(reader, row, actor, directory, now)

    return _list(find, show, page, looker=looker, service=service)


def _interview(
    reader: Reader, row: Found, actor: Actor, directory: Directory, now: datetime
) -> Item | None:
    try:
        return interview_of(open_stream(reader, row.stream, actor, directory), row.id, now)
    except NotFound:
        return None


def list_queue(service: Service) -> JSON:
    """What each destination has not taken; no child's data."""

    def once(reader: Any) -> list[Item]:
        return [
            {
                "destination": waiting.destination,
                "depth": waiting.depth,
                "failing": waiting.failing,
                "state": (DeliveryState.FAILING if waiting.failing else DeliveryState.QUEUED).value,
                "oldest": waiting.oldest.isoformat().replace("+00:00", "Z"),
            }
            for waiting in reader.listing.queue()
        ]

    return {"items": service.store.read(once), "next": None}
