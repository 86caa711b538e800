"""An interview and its written record: drafts for those who write it, signed versions for
police."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from missing_service.access.scope import UNKNOWN
from missing_service.domain.casefile import read_story
from missing_service.domain.errors import NotFound
from missing_service.domain.events import RecordSigned
from missing_service.domain.interview import Interview
from missing_service.domain.obligation import Obligation
from missing_service.domain.stored import plain
from missing_service.domain.view import interview_view
from missing_service.usecases.read_episode import Opened, Reader, open_stream
from missing_service.usecases.read_with_look import JSON, Looker, Shown, read_with_look
from missing_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class RecordRead:
    """A version of the record or its draft, of which episode, and the ETag to change it under."""

    body: JSON
    etag: str
    reference: str


def _read(
    interview: UUID, show: Callable[[Opened], JSON], *, looker: Looker, service: Service
) -> JSON:
    directory = service.store.directory()

    def once(reader: Reader) -> Shown:
        stream = reader.listing.find("interview", interview)
        opened = open_stream(reader, stream, looker.actor, directory)
        return Shown(show(opened), opened.seen)

    return read_with_look(once, looker=looker, service=service)


def read_interview(interview: UUID, *, looker: Looker, service: Service) -> JSON:
    """The interview as CONTRACT 5.5 shows it."""
    now = service.clock.now()
    return _read(
        interview, lambda found: interview_of(found, interview, now), looker=looker, service=service
    )


def interview_of(found: Opened, interview: UUID, now: datetime) -> JSON:
    """Police see the shared part: what concerns them, and no draft."""
    row = _row(found, interview)
    is_police = found.actor.role == "police"
    draft = not is_police and found.reader.find_draft(interview) is not None
    view = interview_view(found.state, row, found.directory, draft=draft, now=now)
    if is_police:
        own = {str(o.id) for o in _owed_by(found)}
        view["obligations"] = [o for o in view["obligations"] if o["id"] in own]
    return view


def _row(found: Opened, interview: UUID) -> Interview:
    """A force that was re-routed away, or is merely told, has no part in the interview."""
    episode = found.episode
    if found.actor.role == "police" and found.actor.organisation != episode.force:
        raise NotFound(UNKNOWN)
    return found.state.get(Interview, interview)


def _owed_by(found: Opened) -> list[Obligation]:
    every = found.state.all(Obligation, found.episode.stream)
    return [o for o in every if o.force == found.actor.organisation]


def read_record(
    interview: UUID, version: int | None, *, looker: Looker, service: Service
) -> RecordRead:
    """The draft, else the last signed version; or the version asked for. Police: as it was sent
    to them."""

    def show(found: Opened) -> JSON:
        return {**_record(found, interview, version), "reference": found.episode.reference}

    body = _read(interview, show, looker=looker, service=service)
    beside = {name: body.pop(name) for name in ("etag", "reference")}
    return RecordRead(body, **beside)


def _record(found: Opened, interview: UUID, version: int | None) -> JSON:
    row = _row(found, interview)
    if version is None and found.actor.role != "police":
        draft = found.reader.find_draft(interview)
        if draft is not None or row.version == 0:
            return _draft(row, draft)
    return _signed(found, row, row.version if version is None else version)


def _draft(row: Interview, draft: Any) -> JSON:
    return {
        "version": row.version,
        "sha256": row.record_hash,
        "signed_at": plain(row.signed_at),
        "draft": draft is not None,
        "record": orjson.loads(draft.content) if draft else {},
        "etag": f"{row.version}-{draft.version}" if draft else "0",
    }


def _signed(found: Opened, row: Interview, version: int) -> JSON:
    signed = read_story(found.state.story(row.stream)).records.get(row.id, [])
    event = next((event for event in signed if event.version == version), None)
    if event is None:
        raise NotFound(UNKNOWN)
    return {
        "version": event.version,
        "sha256": event.record_hash,
        "signed_at": plain(event.at),
        "draft": False,
        "record": _as_seen_by(found, event),
        "etag": f"{event.version}-0",
    }


def _as_seen_by(found: Opened, event: RecordSigned) -> JSON:
    """Whole for those who wrote it; without what is withheld for police."""
    return dict(event.record if found.actor.role == "police" else event.whole)
