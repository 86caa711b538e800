"""`drill` as somebody types it, beside a running service."""

import json
import threading
from pathlib import Path

import pytest

from tests.cli.processes import Demo, call, run

pytestmark = pytest.mark.slow
ENV = {"MISSING_ENV": "demo"}
ANSWER = {
    "reference": {"system": "OTHER", "value": "DRILL"},
    "acknowledged_by": {"name": "PC Amira Khan", "role": "control room", "number": "4471QK"},
}


def came(demo: Demo) -> dict | None:
    """The alert of a drill that the demonstration's police took."""
    items = call(f"{demo.police_url}/received")["items"]
    mine = [i for i in items if i["type"] == "episode.reported" and i["data"]["drill"]]
    return mine[0] if mine else None


def answered(demo: Demo, token: str) -> None:
    """A person at the police answers the drill as soon as it is there."""
    alert = demo.until(lambda: came(demo), 20)
    path = f"/api/v1/obligations/{alert['acknowledge']['obligation']}/acknowledgement"
    call(f"{demo.url}{path}", token, ANSWER, person="PC%20Amira%20Khan")


def test_it_says_how_long_each_stretch_took_up_to_a_person_s_answer(tmp_path: Path):
    with Demo(tmp_path) as demo:
        token = demo.ready()["POLICE_TOKEN"]
        police = threading.Thread(target=answered, args=(demo, token))
        police.start()
        done = run("drill", cwd=tmp_path, **ENV)
        police.join(30)
        assert done.returncode == 0, done.stderr
        first, *lines = done.stdout.splitlines()
        assert first.startswith("DRILL HRW-")
        assert "answered by PC Amira Khan" in lines[0]
        assert "until a person answered" in done.stdout
        reference = first.split()[1].rstrip(":")
        shown = json.loads(run("drill", reference, "--json", cwd=tmp_path, **ENV).stdout)
        (drill,) = shown["drills"]
        assert (drill["drill"], drill["state"]) == (True, "ANSWERED")
        assert [each["what"] for each in drill["stretches"]] == ["sent", "taken", "answered"]
        assert run("verify", cwd=tmp_path, **ENV).returncode == 0
        episodes = call(f"{demo.url}/api/v1/episodes", demo.ready()["EDT_TOKEN"])
        assert episodes["items"] == []


def test_where_nobody_sends_it_it_says_so_and_exits_1(tmp_path: Path):
    with Demo(tmp_path) as demo:
        demo.ready()
        demo.stop()
    done = run("drill", "--wait", "1", cwd=tmp_path, **ENV)
    assert done.returncode == 1
    assert "not taken" in done.stdout


def test_a_reference_or_council_that_there_is_not_is_said(tmp_path: Path):
    with Demo(tmp_path) as demo:
        demo.ready()
        unknown = run("drill", "HRW-ZZZZZ", cwd=tmp_path, **ENV)
        assert (unknown.returncode, "HRW-ZZZZZ" in unknown.stderr) == (1, True)
        nowhere = run("drill", "--council", "E09000099", cwd=tmp_path, **ENV)
        assert (nowhere.returncode, "No council" in nowhere.stderr) == (1, True)
