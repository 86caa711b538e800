"""Joins the API's parts to a Flask app."""

from collections.abc import Iterable

from flask import Flask

from missing_service.access.headers import register_headers
from missing_service.access.looks import Looks
from missing_service.api import children, deliveries, episodes, interviews, obligations, questions
from missing_service.api.calls import Call, CallWithoutPermission, view_of
from missing_service.api.docs import make_docs
from missing_service.api.errors import ElsewhereError, register_errors
from missing_service.api.health import make_health
from missing_service.api.metrics import Metrics
from missing_service.api.openapi import add_calls, make_document, serve_document
from missing_service.domain.codes import LadderRole
from missing_service.usecases.service import Service

PARTS = (episodes, questions, children, obligations, interviews, deliveries)
PREFIX = "/api/v1/"
OPEN = ("openapi_json", "docs.page", "docs.file")  # they say nothing of anybody


def register_api(
    app: Flask,
    service: Service,
    *,
    ladder_roles: Iterable[str] = tuple(LadderRole),
    elsewhere: ElsewhereError | None = None,
) -> None:
    """Serve the API from this app; `elsewhere` answers errors outside the API's own paths."""
    looks = Looks()
    document = make_document(app)
    add_calls(document, all_calls(), lambda call: view_of(call, service, looks))
    serve_document(app, document)
    app.register_blueprint(make_docs())
    roles = tuple(ladder_roles)
    metrics = Metrics(service, roles)
    app.register_blueprint(make_health(service, metrics, roles))
    app.after_request(metrics.count)
    register_headers(app)
    register_errors(app, elsewhere)
    check_routes(app)


def all_calls() -> list[Call]:
    return [call for part in PARTS for call in part.CALLS.all]


def check_routes(app: Flask) -> None:
    """Refuse to start with a route under the API that is in no row of the permission table."""
    known = {f"api.{call.function.__name__}" for call in all_calls()} | set(OPEN)
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX) and rule.endpoint not in known:
            raise CallWithoutPermission(
                f"{rule.rule}: it stands in no row of the permission table."
            )
