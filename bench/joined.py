"""The service as the bench runs it: the same parts as in production, with a receiver of ours."""

import os
from hashlib import sha256
from typing import Any

from flask import Flask

from missing_service.api.app import register_api
from missing_service.bootstrap import Application, begin, make_application
from missing_service.config import Settings
from missing_service.policy.demo_directory import TOKENS, demo_directory

TOKEN = "bench-edt"
COUNCIL = "E09000015"
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DATABASE = "BENCH_DATABASE"  # where a process that was started looks for its database


def settings(url: str) -> Settings:
    """A demonstration's settings, on this database."""
    return Settings(
        environment="demo",
        database_url=url,
        directory=None,
        policy=None,
        public_url="http://127.0.0.1:8000",
        trusted_proxies=0,
        secret_key=b"s" * 32,
        data_keys={1: b"k" * 32},
        allow_cidrs=("127.0.0.0/8",),
        smtp_url=None,
        mail_from="bench@localhost",
    )


def found_database(url: str, receiver: str) -> None:
    """Bring a database to the newest schema, with Harrow's directory; alerts go to `receiver`."""
    application = make_application(settings(url), wake=NoWake(), migrate=True)
    begin(application)
    hashes = {name: sha256(f"bench-{name}".encode()).hexdigest() for name in TOKENS}
    application.load(demo_directory(receiver, SECRET, hashes))
    application.close()


def join() -> Application:
    """The parts of one process, on the database that the environment names."""
    return make_application(settings(os.environ[DATABASE]))


def make_app(application: Application | None = None) -> Flask:
    """The API; a web server of several processes calls it once in each."""
    app = Flask("bench")
    register_api(app, (application or join()).service)
    return app


def make_idle_app() -> Flask:
    """A bare app whose one POST does nothing: the least that any answer costs."""
    app = Flask("idle")

    @app.post("/api/v1/episodes")
    def nothing() -> Any:
        return {"reference": ""}, 201

    return app


class NoWake:
    """Nobody waits while a database is being founded."""

    def set(self) -> None: ...

    def wait(self, timeout: float) -> bool:  # noqa: ARG002 - the protocol's name
        return False
