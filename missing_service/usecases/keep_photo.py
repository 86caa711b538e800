"""A photo of the child: rewritten, kept beside the report, and police told; the report stands
whatever becomes of it."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from missing_service.access.scope import held
from missing_service.domain.casefile import read_story
from missing_service.domain.episode import Episode
from missing_service.domain.errors import AlreadyOver, NotFound, PhotoTooLarge, PhotoUnreadable
from missing_service.domain.events import Actor, PhotoKept
from missing_service.journal import Unit, keep_beside, record
from missing_service.usecases.read_episode import (
    Opened,
    Reader,
    open_stream,
    read_one,
    view_of,
)
from missing_service.usecases.read_with_look import JSON, Looker
from missing_service.usecases.service import Done, Service
from missing_service.usecases.update_episode import answered, refuse_withdrawn

LARGEST_PHOTO = 10 * 1024 * 1024  # bytes, as sent
OVER = "The episode is closed: undo its closing first, or report anew."


def keep_photo(
    reference: str, image: bytes, taken_on: str | None, *, actor: Actor, service: Service
) -> Done:
    """Keep the photo, which takes the place of the one before it; the same again changes
    nothing."""
    if len(image) > LARGEST_PHOTO:
        raise PhotoTooLarge
    if not image:
        raise PhotoUnreadable
    _find(reference, actor, service)
    plain, sent = service.photos.rewrite(image), sha256(image).hexdigest()

    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "reference", reference)
        _check(episode)
        if not _is_kept(unit, episode, sent, taken_on):
            record(unit, _event(unit, episode, plain, sent, taken_on, actor, at))
        return answered(unit, episode, at, actor)

    return service.act(once)


def _find(reference: str, actor: Actor, service: Service) -> None:
    """Nothing is done with a picture for an episode that is not there for the caller."""
    directory = service.store.directory()

    def look(reader: Reader) -> Opened:
        stream = reader.listing.find("reference", reference)
        return open_stream(reader, stream, actor, directory)

    service.store.read(look)


def _check(episode: Episode) -> None:
    refuse_withdrawn(episode)
    if episode.state == "CLOSED":
        raise AlreadyOver(OVER)


def _is_kept(unit: Unit, episode: Episode, sent: str, taken_on: str | None) -> bool:
    photos = read_story(unit.state.story(episode.stream)).photos
    return bool(photos) and (photos[-1].sent_sha256, photos[-1].taken_on) == (sent, taken_on)


def _event(
    unit: Unit,
    episode: Episode,
    plain: bytes,
    sent: str,
    taken_on: str | None,
    actor: Actor,
    at: datetime,
) -> PhotoKept:
    return PhotoKept(
        id=unit.draw.id(),
        stream=episode.stream,
        at=at,
        by=actor,
        image=keep_beside(unit, episode.stream, plain),
        size=len(plain),
        taken_on=taken_on,
        old_from=_old_from(taken_on, unit.book.policy.figures.photo_old_after),
        sha256=sha256(plain).hexdigest(),
        sent_sha256=sent,
    )


def _old_from(taken_on: str | None, after: timedelta) -> str | None:
    """The first day on which more than that time has passed; None where that is never."""
    if taken_on is None:
        return None
    try:
        return (date.fromisoformat(taken_on) + after + timedelta(days=1)).isoformat()
    except OverflowError:  # a doubtful day is kept as it was said
        return None


def read_photo(reference: str, *, looker: Looker, service: Service) -> bytes:
    """The photo that stands; for a force that was re-routed away, the one that it was told of."""
    now = service.clock.now()

    def show(found: Opened) -> JSON:
        photo = view_of(found, now).get("photo")
        image = found.reader.text(UUID(photo["id"])) if photo else None
        if image is None:
            raise NotFound
        return {"image": image}

    found: bytes = read_one(reference, show, looker=looker, service=service)["image"]
    return found
