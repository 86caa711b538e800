"""Fields that take one form each, and say what they need where they are given another."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import category, name

from marshmallow import fields
from marshmallow.exceptions import ValidationError

from missing_service.domain.stored import instant

LONGEST_TEXT = 20_000
LONGEST_NAME = 200
RFC_3339 = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]"
    r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
OFFSET_NEEDED = "Give the time with the offset needed, like 2026-11-24T22:30:00Z or …+00:00."
FIRST_YEAR = 2000
HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
REQUIRED = "This is required."


class Text(fields.String):
    """A person's words, up to 20,000 characters; with `needed`, not blank."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own form
        "required": REQUIRED,
        "null": REQUIRED,
        "invalid": "Give text.",
        "long": "Give at most {most} characters.",
        "blank": REQUIRED,
    }

    def __init__(self, *, most: int = LONGEST_TEXT, needed: bool = False, **options: Any) -> None:
        options.setdefault("allow_none", not needed)
        options.setdefault("metadata", {}).update(
            maxLength=most, **({"pattern": r"\S"} if needed else {})
        )
        super().__init__(required=needed or options.pop("required", False), **options)
        self.most = most
        self.needed = needed

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > self.most:
            raise self.make_error("long", most=self.most)
        if self.needed and not value.strip():
            raise self.make_error("blank")
        return super()._deserialize(value, attr, data, **more)


class Name(Text):
    """A name or a reference given in an act: nothing in it may hide from who reads it."""

    def __init__(self, *, most: int = LONGEST_NAME, **options: Any) -> None:
        super().__init__(most=most, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        hidden = [c for c in text if HIDDEN.match(c) or category(c) == "Cc"]
        if hidden:
            called = name(hidden[0], f"U+{ord(hidden[0]):04X}")
            raise ValidationError(
                f"This holds a character that cannot be seen ({called}): leave it out."
            )
        return text


class Word(fields.Field[str]):
    """One of a list of words."""

    def __init__(self, words: Any, **options: Any) -> None:
        self.words = tuple(str(word) for word in words)
        enum = [*self.words, None] if options.get("allow_none") else list(self.words)
        options.setdefault("metadata", {}).update(enum=enum)
        options.setdefault("error_messages", {}).update(required=REQUIRED, null=REQUIRED)
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str) or value not in self.words:
            raise ValidationError(f"Say one of {', '.join(self.words)}.")
        return value


class Flag(fields.Boolean):
    """true or false, and nothing that stands for them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise ValidationError("Say true or false.")
        return value


class Whole(fields.Integer):
    """A whole number, written as one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:  # noqa: ARG002
        if type(value) is not int:
            raise ValidationError("Give a whole number.")
        return value


class WholeOrText(fields.Field[Any]):
    """A number where it is known, words where it is not."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        kind: fields.Field[Any] = Text(most=LONGEST_NAME) if isinstance(value, str) else Whole()
        return kind.deserialize(value, attr, data, **more)


class Instant(fields.AwareDateTime):
    """An instant with its offset, of an act that has happened."""

    first_year = FIRST_YEAR

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {}).update(required=REQUIRED, null=REQUIRED)
        super().__init__(format="iso", default_timezone=None, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if not isinstance(value, str) or not RFC_3339.fullmatch(value):
            raise ValidationError(OFFSET_NEEDED)
        try:
            found = super()._deserialize(value.upper(), attr, data, **more).astimezone(UTC)
        except (ValidationError, OverflowError, ValueError):
            raise ValidationError(OFFSET_NEEDED) from None
        if found.year < self.first_year:
            raise ValidationError("This lies before the year 2000: check the time.")
        return found


class InstantText(Instant):
    """An instant as a report keeps it: whatever was said, in UTC."""

    first_year = 1

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        found: datetime = super()._deserialize(value, attr, data, **more)
        return instant(found)


class DateText(fields.Date):
    """A date that exists, as YYYY-MM-DD, kept as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:  # noqa: ARG002
        try:
            if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
                raise ValueError(value)
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise ValidationError("Give a date that exists, as YYYY-MM-DD.") from None


def dotted(messages: Any, at: str = "") -> list[tuple[str, str]]:
    """Each message with the dotted name of its field."""
    if isinstance(messages, Mapping):
        return [
            pair
            for field, inner in messages.items()
            for pair in dotted(inner, at if field == "_schema" else f"{at}.{field}".lstrip("."))
        ]
    return [(at, str(said)) for said in (messages if isinstance(messages, list) else [messages])]
