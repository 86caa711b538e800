"""What police are told of a photo: that there is one, how old it is, and where they fetch it."""

from collections.abc import Iterator
from datetime import date

from missing_service.domain.casefile import read_story
from missing_service.domain.effects import Effect
from missing_service.domain.episode import Episode
from missing_service.domain.events import PhotoKept
from missing_service.domain.photo import OLD, is_old, photo_view
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_forces


def send_photo(state: State, event: PhotoKept, book: Rulebook) -> Iterator[Effect]:
    """The photo itself is not in it: a force fetches it with its own key, and that is a look."""
    episode = state.get(Episode, event.stream)
    photos = read_story(state.story(event.stream)).photos
    url = f"{book.public_url}/api/v1/episodes/{episode.reference}/photo"
    change = {
        "summary": f"A photo of the child was kept. {taken(event)}",
        "fields": [
            {
                "field": "photo",
                "was": photo_view([photo for photo in photos if photo.id != event.id]),
                "now": {**(photo_view([event]) or {}), "url": url},
            }
        ],
    }
    yield from tell_forces(state, event, book, "episode.updated", change)


def taken(event: PhotoKept) -> str:
    if event.taken_on is None:
        return "It is not known when it was taken."
    day = date.fromisoformat(event.taken_on)
    old = f" {OLD}" if is_old(event, event.at) else ""
    return f"It was taken on {day.day} {day:%B %Y}.{old}"
