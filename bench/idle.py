"""A bare app whose one POST does nothing: the least that any answer costs."""

from typing import Any

from flask import Flask


def make_app() -> Flask:
    app = Flask("idle")

    @app.post("/api/v1/episodes")
    def nothing() -> Any:
        return {"reference": ""}, 201

    return app
