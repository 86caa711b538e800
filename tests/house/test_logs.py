"""What is logged: events and ids; never what anybody typed, whatever goes wrong."""

import json
import logging
import sys

import pytest
from flask import Flask

from adapters.clock import SystemClock
from missing_service.logs import begin_log, log, log_requests
from tests.cli.processes import Demo, call, status

CANARY = "Zebedee-Quill-7F3A"


@pytest.mark.slow
def test_nothing_typed_is_in_the_log_of_a_whole_journey(tmp_path):
    with Demo(tmp_path, MISSING_SMTP_URL="smtp://127.0.0.1:1") as demo:
        tokens = demo.ready()
        journey(demo, tokens)
        demo.until(lambda: '"sent"' in demo.log.read_text(), 10)
        assert demo.stop()[0] == 0
        said = demo.log.read_text()
    assert CANARY not in said
    assert not [token for name, token in tokens.items() if "TOKEN" in name and token in said]
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert {line["event"] for line in lines} >= {"answered", "sent", "workers_started"}
    assert "Traceback" not in said


def journey(demo: Demo, tokens: dict[str, str]) -> None:
    """Everything that holds words, good and wrong, each with the canary in it."""
    api, edt, police = f"{demo.url}/api/v1", tokens["EDT_TOKEN"], tokens["POLICE_TOKEN"]
    report = {
        "council": "E09000015",
        "category": "MISSING",
        "child": {"name": CANARY, "date_of_birth": "2012-03-04"},
        "last_seen": {"place": CANARY},
        "concern": CANARY,
        "reporter": {"name": CANARY},
    }
    episode = call(f"{api}/episodes", edt, report)
    at = f"{api}/episodes/{episode['reference']}"
    assert status(f"{api}/episodes", edt, report | {CANARY: CANARY}) == 422
    assert status(f"{api}/episodes", edt, report | {"category": CANARY}) == 422
    assert status(f"{api}/episodes/{CANARY}", edt) == 404
    assert status(f"{api}/episodes?child={CANARY}", edt) in (400, 422)
    assert status(f"{api}/episodes", CANARY) == 401
    sighting = {"at": episode["recorded_at"], "place": CANARY, "by": CANARY, "note": CANARY}
    call(f"{at}/updates", edt, {"sighting": sighting})
    duty = f"{api}/obligations/{episode['obligations'][0]['id']}/acknowledgement"
    named = {"name": CANARY, "number": CANARY}
    assert status(duty, police, {"acknowledged_by": named, "reference": CANARY}) == 422
    call(duty, police, {"acknowledged_by": named, "reference": {"system": "CAD", "value": CANARY}})
    found = {"at": episode["recorded_at"], "how": "CARER", "by": CANARY, "note": CANARY}
    call(f"{at}/located", edt, found)


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_error_is_its_type_and_its_place(capsys):
    def fail() -> None:
        typed = CANARY
        raise ValueError(f"no such child: {typed}")

    try:
        fail()
    except ValueError:
        log().exception("fault", delivery="an id")
    (line,) = lines(capsys)
    assert line["error"] == "ValueError"
    assert line["where"][-1].endswith(" fail")
    assert line["delivery"] == "an id"
    assert CANARY not in json.dumps(line)


def test_a_library_says_its_own_words_and_nothing_that_was_filled_in(capsys, monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    level = root.level
    begin_log()
    try:
        logging.getLogger("some.library").error("cannot read %s", CANARY)
        logging.getLogger("some.library").error(ValueError(CANARY))
    finally:
        root.setLevel(level)
    first, second = lines(capsys)
    assert (first["library"], first["words"]) == ("some.library", "cannot read %s")
    assert second["words"] == "ValueError"
    assert CANARY not in json.dumps([first, second])


def test_what_one_request_knew_is_gone_at_the_next(capsys):
    app = Flask("logs")
    log_requests(app, SystemClock())

    @app.get("/told/<name>")
    def told(name: str) -> str:
        from structlog.contextvars import bind_contextvars

        bind_contextvars(episode="an id of the first")
        return name

    client = app.test_client()
    client.get(f"/told/{CANARY}")
    client.get("/nowhere")
    first, second = lines(capsys)
    assert first["route"] == "/told/<name>"
    assert first["episode"] == "an id of the first"
    assert "episode" not in second
    assert second["status"] == 404
    assert first["request"] != second["request"]
    assert CANARY not in json.dumps([first, second])


def test_the_log_goes_to_standard_error(capsys):
    log().info("something")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("{")
    assert sys.stdout is not sys.stderr
