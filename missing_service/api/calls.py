"""A call of the API: its place, what it takes and answers, who may ask; one thin function each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

import orjson
from flask import Response, request
from marshmallow import Schema

from missing_service.access.looks import Looks
from missing_service.access.permissions import PERMISSIONS, check
from missing_service.api.bodies import LARGEST_BODY, asked_for, photo_bytes, said
from missing_service.api.callers import Asked, actor_of, find_key, request_key
from missing_service.api.schemas_lists import NothingAsked
from missing_service.usecases.keep_photo import LARGEST_PHOTO
from missing_service.usecases.read_with_look import Looker
from missing_service.usecases.service import Done, Service

Handler = Callable[..., Response]
JSON = dict[str, Any]
JSON_TYPE = "application/json"


class Photo(Enum):
    """What is sent or answered where that is a picture, and no JSON."""

    PHOTO = "photo"


PHOTO = Photo.PHOTO


class CallWithoutPermission(Exception):
    """A route stands in no row of the permission table: the service does not start."""


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    rule: str
    act: str
    function: Handler
    takes: type[Schema] | Photo | None
    query: type[Schema] | None
    gives: type[Schema] | Photo
    status: int

    @property
    def is_edit(self) -> bool:
        """Of what was read under an ETag; a photo only takes the place of the one before it."""
        return self.method == "PUT" and self.takes is not PHOTO


class Calls:
    """The calls of one part of the API, in the order written."""

    def __init__(self) -> None:
        self.all: list[Call] = []

    def add(
        self,
        method: str,
        rule: str,
        act: str,
        *,
        gives: type[Schema] | Photo,
        takes: type[Schema] | Photo | None = None,
        query: type[Schema] | None = None,
        status: int = 200,
    ) -> Callable[[Handler], Handler]:
        if act not in PERMISSIONS:
            raise CallWithoutPermission(f"{method} {rule}: nobody may {act!r}.")

        def keep(function: Handler) -> Handler:
            self.all.append(Call(method, rule, act, function, takes, query, gives, status))
            return function

        return keep


def reader_of(call: Call) -> Callable[[], Any] | None:
    """What reads the body, where the call takes one."""
    if call.takes is None:
        return None
    return photo_bytes if isinstance(call.takes, Photo) else partial(said, call.takes())


def view_of(call: Call, service: Service, looks: Looks) -> Handler:
    """What Flask calls: who asks, may they, what do they say, then the function itself."""
    largest = LARGEST_PHOTO if call.takes is PHOTO else LARGEST_BODY
    read = reader_of(call)
    query = (call.query or NothingAsked)()
    what = f"{call.method} {call.rule}"

    def view(**place: Any) -> Response:
        request.max_content_length = largest
        key, session = find_key(service)
        actor = actor_of(key)
        check(call.act, actor)
        page = asked_for(query)
        if call.query:
            place["page"] = page
        if read:
            place["said"] = read()
        looker = Looker(actor, session, what, looks)
        return call.function(Asked(service, actor, looker, request_key(actor)), **place)

    view.__name__ = call.function.__name__
    view.__doc__ = call.function.__doc__
    return view


def answer(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, content_type=JSON_TYPE)


def done(act: Done) -> Response:
    """An act's answer; one given before says so."""
    response = answer(act.body, act.status)
    if act.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
