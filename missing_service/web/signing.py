"""Signing in and out; only in a demonstration by saying who one is."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from missing_service.domain.codes import Role
from missing_service.domain.directory import Directory, Person, RoleHeld
from missing_service.domain.errors import NotFound
from missing_service.web import words
from missing_service.web.desk import (
    SignInFirst,
    ask,
    check_form,
    desk,
    own_session,
)
from missing_service.web.rendering import PLACES, show

HOMES = {
    Role.EDT: "/edt",
    Role.POLICE: "/police",
    Role.MANAGER: "/managers",
}
OWN_PLACE = re.compile(r"/(?:[A-Za-z0-9_-]+/?)*")
KEPT = "kept-"
LONGEST_KEPT = 200_000
NEW_REPORT = "/episodes/new"
Group = tuple[str, list[tuple[str, str, str]]]


def own_place(asked_for: str | None) -> str:
    """A path of ours to go to, else the start: no other site, and no query."""
    found = OWN_PLACE.fullmatch(asked_for or "")
    return found[0] if found and not found[0].startswith("//") else "/"


def place_to_return_to() -> str:
    place = own_place(request.path)
    return f"?next={quote(place)}" if place != "/" else ""


def ask_to_sign_in(*, status: int = 200, ended: bool = False) -> Response:
    """The sign-in page; a report that was being sent goes with it, and is not lost."""
    is_report = request.method == "POST" and request.path == NEW_REPORT
    kept = _typed() if is_report else []
    place = NEW_REPORT if is_report else own_place(request.args.get("next"))
    return show(
        "sign_in.html",
        status=status,
        people=_people(desk().service.store.directory()) if desk().has_demonstration else [],
        next=place,
        kept=kept,
        ended=ended,
    )


def _typed() -> list[tuple[str, str]]:
    """What was typed into the form: not its token, which belongs to the session that ended."""
    found = [(n, v) for n, v in request.form.items(multi=True) if n != "csrf_token"]
    return found if sum(len(v) for _, v in found) <= LONGEST_KEPT else []


def _people(directory: Directory) -> list[Group]:
    """Each person in each of their roles, by organisation."""
    now = desk().service.clock.now()
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for person in directory.people.values():
        for held in directory.roles_of(person.email, now):
            groups.setdefault(_name(held, directory), []).append(_button(person, held))
    return sorted(groups.items())


def _name(held: RoleHeld, directory: Directory) -> str:
    code = held.organisation
    known = directory.councils.get(code) or directory.forces.get(code)
    return known.name if known else code


def _button(person: Person, held: RoleHeld) -> tuple[str, str, str]:
    value = f"{person.email}|{held.role}|{held.organisation}"
    return value, person.name, words.ROLES[held.role]


def _chosen(directory: Directory, who: str) -> tuple[Person, RoleHeld]:
    """The demonstration person of that button, in that role."""
    email, _, office = who.partition("|")
    person = directory.person(email)
    held: Iterable[RoleHeld] = directory.roles_of(email, desk().service.clock.now())
    found = [r for r in held if f"{r.role}|{r.organisation}" == office]
    if not desk().has_demonstration or person is None or not found:
        raise NotFound
    return person, found[0]


def sign_in() -> ResponseReturnValue:
    """Who are you? A session begins with a new token; what was typed before it comes along."""
    if request.method == "GET":
        return ask_to_sign_in()
    check_form()
    person, held = _chosen(desk().service.store.directory(), request.form.get("who", ""))
    own, now = own_session(), desk().service.clock.now()
    own.clear()
    own.update(role=held.role, organisation=held.organisation)
    desk().sessions.begin(own, person.email, now)
    answer = _go_on()
    desk().sessions.hand_out(own, answer)
    return answer


def _go_on() -> Response:
    """Where the person was going; with a report that was typed, the form that it stands in."""
    kept = [(n.removeprefix(KEPT), v) for n, v in _kept()]
    if kept:
        from missing_service.web.edt.pages import show_kept_report

        return show_kept_report(ask(), kept)
    return _to(own_place(request.form.get("next")))


def _kept() -> list[tuple[str, str]]:
    return [(n, v) for n, v in request.form.items(multi=True) if n.startswith(KEPT)]


def _to(place: str) -> Response:
    return Response(status=303, headers={"Location": place})


def sign_out() -> Response:
    """The session ends here and in the browser."""
    check_form()
    desk().sessions.end(own_session())
    answer = ask_to_sign_in(ended=True)
    desk().sessions.take_back(answer)
    return answer


def home() -> ResponseReturnValue:
    """Each goes to their own first page; for others, what they can do here."""
    try:
        asked = ask()
    except SignInFirst:
        return redirect("/sign-in", 303)
    place = HOMES.get(Role(asked.actor.role))
    if place:
        return redirect(place, 303)
    return show(
        "said.html",
        asked,
        title=f"You are signed in as {words.ROLES[asked.actor.role]}",
        lines=WHAT_THEY_CAN_DO[asked.actor.role],
        links=PLACES.get(asked.actor.role, ()),
    )


WHAT_THEY_CAN_DO = {
    "lead": ("You can read everything that your council may see, and change nothing.",),
    "interviewer": (
        "Your own pages are not built yet.",
        "You can open an episode by the link in a message. Interviews and their records are kept "
        "through the API until then.",
    ),
    "admin": (
        "Your own pages are not built yet. The queue and retries are served by the API.",
        "An administrator reads no child’s record.",
    ),
}


def register_signing(pages: Blueprint) -> None:
    pages.add_url_rule("/", view_func=home)
    pages.add_url_rule("/sign-in", view_func=sign_in, methods=["GET", "POST"])
    pages.add_url_rule("/sign-out", view_func=sign_out, methods=["POST"])
