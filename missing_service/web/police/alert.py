"""One alert for police: the whole of it on one page, and the answer beneath it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from missing_service.domain.errors import NotAllowed
from missing_service.usecases.answer_obligation import acknowledge
from missing_service.usecases.read_boards import read_board
from missing_service.web import words
from missing_service.web.act_forms import ANSWER_PLACES, AnswerForm
from missing_service.web.acts import do_once, police_obligation
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
    form.ask_police(asked.actor.name or "")
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
    form.ask_police(asked.actor.name or "")
    is_read = form.is_sent()
    said = form.said(asked.now, by_phone=False)
    act = partial(acknowledge, police_obligation(board), said) if said else None
    if is_read and act and do_once(act, form, asked, ANSWER_PLACES):
        return redirect(f"/episodes/{reference}?did=answered", 303)
    return _page(asked, board, form, status=422)
