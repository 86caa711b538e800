"""What every page is given, and who asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from missing_service.access.looks import Looks
from missing_service.access.permissions import PERMISSIONS, check
from missing_service.config import Settings
from missing_service.domain.directory import Directory, RoleHeld
from missing_service.domain.events import Actor
from missing_service.usecases.read_with_look import Looker
from missing_service.usecases.service import Service
from missing_service.web import words
from missing_service.web.sessions import PageSession, StoredSessions

EXTENSION = "missing_service.pages"
LARGEST_FORM = 1024 * 1024
View = Callable[..., ResponseReturnValue]


class SignInFirst(Exception):
    """Nobody is signed in, or no longer."""


class ForeignForm(Exception):
    """The form was not one of ours, or belongs to a session that has ended."""


class PageWithoutPermission(Exception):
    """A page stands in no row of the permission table: the service does not start."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of one app work with."""

    service: Service
    settings: Settings
    looks: Looks
    sessions: StoredSessions

    @property
    def has_demonstration(self) -> bool:
        """Only there can somebody sign in by saying who they are."""
        return self.settings.environment in ("demo", "development")


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of a page: by whom, of which service."""

    service: Service
    actor: Actor
    looker: Looker
    now: datetime
    directory: Directory


def desk() -> Desk:
    found: Desk = current_app.extensions[EXTENSION]
    return found


def own_session() -> PageSession:
    found: Any = session._get_current_object()  # type: ignore[attr-defined]
    kept: PageSession = found
    return kept


def find_actor(directory: Directory, now: datetime) -> Actor | None:
    """Who is signed in, in the one role they signed in with, as long as they hold it."""
    own = own_session()
    if own.fault:
        raise own.fault
    person = directory.person(own.person) if own.person else None
    if person is None or not own.row:
        return None
    held = [r for r in directory.roles_of(person.email, now) if _is_chosen(r, own)]
    if not held:
        return None
    chosen = held[0]
    title = words.ROLES[chosen.role]
    return Actor(f"person:{person.email}", chosen.organisation, chosen.role, person.name, title)


def _is_chosen(held: RoleHeld, own: PageSession) -> bool:
    return (held.role, held.organisation) == (own.get("role"), own.get("organisation"))


def ask() -> Asked:
    """Who asks now; `SignInFirst` where that is nobody."""
    own_desk = desk()
    now = own_desk.service.clock.now()
    directory = own_desk.service.store.directory()
    actor = find_actor(directory, now)
    if actor is None:
        raise SignInFirst
    what = f"page {request.url_rule.rule if request.url_rule else ''}"
    looker = Looker(actor, own_session().name, what, own_desk.looks)
    return Asked(own_desk.service, actor, looker, now, directory)


@dataclass(frozen=True, slots=True)
class PageRule:
    """One page's place, who may use it, and whether its form keeps what was typed."""

    rule: str
    act: str
    methods: tuple[str, ...]
    form: bool
    function: View


class Pages:
    """The pages of one part, in the order written."""

    def __init__(self) -> None:
        self.all: list[PageRule] = []

    def add(
        self, rule: str, act: str, *, methods: str = "GET", form: bool = False
    ) -> Callable[[View], View]:
        """A page for whoever may do `act`; one with `form` checks its own form's token."""
        if act not in PERMISSIONS:
            raise PageWithoutPermission(f"{rule}: nobody may {act!r}.")

        def keep(function: View) -> View:
            self.all.append(PageRule(rule, act, tuple(methods.split()), form, function))
            return function

        return keep

    def register(self, blueprint: Blueprint) -> None:
        for own in self.all:
            blueprint.add_url_rule(own.rule, view_func=_guarded(own), methods=own.methods)


def _guarded(own: PageRule) -> View:
    """Who asks, may they, is the form ours; then the page's own function."""

    @wraps(own.function)
    def view(**place: Any) -> ResponseReturnValue:
        asked = ask()
        check(own.act, asked.actor)
        check_form(keeps_text=own.form)
        return own.function(asked, **place)

    return view


def check_form(*, keeps_text: bool = False) -> None:
    """Refuse a form that another site sent; one that keeps its text says so beside it."""
    if request.method != "POST":
        return
    _check_origin()
    if not keeps_text:
        try:
            validate_csrf(request.form.get("csrf_token"))
        except ValidationError as fault:
            raise ForeignForm from fault


def _check_origin() -> None:
    """Pages send no referrer, so a browser may call its own origin "null"."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        is_own = site in ("same-origin", "none")
    else:
        origin = request.headers.get("Origin", "null")
        is_own = origin in ("null", desk().settings.public_url, request.host_url.rstrip("/"))
    if not is_own:
        raise ForeignForm
