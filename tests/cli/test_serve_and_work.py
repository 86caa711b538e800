"""Web and workers as processes of their own, on one PostgreSQL."""

import base64
import re
import secrets
import signal
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.clock import sleep
from missing_service.policy.demo_directory import TOKENS, demo_text
from tests.cli.processes import Running, a_report, call, free_port, get, run
from tests.peers.mail import MailPeer
from tests.peers.police import PolicePeer

pytestmark = pytest.mark.slow


def directory(folder: Path, police: PolicePeer, secret: str) -> str:
    """A directory file whose police are the peer, and whose tokens are the keys' own names."""
    hashes = {name: sha256(name.encode()).hexdigest() for name in TOKENS}
    file = folder / "directory.toml"
    file.write_text(demo_text(police.url, secret, hashes, "missing.persons@met.example"))
    return str(file)


def test_two_web_processes_and_two_workers_carry_a_report_to_police(tmp_path, postgres_url):
    secret, port = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}", free_port()
    with PolicePeer(secret) as police:
        settings = {
            "MISSING_ENV": "development",
            "MISSING_DATABASE_URL": postgres_url,
            "MISSING_DIRECTORY": directory(tmp_path, police, secret),
        }
        unready = run("work", cwd=tmp_path, **settings)
        assert unready.returncode == 1
        assert "run `missing-service migrate`" in unready.stderr
        assert run("migrate", cwd=tmp_path, **settings).returncode == 0
        serve = ("serve", "--port", str(port), "--workers", "2")
        with (
            Running(*serve, cwd=tmp_path, **settings) as web,
            Running("work", cwd=tmp_path, **settings) as work,
            Running("work", cwd=tmp_path, **settings) as other,
        ):
            url = f"http://127.0.0.1:{port}"
            web.until(lambda: get(f"{url}/readyz"))
            episodes = [call(f"{url}/api/v1/episodes", "edt", a_report()) for _ in range(4)]
            police.wait_for(len(episodes), 20)
            for each in (work, other, web):
                code, seconds = each.stop(signal.SIGTERM)
                assert (code, each.log.read_text().count("Traceback")) == (0, 0)
                assert seconds < 10
    came = [one.data["data"]["episode"]["reference"] for one in police.received]
    assert sorted(came) == sorted(each["reference"] for each in episodes)
    verified = run("verify", "--json", cwd=tmp_path, **settings)
    assert verified.returncode == 0, verified.stdout


def test_the_web_processes_tell_people_once_that_nobody_works_and_that_somebody_does(
    tmp_path, postgres_url
):
    secret, port = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}", free_port()
    policy = tmp_path / "policy.toml"
    policy.write_text('[figures]\nworkers_silent_after = "12s"\n')  # of the beats, each 10 s
    with PolicePeer(secret) as police, MailPeer() as mail:
        settings = {
            "MISSING_ENV": "development",
            "MISSING_DATABASE_URL": postgres_url,
            "MISSING_DIRECTORY": directory(tmp_path, police, secret),
            "MISSING_POLICY": str(policy),
            "MISSING_SMTP_URL": mail.url,
        }
        assert run("migrate", cwd=tmp_path, **settings).returncode == 0
        serve = ("serve", "--port", str(port), "--workers", "2")
        with Running(*serve, cwd=tmp_path, **settings) as web:
            web.until(lambda: len(letters(mail, "alerts are not being sent")) >= 3, 60)
            sleep(6)  # the other web process has looked too
            silent = letters(mail, "alerts are not being sent")
            assert len(set(silent)) == len(silent) == len(mail.messages)
            with Running("work", cwd=tmp_path, **settings):
                web.until(lambda: len(letters(mail, "being sent again")) == len(silent), 60)
    watching = re.findall(r'"process": ?(\d+), "event": ?"watch_started"', web.log.read_text())
    watching += re.findall(r'"event": ?"watch_started", .*"process": ?(\d+)', web.log.read_text())
    assert len(set(watching)) == 2
    assert str(web.process.pid) not in watching
    assert sorted(letters(mail, "being sent again")) == sorted(silent)


def letters(mail: MailPeer, words: str) -> list[str]:
    """To whom a letter with these words in its subject came."""
    return [each.to for each in mail.messages if words in each.subject]


def test_several_web_processes_on_one_sqlite_file_are_refused(tmp_path):
    refused = run("serve", "--workers", "2", cwd=tmp_path, MISSING_ENV="development")
    assert refused.returncode == 1
    assert "PostgreSQL" in refused.stderr
