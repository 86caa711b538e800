"""What a request says, read strictly and before anything else is done with it."""

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from missing_service.api.errors import NotThisForm, TooLarge
from missing_service.api.fields import dotted
from missing_service.api.strict_json import read_json
from missing_service.domain.errors import Invalid, PhotoTooLarge
from missing_service.usecases.keep_photo import LARGEST_PHOTO

LARGEST_BODY = 256 * 1024
MOST_ERRORS = 100


def raw_body() -> bytes:
    """The body's bytes, where they are JSON by their own account and not too many."""
    if request.content_length is not None and request.content_length > LARGEST_BODY:
        raise TooLarge
    if request.mimetype != "application/json" or request.headers.get("Content-Encoding"):
        raise NotThisForm
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise NotThisForm
    body = request.get_data(cache=True)
    if len(body) > LARGEST_BODY:
        raise TooLarge
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or body[:3] == b"\xef\xbb\xbf" or b"\0" in body:
        raise NotThisForm
    return body


def photo_bytes() -> bytes:
    """The body as it came, whatever it is called: what it is, its content says."""
    if request.headers.get("Content-Encoding"):
        raise NotThisForm("Send the photo itself, unpacked.")
    if request.content_length is not None and request.content_length > LARGEST_PHOTO:
        raise PhotoTooLarge
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        raise PhotoTooLarge from None


def said(schema: Schema) -> Any:
    """The body as the schema takes it; where nothing need be said, none is needed."""
    if not schema.fields and not request.content_length and not request.get_data():
        return {}
    return _loaded(schema, read_json(raw_body()))


def asked_for(schema: Schema) -> Any:
    """The query as the schema takes it; a name given twice has no one meaning."""
    words: MultiDict[str, str] = request.args
    twice = [name for name in words if len(words.getlist(name)) > 1]
    if twice:
        raise Invalid([(name[:100], "Give this once.") for name in twice])
    return _loaded(schema, words.to_dict())


def _loaded(schema: Schema, value: Any) -> Any:
    try:
        return schema.load(value)
    except ValidationError as fault:
        found = dotted(fault.messages)[:MOST_ERRORS]
        raise Invalid([(field[:200], text) for field, text in found]) from None
