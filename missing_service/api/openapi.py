"""The API's own document: made from the calls and their schemas, so that it says nothing else."""

import http
from collections.abc import Callable
from typing import Any

import orjson
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask, Response
from flask_smorest import Api, Blueprint
from flask_smorest.utils import prepare_response
from marshmallow import fields
from werkzeug.routing import BaseConverter

from missing_service.access.permissions import PERMISSIONS
from missing_service.api import fields as own_fields
from missing_service.api.calls import JSON_TYPE, PHOTO, Call
from missing_service.api.errors import PROBLEM
from missing_service.api.schemas_answers import Open, Problem
from missing_service.api.schemas_report import ReferenceOrText, TextOr
from missing_service.domain.photo import MEDIA_TYPE

VERSION = "1"
READS = ("search children",)  # asked with a body, so that no name stands in a URL
REFERENCE = "[A-Za-z0-9-]{1,40}"
BYTES = {"type": "string", "format": "binary"}
GIVEN_PHOTO = {"schema": BYTES, "content_type": MEDIA_TYPE}
SENT = ("image/jpeg", "image/png", "image/webp")
PICTURE = {"required": True, "content": {kind: {"schema": BYTES} for kind in SENT}}
DESCRIPTION = (
    "Makes sure that police are told of a missing child, until a person answers with a reference. "
    "Times are RFC 3339 with an offset; unknown fields are refused by name; "
    "errors are problem+json (RFC 9457)."
)


class ReferenceConverter(BaseConverter):
    """An episode's reference as people read it out."""

    regex = REFERENCE

    def to_python(self, value: str) -> str:
        return value.upper()


class ByKey(Open):
    on_behalf_of = fields.String(
        data_key="On-Behalf-Of",
        metadata={"description": "name=<percent-encoded UTF-8>; role=<role>: the person on record"},
    )


class ByPerson(Open):
    on_behalf_of = fields.String(
        data_key="On-Behalf-Of",
        required=True,
        metadata={"description": "name=<percent-encoded UTF-8>; role=<role>: the person on record"},
    )


class Once(Open):
    idempotency_key = fields.String(
        data_key="Idempotency-Key",
        metadata={"description": "the same again gets the first answer again", "maxLength": 255},
    )


class OfVersion(Open):
    if_match = fields.String(
        data_key="If-Match",
        required=True,
        metadata={"description": 'the ETag that was read; "0" where nothing was written'},
    )


class ApiDocument(Api):  # type: ignore[misc]
    """flask-smorest, with our errors: problem+json, answered by `api.errors` alone."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Refusals are answered in one place."""

    def _register_responses(self) -> None:
        names = [(status.name, status.phrase) for status in http.HTTPStatus]
        for name, phrase in [*names, ("DEFAULT_ERROR", "Anything else that is refused")]:
            response = {"description": phrase, "schema": Problem}
            prepare_response(response, self.spec, PROBLEM)
            self.spec.components.response(name, response, lazy=True)


def _name_of(schema: Any) -> str:
    """What is sent and what is answered may have one name in the code, never in the document."""
    kind: Any = resolve_schema_cls(schema)
    return kind.__name__ if issubclass(kind, Open) else f"{kind.__name__}Sent"


def make_document(app: Flask) -> ApiDocument:
    """The empty document of this app's API."""
    app.url_map.converters["ref"] = ReferenceConverter
    options: dict[str, Any] = {
        "title": "missing_service",
        "version": VERSION,
        "openapi_version": "3.1.0",
        "info": {"description": DESCRIPTION},
        "security": [{"key": []}],
    }
    options["marshmallow_plugin"] = MarshmallowPlugin(schema_name_resolver=_name_of)
    document = ApiDocument(app, spec_kwargs=options)
    scheme = {"type": "http", "scheme": "bearer", "description": "A machine's key."}
    document.spec.components.security_scheme("key", scheme)
    document.register_converter(
        ReferenceConverter, lambda _: {"type": "string", "pattern": f"^{REFERENCE}$"}
    )
    document.register_field(own_fields.Word, "string", None)
    document.register_field(own_fields.WholeOrText, None, None)
    document.register_field(ReferenceOrText, None, None)
    document.register_field(TextOr, None, None)
    return document


def describe(blueprint: Any, call: Call, view: Callable[..., Response]) -> Callable[..., Response]:
    """The view, with what flask-smorest writes of it; parsing and answering stay the view's own."""

    def shown() -> None:
        """Never called: it carries what is said of the view."""

    decorated: Any = shown
    decorated = blueprint.response(call.status, **_given(call))(decorated)
    if call.takes is PHOTO:
        decorated = blueprint.doc(requestBody=PICTURE)(decorated)
    for status in _refusals(call):
        decorated = blueprint.alt_response(status, response=http.HTTPStatus(status).name)(decorated)
    for location, schema in _arguments(call):
        decorated = blueprint.arguments(schema, location=location)(decorated)
    view._apidoc = decorated._apidoc  # type: ignore[attr-defined]
    return view


def _given(call: Call) -> dict[str, Any]:
    return GIVEN_PHOTO if call.gives is PHOTO else {"schema": call.gives}


def _arguments(call: Call) -> list[tuple[str, Any]]:
    personal = PERMISSIONS[call.act].is_personal
    found: list[tuple[str, Any]] = [("headers", ByPerson if personal else ByKey)]
    if call.method == "POST" and call.act not in READS:
        found.append(("headers", Once))
    if call.is_edit:
        found.append(("headers", OfVersion))
    if call.query:
        found.append(("query", call.query))
    if call.takes and call.takes is not PHOTO:
        found.append(("json", call.takes))
    return found


def _refusals(call: Call) -> list[int]:
    always = [401, 403, 422, 503]
    placed = [404] if "<" in call.rule else []
    said = [400, 409, 413, 415] if call.takes else []
    edited = [412, 428] if call.is_edit else []
    return sorted([*always, *placed, *said, *edited])


def add_calls(
    document: ApiDocument, app_calls: list[Call], make_view: Callable[[Call], Any]
) -> Any:
    """Register the calls under /api/v1, each with its part of the document."""
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
    for call in app_calls:
        view = describe(blueprint, call, make_view(call))
        view.provide_automatic_options = False  # type: ignore[attr-defined]
        blueprint.add_url_rule(call.rule, view_func=view, methods=[call.method])
    document.register_blueprint(blueprint)
    return blueprint


def serve_document(app: Flask, document: ApiDocument) -> None:
    """The document itself, made once."""
    made: list[bytes] = []

    def openapi_json() -> Response:
        """The API's document, OpenAPI 3.1."""
        if not made:
            made.append(orjson.dumps(document.spec.to_dict()))
        return Response(made[0], content_type=JSON_TYPE)

    app.add_url_rule("/api/v1/openapi.json", "openapi_json", openapi_json)
