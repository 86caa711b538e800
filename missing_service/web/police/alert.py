"""One alert for police: the whole of it on one page, and the answer beneath it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from missing_service.domain.errors import Conflict, Invalid, NotAllowed
from missing_service.usecases.answer_obligation import acknowledge
from missing_service.usecases.read_boards import read_board
from missing_service.web import words
from missing_service.web.act_forms import ANSWER_PLACES, AnswerForm
from missing_service.web.desk import Asked, Pages
from missing_service.web.rendering import show
from missing_service.web.report_rows import report_rows
from missing_service.web.standing import police_duty, standing

PAGES = Pages()
DID = {"answered": "Saved. The council sees your answer now."}
Board = Mapping[str, Any]


def show_alert(asked: Asked, reference: str) -> Response:
    """What police need, and the form that answers it."""
    board = read_board(reference, looker=asked.looker, service=asked.service)
    form = AnswerForm()
    form.begin(asked.directory, asked.now, by_phone=False)
    form.officer.data = asked.actor.name
    return _page(asked, board, form)


def _page(asked: Asked, board: Board, form: AnswerForm, *, status: int = 200) -> Response:
    episode = board["episode"]
    council = asked.directory.councils.get(board.get("council") or "")
    return show(
        "alert.html",
        asked,
        status=status,
        board=board,
        episode=episode,
        rows=report_rows(episode, asked.directory),
        standing=standing(board, asked.directory, asked.now) if not board["ended"] else None,
        duty=police_duty(episode),
        owes=not board["ended"] and episode["force"] == asked.actor.organisation,
        council=council,
        form=form,
        did=DID.get(request.args.get("did", "")),
        words=words,
    )


@PAGES.add("/episodes/<reference>/answer", "acknowledge", form=True, methods="POST")
def answer(asked: Asked, reference: str) -> ResponseReturnValue:
    """A named officer's answer: with a reference it ends what is owed."""
    if asked.actor.role != "police":
        raise NotAllowed("Police answer here; write what they said on the telephone instead.")
    board = read_board(reference, looker=asked.looker, service=asked.service)
    form = AnswerForm()
    form.begin(asked.directory, asked.now, by_phone=False)
    said = form.said(asked.now, by_phone=False) if form.is_sent() else None
    if said and _saved(asked, board, form, said):
        return redirect(f"/episodes/{reference}?did=answered", 303)
    return _page(asked, board, form, status=422)


def _saved(asked: Asked, board: Board, form: AnswerForm, said: Mapping[str, Any]) -> bool:
    duty = police_duty(board["episode"])
    if duty is None:
        raise NotAllowed("Nothing of this is owed by your force.")
    try:
        acknowledge(
            UUID(duty["id"]),
            said,
            actor=asked.actor,
            service=asked.service,
            key=form.key(asked.actor),
        )
    except Invalid as fault:
        form.refuse(fault, ANSWER_PLACES)
        return False
    except Conflict as fault:
        form.refuse(Invalid({"once": str(fault)}), {})
        return False
    return True
