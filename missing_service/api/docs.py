"""The readable page of the API's document: Swagger UI from our own files; nobody else is asked."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Blueprint, Response, abort

from missing_service.access.headers import content_policy

FILES = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>missing_service API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/v1/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/api/v1/docs/swagger-ui-bundle.js"></script>
<script src="/api/v1/docs/start.js"></script>
<noscript>
This page needs JavaScript. The document itself: <a href="/api/v1/openapi.json">openapi.json</a>.
</noscript>
</body>
</html>
"""


def _folder() -> Traversable:
    return files("missing_service.api") / "static" / "swagger"


def make_docs() -> Blueprint:
    docs = Blueprint("docs", __name__, url_prefix="/api/v1/docs")
    docs.add_url_rule("", "page", page)
    docs.add_url_rule("/<name>", "file", file)
    return docs


def page() -> Response:
    """Swagger UI sets styles by itself: allowed on this one page."""
    answer = Response(PAGE, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = content_policy(
        style_src="'self' 'unsafe-inline'", img_src="'self' data:"
    )
    return answer


def file(name: str) -> Response:
    """One of the page's own files."""
    if name not in FILES:
        abort(404)
    return Response((_folder() / name).read_bytes(), content_type=FILES[name])
