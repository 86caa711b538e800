"""`up --demo` as somebody runs it who has just cloned the repository."""

import signal
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.cli.processes import Demo, a_report, call, free_port, get, run, status
from tests.peers.police import PolicePeer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
pytestmark = pytest.mark.slow
NAMES = {
    "MISSING_URL",
    "EDT_TOKEN",
    "POLICE_TOKEN",
    "MANAGER_TOKEN",
    "INTERVIEWER_TOKEN",
    "ADMIN_TOKEN",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demonstration for the tests that leave it as it was."""
    with Demo(tmp_path_factory.mktemp("demo")) as running:
        running.ready()
        yield running


def test_it_is_alive_and_ready_with_everything_in_one_process(demo):
    assert get(f"{demo.url}/healthz") == {"status": "ok"}
    ready = call(f"{demo.url}/readyz")
    assert ready["ready"]
    assert ready["workers"]


def test_its_tokens_are_its_owners_alone(demo):
    assert demo.ready().keys() >= NAMES
    assert stat.S_IMODE(demo.file.stat().st_mode) == 0o600


def test_an_alert_that_is_signed_well_is_with_police_at_once(demo):
    episode = call(f"{demo.url}/api/v1/episodes", demo.ready()["EDT_TOKEN"], a_report())
    mine = demo.until(lambda: received(demo, episode["reference"]), 5)
    assert mine[0]["signature"] == "good"
    assert mine[0]["type"] == "episode.reported"
    took = instant(mine[0]["received_at"]) - instant(episode["recorded_at"])
    assert took < timedelta(seconds=2)  # a second, on a machine that runs nothing else


def test_nobody_acknowledges_by_itself_so_people_are_told(demo):
    episode = call(f"{demo.url}/api/v1/episodes", demo.ready()["EDT_TOKEN"], a_report())
    letter = demo.until(lambda: told(demo, episode["reference"]), 15)[0]
    assert letter["to"] == "asha.patel@harrow.example"
    assert "STILL MISSING" in letter["subject"]
    assert "Jordan" not in letter["text"]


def test_a_body_that_is_too_large_is_refused_by_the_real_server_too(demo):
    report = a_report() | {"concern": "x" * 300_000}
    tokens = demo.ready()
    assert status(f"{demo.url}/api/v1/episodes", tokens["EDT_TOKEN"], report) == 413


def test_a_second_one_on_the_same_file_is_refused_with_a_sentence(demo):
    for word in ("up", "serve", "work"):
        ports = () if word == "work" else ("--port", str(free_port()))
        again = run(word, *ports, cwd=demo.file.parents[1], MISSING_ENV="demo")
        assert again.returncode == 1
        assert "runs already" in again.stderr
        assert "Traceback" not in again.stderr


def test_load_verify_and_check_run_beside_it(demo, tmp_path):
    folder, directory = demo.file.parents[1], tmp_path / "more.toml"
    directory.write_text('[[person]]\nname = "New Person"\nemail = "new.person@harrow.example"\n')
    loaded = run("load", str(directory), cwd=folder, MISSING_ENV="demo")
    assert (loaded.returncode, loaded.stdout) == (0, "added person new.person@harrow.example\n")
    again = run("load", str(directory), cwd=folder, MISSING_ENV="demo")
    assert "Nothing is new" in again.stdout
    for word in ("verify", "check"):
        done = run(word, "--json", cwd=folder, MISSING_ENV="demo")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_begins_again_with_fresh_tokens(tmp_path, how):
    with Demo(tmp_path) as first:
        old = first.ready()
        episode = call(f"{first.url}/api/v1/episodes", old["EDT_TOKEN"], a_report())
        code, seconds = first.stop(how)
    assert code == 0
    assert seconds < 10
    with Demo(tmp_path) as second:
        new = second.ready()
        found = f"{second.url}/api/v1/episodes/{episode['reference']}"
        assert call(found, new["EDT_TOKEN"])["reference"] == episode["reference"]
        assert status(found, old["EDT_TOKEN"]) == 401


def test_a_port_that_is_taken_is_said_without_a_traceback(demo, tmp_path):
    other = run("up", "--demo", "--port", "0", "--police-port", str(demo.police_port), cwd=tmp_path)
    assert other.returncode == 1
    assert "Traceback" not in other.stderr
    assert "in use" in other.stderr


def received(demo: Demo, reference: str) -> list[dict]:
    items = call(f"{demo.police_url}/received")["items"]
    return [item for item in items if item["reference"] == reference]


def told(demo: Demo, reference: str) -> list[dict]:
    items = call(f"{demo.police_url}/told")["items"]
    return [item for item in items if item["subject"].startswith(reference)]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_watchdog_outside_hears_that_all_is_well_until_the_service_is_gone(tmp_path):
    with PolicePeer(SECRET) as outside, Demo(tmp_path, MISSING_DEADMAN_URL=outside.url) as demo:
        demo.ready()
        demo.until(lambda: outside.gets, 60)
        demo.until(lambda: len(outside.gets) >= 2, 90)
        assert demo.stop()[0] == 0
        assert set(outside.gets) == {"/hook"}
    assert outside.url not in demo.log.read_text()
