"""Children that a council knows: searched for, and what is kept of them beforehand."""

from uuid import UUID

from flask import Response, request

from missing_service.api import schemas_children as children
from missing_service.api.callers import Asked
from missing_service.api.calls import JSON, Calls, answer
from missing_service.domain.matching import Sought
from missing_service.usecases import keep_profile as keeping
from missing_service.usecases.prefill_report import read_prefill
from missing_service.usecases.search_children import search_children

CALLS = Calls()
CHILD = "/children/<uuid:child>"


@CALLS.add(
    "POST",
    "/children/search",
    "search children",
    takes=children.Sought,
    gives=children.Children,
)
def search(asked: Asked, said: JSON) -> Response:
    """Children of your council who are likely the one, best first, with why; nothing is merged."""
    return answer(search_children(Sought(**said), looker=asked.looker, service=asked.service))


@CALLS.add("GET", f"{CHILD}/profile", "read profile", gives=children.KeptProfile)
def show_profile(asked: Asked, child: UUID) -> Response:
    """What is kept of the child beforehand, and the ETag to change it under."""
    return _tagged(keeping.read_profile(child, looker=asked.looker, service=asked.service))


@CALLS.add(
    "PUT",
    f"{CHILD}/profile",
    "keep profile",
    takes=children.Profile,
    gives=children.KeptProfile,
)
def save_profile(asked: Asked, child: UUID, said: JSON) -> Response:
    """Save the whole profile under the ETag that was read; each version is kept."""
    kept = keeping.keep_profile(
        child,
        said,
        if_match=request.headers.get("If-Match"),
        actor=asked.actor,
        service=asked.service,
    )
    return _tagged(kept)


@CALLS.add("GET", f"{CHILD}/prefill", "read profile", gives=children.Prefill)
def show_prefill(asked: Asked, child: UUID) -> Response:
    """What a new report of this child is offered, each fact with the question if it is still
    true; never where they were last seen, nor why somebody worried."""
    return answer(read_prefill(child, looker=asked.looker, service=asked.service))


def _tagged(kept: keeping.ProfileRead) -> Response:
    response = answer(kept.body)
    response.set_etag(kept.etag)
    return response
