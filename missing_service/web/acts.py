"""What people of the council do about an episode: ring police, write the reference, say found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from missing_service.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from missing_service.usecases import answer_obligation as answering
from missing_service.usecases import decide_obligation
from missing_service.usecases import record_return as returning
from missing_service.usecases.read_boards import read_board
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
    "photo": "Saved: police are told of the photo, and where they see it.",
    "decided": "Saved: the decision stands on record.",
    "not-told": "You were not told of this by the service, so there is nothing for you to take.",
}
DECISIONS = {
    "still_missing_review": ("CONTINUE", "ESCALATE"),
    "police_declined_review": ("ACCEPT", "ESCALATE"),
    "strategy_discussion": ("YES", "NO"),
    "urgent_disclosure": ("YES", "NO"),
}
Act = Callable[..., object]  # takes `key`: under it the act is done once
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


@dataclass(frozen=True, slots=True)
class Sheet:
    """One act's page: whose episode, which form, and where the service's refusals belong."""

    asked: Asked
    reference: str
    board: Board
    form: PageForm
    act: str
    places: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def draw(self, *, status: int = 200) -> Response:
        return show(
            "act.html",
            self.asked,
            status=status,
            board=self.board,
            episode=self.board["episode"],
            standing=standing(self.board, self.asked.directory, self.asked.now),
            form=self.form,
            act=self.act,
            **self.more,
        )

    def answer(self, make: Callable[[], Act | None], did: str) -> ResponseReturnValue:
        """Draw the form; sent, do what `make` says once, or show what is wrong beside it."""
        if not self.form.is_submitted():
            return self.draw()
        is_read = self.form.is_sent()
        act = make()
        if is_read and act and do_once(act, self.form, self.asked, self.places):
            return redirect(f"/episodes/{self.reference}?did={did}", 303)
        return self.draw(status=422)


def do_once(act: Act, form: PageForm, asked: Asked, places: Mapping[str, str]) -> bool:
    """Whether it was saved; what was refused stands beside its field."""
    try:
        act(actor=asked.actor, service=asked.service, key=form.key(asked.actor))
    except Invalid as fault:
        form.refuse(fault, places)
    except Conflict as fault:
        form.refuse(Invalid({"once": str(fault)}), {})
    else:
        return True
    return False


def _board(asked: Asked, reference: str) -> Board:
    return read_board(reference, looker=asked.looker, service=asked.service)


def police_obligation(board: Board) -> UUID:
    """What police answer of this episode."""
    duty = police_duty(board["episode"])
    if duty is None:
        raise NotFound
    return UUID(duty["id"])


@PAGES.add(f"{EPISODE}/police", "acknowledge", form=True, methods="GET POST")
def police_said(asked: Asked, reference: str) -> ResponseReturnValue:
    """What police said on the telephone, with their reference."""
    if asked.actor.role == "police":
        raise NotAllowed("Police answer on the alert’s own page.")
    board = _board(asked, reference)
    form = forms.AnswerForm()
    form.begin(asked.directory, asked.now, by_phone=True)

    def make() -> Act | None:
        said = form.said(asked.now, by_phone=True)
        return partial(answering.acknowledge, police_obligation(board), said) if said else None

    sheet = Sheet(asked, reference, board, form, "police", forms.ANSWER_PLACES)
    return sheet.answer(make, "police")


@PAGES.add(f"{EPISODE}/rang", "record a call", form=True, methods="GET POST")
def rang(asked: Asked, reference: str) -> ResponseReturnValue:
    """A call to police that brought no reference: it ends and delays nothing."""
    board = _board(asked, reference)
    form = forms.CallForm()

    def make() -> Act:
        return partial(answering.record_call, police_obligation(board), form.said())

    return Sheet(asked, reference, board, form, "rang").answer(make, "rang")


@PAGES.add(f"{EPISODE}/found", "record coming back", form=True, methods="GET POST")
def found(asked: Asked, reference: str) -> ResponseReturnValue:
    """Found, or back: when, where, and who saw that the child is well."""
    board = _board(asked, reference)
    form = forms.FoundForm()
    form.begin(asked.now)
    record = returning.record_located if form.is_only_located else returning.record_returned

    def make() -> Act | None:
        at = form.at(asked.now)
        return partial(record, reference, at, form.said()) if at else None

    sheet = Sheet(asked, reference, board, form, "found", {"at": "at_clock"})
    return sheet.answer(make, "located" if form.is_only_located else "found")


@PAGES.add(f"{EPISODE}/decision/<uuid:duty>", "decide", form=True, methods="GET POST")
def decision(asked: Asked, reference: str, duty: UUID) -> ResponseReturnValue:
    """A decision with its reason; EDT records one that a manager gave by telephone."""
    board = _board(asked, reference)
    owed = next((o for o in board["episode"]["obligations"] if o["id"] == str(duty)), None)
    if owed is None or owed["kind"] not in DECISIONS:
        raise NotFound
    form = forms.DecisionForm()
    form.begin(DECISIONS[owed["kind"]])
    said = form.said(is_edt=asked.actor.role == "edt")
    act = partial(_decide, duty, said)
    sheet = Sheet(asked, reference, board, form, "decision", more={"owed": owed})
    return sheet.answer(lambda: act, "decided")


def _decide(duty: UUID, said: Mapping[str, Any], **by: Any) -> object:
    """A decision that is a manager's stands beside the question who gave it."""
    try:
        return decide_obligation.decide(duty, said, **by)
    except NotAllowed as fault:
        raise Invalid({"decided_by": str(fault)}) from fault
