"""The photo of a child: what is shown of it, and what is doubtful."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from missing_service.domain.calendar import london_date
from missing_service.domain.events import PhotoKept
from missing_service.domain.stored import plain

MEDIA_TYPE = "image/jpeg"
OLD = "The photo is more than three months old: the child may look different now. Ask for another."
AHEAD = "The photo was taken on a day that lies in the future: check it."


def photo_view(photos: Sequence[PhotoKept]) -> dict[str, Any] | None:
    """The last photo that was kept, if any; `old_from` is the day from which it warns."""
    if not photos:
        return None
    last = photos[-1]
    return {
        "id": str(last.image.id),
        "type": MEDIA_TYPE,
        "bytes": last.size,
        "sha256": last.sha256,
        "taken_on": last.taken_on,
        "old_from": last.old_from,
        "kept_at": plain(last.at),
    }


def is_old(photo: PhotoKept, now: datetime) -> bool:
    return bool(photo.old_from) and london_date(now) >= date.fromisoformat(photo.old_from or "")


def photo_doubts(photos: Sequence[PhotoKept], now: datetime) -> Iterator[dict[str, str]]:
    """What is doubtful of the last one: when it was taken."""
    last = photos[-1] if photos else None
    if last is None or last.taken_on is None:
        return
    if date.fromisoformat(last.taken_on) > london_date(now):
        yield {"field": "photo.taken_on", "message": AHEAD}
    elif is_old(last, now):
        yield {"field": "photo.taken_on", "message": OLD}
