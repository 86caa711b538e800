"""One episode, as whoever opens it needs it: the council's page, or the police page."""

from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from missing_service.domain.errors import Invalid, NotFound
from missing_service.usecases.decide_obligation import take
from missing_service.usecases.read_boards import read_board
from missing_service.web.acts import DID, decidable, names_told
from missing_service.web.desk import Asked, Pages
from missing_service.web.police.alert import show_alert
from missing_service.web.rendering import show
from missing_service.web.report_rows import report_rows
from missing_service.web.standing import police_duty, standing

PAGES = Pages()
EPISODE = "/episodes/<reference>"
FAST, SLOW = 5, 30  # seconds until the page draws itself again


@PAGES.add(EPISODE, "read episodes")
def show_episode(asked: Asked, reference: str) -> ResponseReturnValue:
    """Do police have it? With since when, who and which reference, and what to do now."""
    if asked.actor.role == "police":
        return show_alert(asked, reference)
    board = read_board(reference, looker=asked.looker, service=asked.service)
    found = standing(board, asked.directory, asked.now)
    is_still = "still" in request.args
    return show(
        "episode.html",
        asked,
        board=board,
        episode=board["episode"],
        standing=found,
        duty=police_duty(board["episode"]),
        rows=report_rows(board["episode"], asked.directory),
        did=DID.get(request.args.get("did", "")),
        again=None if is_still else FAST if found.is_waiting else SLOW,
        may_act=asked.actor.role in ("edt", "manager"),
        to_take=_to_take(asked, board["episode"]),
        decidable=decidable(asked.actor.role),
        force=asked.directory.forces.get(board["episode"]["force"]),
    )


def _to_take(asked: Asked, episode: dict[str, list[dict[str, object]]]) -> list[dict[str, object]]:
    """What is open, was told to this person, and not yet taken by them."""
    return [
        duty
        for duty in episode["obligations"]
        if duty["state"] == "OPEN" and asked.actor.name in names_told(duty, untaken=True)
    ]


@PAGES.add(f"{EPISODE}/taken", "take", methods="POST")
def take_it(asked: Asked, reference: str) -> ResponseReturnValue:
    """*I have it*: everybody sees it; it stops nothing."""
    try:
        obligation = UUID(request.form.get("obligation", ""))
    except ValueError:
        raise NotFound from None
    try:
        take(obligation, actor=asked.actor, service=asked.service)
    except Invalid:
        return redirect(f"/episodes/{reference}?did=not-told", 303)
    return redirect(f"/episodes/{reference}?did=taken", 303)
