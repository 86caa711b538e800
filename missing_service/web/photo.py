"""The photo of a child: shown, and added to a report that stands already."""

from functools import partial
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from missing_service.domain.errors import Invalid, PhotoRefused
from missing_service.domain.photo import MEDIA_TYPE
from missing_service.usecases.keep_photo import keep_photo, read_photo
from missing_service.usecases.read_boards import read_board
from missing_service.web.act_forms import PhotoForm
from missing_service.web.acts import EPISODE, Act, Sheet
from missing_service.web.desk import Asked, Pages

PAGES = Pages()


@PAGES.add(f"{EPISODE}/photo", "read episodes")
def show_photo(asked: Asked, reference: str) -> ResponseReturnValue:
    """The photo that was kept last; to see it is a look."""
    image = read_photo(reference, looker=asked.looker, service=asked.service)
    return Response(image, content_type=MEDIA_TYPE)


@PAGES.add(f"{EPISODE}/photo/add", "keep photo", form=True, methods="GET POST")
def add_photo(asked: Asked, reference: str) -> ResponseReturnValue:
    """A photo from the caller or the file; one that is refused leaves the report as it stands."""
    board = read_board(reference, looker=asked.looker, service=asked.service)
    form = PhotoForm()

    def make() -> Act | None:
        day = form.day()
        return None if form.faults() else partial(_keep, reference, form.content(), day)

    sheet = Sheet(asked, reference, board, form, "photo", {"photo": "image"})
    return sheet.answer(make, "photo")


def _keep(reference: str, image: bytes, day: str | None, **by: Any) -> object:
    """The same photo again changes nothing: it needs no key."""
    try:
        return keep_photo(reference, image, day, actor=by["actor"], service=by["service"])
    except PhotoRefused as fault:
        raise Invalid(fault.errors) from fault
