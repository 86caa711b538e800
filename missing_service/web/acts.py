"""What people of the council do about an episode: ring police, write the reference, say found."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from missing_service.domain.errors import Conflict, Invalid, NotFound, Refused
from missing_service.usecases import answer_obligation as answering
from missing_service.usecases import record_return as returning
from missing_service.usecases.read_boards import read_board
from missing_service.usecases.service import RequestKey
from missing_service.web import act_forms as forms
from missing_service.web.desk import Asked, Pages
from missing_service.web.fields import PageForm
from missing_service.web.rendering import show
from missing_service.web.standing import police_duty, standing

PAGES = Pages()
EPISODE = "/episodes/<reference>"
DID = {
    "reported": "Saved. The alert to police is on its way.",
    "police": "Saved: what police said stands on record, and police are sent it.",
    "rang": "Saved: everybody who is told from now on reads that you rang.",
    "taken": "Saved: everybody sees that you have it. Nothing stops because of it.",
    "found": "Saved. Everybody who was told that the child is missing is told that they are found.",
    "located": "Saved. The child is not yet safe: say here when they are.",
    "decided": "Saved: the decision stands on record.",
    "not-told": "You were not told of this by the service, so there is nothing for you to take.",
}
DECISIONS = {
    "still_missing_review": ("CONTINUE", "ESCALATE"),
    "police_declined_review": ("ACCEPT", "ESCALATE"),
    "strategy_discussion": ("YES", "NO"),
    "urgent_disclosure": ("YES", "NO"),
}
Act = Callable[[RequestKey], object]
Board = Mapping[str, Any]


def decidable(role: str) -> tuple[str, ...]:
    return tuple(DECISIONS) if role in ("edt", "manager") else ()


def names_told(duty: Mapping[str, Any], *, untaken: bool = False) -> set[str]:
    """The people whom this duty's ladder told; with `untaken`, less those who took it."""
    told = {name for step in duty["steps_told"] for name in step["people"]}
    taken = {
        name for step in duty["steps_told"] for name in (step["taken_by"] or "").split(", ") if name
    }
    return told - taken if untaken else told


def _board(asked: Asked, reference: str) -> Board:
    return read_board(reference, looker=asked.looker, service=asked.service)


def _page(
    asked: Asked, board: Board, form: PageForm, act: str, *, status: int = 200, **more: Any
) -> Response:
    return show(
        "act.html",
        asked,
        status=status,
        board=board,
        episode=board["episode"],
        standing=standing(board, asked.directory, asked.now),
        form=form,
        act=act,
        **more,
    )


def _did(asked: Asked, form: PageForm, act: Act, places: Mapping[str, str]) -> bool:
    """Whether it was saved; what was refused stands beside its field."""
    try:
        act(form.key(asked.actor))
    except Invalid as fault:
        form.refuse(fault, places)
        return False
    except Conflict as fault:
        form.refuse(Invalid({"once": str(fault)}), {})
        return False
    return True


def _back(reference: str, did: str) -> ResponseReturnValue:
    return redirect(f"/episodes/{reference}?did={did}", 303)


def _police_obligation(board: Board) -> UUID:
    duty = police_duty(board["episode"])
    if duty is None:
        raise NotFound
    return UUID(duty["id"])


@PAGES.add(f"{EPISODE}/police", "acknowledge", form=True, methods="GET POST")
def police_said(asked: Asked, reference: str) -> ResponseReturnValue:
    """What police said on the telephone, with their reference."""
    board = _board(asked, reference)
    form = forms.AnswerForm()
    form.begin(asked.directory, asked.now, by_phone=True)
    if not form.is_submitted():
        return _page(asked, board, form, "police")
    if form.is_sent() and (said := form.said(asked.now, by_phone=True)):
        obligation = _police_obligation(board)

        def act(key: RequestKey) -> object:
            return answering.acknowledge(
                obligation, said, actor=asked.actor, service=asked.service, key=key
            )

        if _did(asked, form, act, forms.ANSWER_PLACES):
            return _back(reference, "police")
    return _page(asked, board, form, "police", status=422)


@PAGES.add(f"{EPISODE}/rang", "record a call", form=True, methods="GET POST")
def rang(asked: Asked, reference: str) -> ResponseReturnValue:
    """A call to police that brought no reference: it ends and delays nothing."""
    board = _board(asked, reference)
    form = forms.CallForm()
    if not form.is_submitted():
        return _page(asked, board, form, "rang")
    if form.is_sent():
        obligation = _police_obligation(board)

        def act(key: RequestKey) -> object:
            return answering.record_call(
                obligation, form.said(), actor=asked.actor, service=asked.service, key=key
            )

        if _did(asked, form, act, {}):
            return _back(reference, "rang")
    return _page(asked, board, form, "rang", status=422)


@PAGES.add(f"{EPISODE}/found", "record coming back", form=True, methods="GET POST")
def found(asked: Asked, reference: str) -> ResponseReturnValue:
    """Found, or back: when, where, and who saw that the child is well."""
    board = _board(asked, reference)
    form = forms.FoundForm()
    form.begin(asked.now)
    if not form.is_submitted():
        return _page(asked, board, form, "found")
    at = form.at(asked.now)
    if form.is_sent() and (at := form.at(asked.now)):
        record = returning.record_located if form.is_only_located else returning.record_returned

        def act(key: RequestKey) -> object:
            return record(
                reference, at, form.said(), actor=asked.actor, service=asked.service, key=key
            )

        if _did(asked, form, act, {"at": "at_clock"}):
            return _back(reference, "located" if form.is_only_located else "found")
    return _page(asked, board, form, "found", status=422)


@PAGES.add(f"{EPISODE}/decision/<uuid:duty>", "decide", form=True, methods="GET POST")
def decision(asked: Asked, reference: str, duty: UUID) -> ResponseReturnValue:
    """A decision with its reason; EDT records one that a manager gave by telephone."""
    board = _board(asked, reference)
    owed = next((o for o in board["episode"]["obligations"] if o["id"] == str(duty)), None)
    if owed is None or owed["kind"] not in DECISIONS:
        raise NotFound
    form = forms.DecisionForm()
    form.begin(DECISIONS[owed["kind"]])
    if not form.is_submitted():
        return _page(asked, board, form, "decision", owed=owed)
    if form.is_sent():
        said = form.said(is_edt=asked.actor.role == "edt")

        def act(key: RequestKey) -> object:
            return answering.decide(duty, said, actor=asked.actor, service=asked.service, key=key)

        if _did(asked, form, _by_name(act), forms.DECISION_PLACES):
            return _back(reference, "decided")
    return _page(asked, board, form, "decision", status=422, owed=owed)


def _by_name(act: Act) -> Act:
    """A decision that is a manager's stands beside the question who gave it."""

    def once(key: RequestKey) -> object:
        try:
            return act(key)
        except Refused as fault:
            if isinstance(fault, Invalid | Conflict | NotFound):
                raise
            raise Invalid({"decided_by": str(fault)}) from fault

    return once
