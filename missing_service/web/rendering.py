"""What every template may use: the time as people say it, words for codes, text that hides
nothing."""

from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from flask import Flask, Response, g, make_response, render_template
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from missing_service.domain.people_message import clock_time
from missing_service.web import words
from missing_service.web.desk import Asked, desk
from missing_service.web.times import LONDON, age, instant_of, length, when

PLACES = {
    "edt": (("/edt", "Open episodes"), ("/episodes/new", "Report a child")),
    "police": (("/police", "Alerts to answer"),),
    "manager": (("/managers", "Overdue"), ("/edt", "Open episodes")),
    "lead": (("/managers", "Overdue"), ("/edt", "Open episodes")),
}


@cache
def asset(name: str) -> str:
    """The address of one of our files: another one when its content changes."""
    content = (files("missing_service.web") / "static" / name).read_bytes()
    return f"/assets/{name}?v={sha256(content).hexdigest()[:12]}"


def show(
    template: str, asked: Asked | None = None, *, status: int = 200, **values: Any
) -> Response:
    """The page, in the time of the service's own clock."""
    g.now = asked.now if asked else desk().service.clock.now()
    actor = asked.actor if asked else None
    shown = render_template(
        f"pages/{template}",
        actor=actor,
        places=PLACES.get(actor.role, ()) if actor else (),
        now=g.now,
        environment=desk().settings.environment,
        desks=_desks(asked),
        **values,
    )
    return make_response(shown, status)


def _desks(asked: Asked | None) -> list[tuple[str, str]]:
    """The duty desks that this person may have to ring, by council."""
    if asked is None:
        return []
    force = asked.directory.forces.get(asked.actor.organisation)
    codes = force.covers if force else (asked.actor.organisation,)
    councils = filter(None, map(asked.directory.councils.get, codes))
    return [(council.name, council.edt_phone) for council in councils]


def said(text: Any) -> Markup:
    """Somebody's words, on their own: their direction turns nothing round beside them."""
    return Markup("<bdi>{}</bdi>").format(words.visible(text))


def a_time(value: Any) -> Markup:
    """ "03:12, 14 minutes ago", with the instant for machines."""
    if not value:
        return escape("not known")
    at = instant_of(value)
    iso, text = at.isoformat(), when(at, g.now)
    return Markup('<time datetime="{}">{}</time>').format(iso, text)


def reference(given: Any) -> Markup:
    return said(words.reference(given))


def is_past(value: Any) -> bool:
    now: datetime = g.now
    return instant_of(value) <= now


def since(value: Any) -> str:
    """How long ago that was."""
    return length(g.now - instant_of(value))


def left(value: Any) -> str:
    """How long until then; how late it is where that has passed."""
    distance = instant_of(value) - g.now
    return f"{length(distance)} left" if distance > timedelta() else f"{length(-distance)} late"


def by_clock(value: Any) -> str:
    """ "03:12", with the day where it is not today's."""
    return clock_time(instant_of(value), g.now)


def clock(value: datetime) -> str:
    return f"{value.astimezone(LONDON):%H:%M:%S}"


def years(date_of_birth: str) -> int:
    return age(date_of_birth, g.now)


def register_words(app: Flask) -> None:
    app.add_template_global(asset, "asset")
    app.jinja_env.globals.update(words=words, csrf_token=generate_csrf)
    app.add_template_global(words.word, "word")
    for name, function in (
        ("said", said),
        ("when", a_time),
        ("reference", reference),
        ("is_past", is_past),
        ("since", since),
        ("left", left),
        ("by_clock", by_clock),
        ("clock", clock),
        ("years", years),
    ):
        app.add_template_filter(function, name)
