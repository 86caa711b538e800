"""The server inside `up`."""

import threading
from urllib.error import URLError

import pytest
from flask import Flask

from adapters.clock import sleep
from missing_service.commands.servers import Web
from tests.cli.processes import call


def slow_app(begun: threading.Event) -> Flask:
    app = Flask("slow")

    @app.get("/slow")
    def slow() -> dict[str, bool]:
        begun.set()
        sleep(0.4)
        return {"done": True}

    return app


def test_what_is_under_way_is_answered_before_it_stops_and_no_more_is_taken():
    begun, answers = threading.Event(), []
    web = Web(slow_app(begun), host="127.0.0.1", port=0)
    web.start()
    url = f"http://127.0.0.1:{web.port}/slow"
    asking = threading.Thread(target=lambda: answers.append(call(url)))
    asking.start()
    assert begun.wait(5)
    web.stop(within=5)
    asking.join(5)
    assert answers == [{"done": True}]
    with pytest.raises((URLError, ConnectionError)):
        call(url)
