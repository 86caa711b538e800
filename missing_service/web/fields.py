"""Fields of forms: each keeps what was typed, whatever is wrong with it."""

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from missing_service.domain.errors import Invalid
from missing_service.domain.events import Actor
from missing_service.usecases.service import RequestKey
from missing_service.web import words
from missing_service.web.times import (
    AFTER,
    BEFORE,
    TwoTimes,
    WrongTime,
    day_and_clock,
    read_instant,
)

LONGEST_TEXT = 20_000
LONGEST_NAME = 200
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
EXPIRED = (
    "This page was open for too long. Nothing was sent yet and nothing is lost: send it again."
)
SIDES = {BEFORE: "The first, before the clocks went back", AFTER: "The second, after"}


def _without_null(text: str | None) -> str | None:
    return text.replace("\0", "") if text else text


def _trimmed(text: str | None) -> str | None:
    return _without_null(text).strip() if text else text  # type: ignore[union-attr]


def _not_hidden(form: Any, field: Any) -> None:  # noqa: ARG001 - WTForms' own form
    hidden = [c for c in field.data or "" if words.is_hidden(c)]
    if hidden:
        raise ValidationError(
            f"This holds a character that cannot be seen (U+{ord(hidden[0]):04X}): type it again."
        )


def _most(most: int) -> Any:
    return Length(max=most, message=f"This is too long: at most {most:,} characters.")


def line(label: str, *, hint: str = "", needed: str = "", kind: str = "text", **more: Any) -> Any:
    """One line of text; with `needed` the sentence that asks for it."""
    must = InputRequired(needed) if needed else Optional()
    shown = {"type": kind, "maxlength": None, **more}
    return StringField(
        label, [must, _most(LONGEST_TEXT)], [_trimmed], description=hint, render_kw=shown
    )


def name_line(label: str, *, hint: str = "", needed: str = "", most: int = LONGEST_NAME) -> Any:
    """A name or a reference that stands on record: nothing in it may hide."""
    must = InputRequired(needed) if needed else Optional()
    return StringField(
        label,
        [must, _most(most), _not_hidden],
        [_trimmed],
        description=hint,
        render_kw={"type": "text"},
    )


def text(label: str, *, hint: str = "", needed: str = "", rows: int = 3) -> Any:
    must = InputRequired(needed) if needed else Optional()
    return TextAreaField(
        label,
        [must, _most(LONGEST_TEXT)],
        [_trimmed],
        description=hint,
        render_kw={"rows": rows},
    )


def choices(codes: Mapping[str, str]) -> list[Any]:
    return [SelectChoice(code, label) for code, label in codes.items()]


def radios(label: str, codes: Mapping[str, str], *, hint: str = "", **more: Any) -> Any:
    """One of a few; nothing chosen is an answer too, unless `needed` says a sentence."""
    needed = more.pop("needed", "")
    return RadioField(
        label,
        [InputRequired(needed) if needed else Optional()],
        choices=choices(codes),
        description=hint,
        validate_choice=True,
        **more,
    )


def answer(label: str, *, hint: str = "") -> Any:
    return radios(label, words.ANSWERS, hint=hint)


def select(label: str, codes: Mapping[str, str], *, hint: str = "", **more: Any) -> Any:
    return SelectField(
        label, [Optional()], choices=choices({"": "", **codes}), description=hint, **more
    )


def ticks(label: str, codes: Mapping[str, str], *, hint: str = "") -> Any:
    return SelectMultipleField(label, choices=choices(codes), description=hint)


def side() -> Any:
    """Asked only in the night when an hour comes twice."""
    return radios("Which of the two?", SIDES)


def clock(label: str, *, hint: str = "") -> Any:
    return line(label, hint=hint, inputmode="numeric")


def day(label: str, *, hint: str = "") -> Any:
    return line(label, hint=hint)


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form that is sent once, however often its button is pressed."""

    once = HiddenField(default=lambda: secrets.token_urlsafe(16))

    def is_sent(self) -> bool:
        """It was sent, and every answer can be read."""
        return bool(self.validate_on_submit())

    def key(self, actor: Actor) -> RequestKey:
        """The same drawn page is one act; what is typed into it once it was sent makes no other."""
        once = self.once.data or ""
        sure = once if KEY.fullmatch(once) else secrets.token_urlsafe(16)
        fingerprint = sha256(request.path.encode()).digest()
        return RequestKey(f"{actor.principal}|{actor.name or ''}", f"page:{sure}", fingerprint)

    def refuse(self, fault: Invalid, places: Mapping[str, str]) -> None:
        """Show what the service refused beside the field that it is about."""
        for dotted, said in fault.errors:
            name = places.get(dotted, dotted.rpartition(".")[2])
            field = self._fields.get(name) or self.once
            field.errors = [*field.errors, said]

    def faults(self) -> list[tuple[str, str]]:
        """Each fault with the field that it is about, in the order of the page."""
        return [
            (field.id, EXPIRED if field.name == "csrf_token" else said)
            for field in self
            for said in field.errors
        ]


def read_when(form: PageForm, name: str, now: datetime) -> datetime | None:
    """The instant in the fields NAME_day, NAME_clock and NAME_side; a fault stands beside them."""
    typed = {part: form[f"{name}_{part}"] for part in ("day", "clock", "side")}
    if not typed["clock"].data:
        if typed["day"].data:
            typed["clock"].errors = ["Give the time as well; about is good enough."]
        return None
    try:
        return read_instant(
            typed["day"].data or "", typed["clock"].data, typed["side"].data, now=now
        )
    except TwoTimes as fault:
        typed["side"].errors = [str(fault)]
    except WrongTime as fault:
        typed["clock"].errors = [str(fault)]
    return None


def fill_when(form: PageForm, name: str, at: datetime) -> None:
    """Fill the fields with an instant, where nothing was typed yet."""
    form[f"{name}_day"].data, form[f"{name}_clock"].data = day_and_clock(at)


def known(names: Iterable[str], form: PageForm) -> dict[str, Any]:
    """What was typed into these fields; what was left empty is absent."""
    found = {name: form[name].data for name in names}
    return {name: value for name, value in found.items() if value}
