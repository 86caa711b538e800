"""The fleet with its receivers and its desk, and what must hold of them all in the end."""

import base64
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

import psycopg

from missing_service.policy.demo_directory import TOKENS, demo_text
from tests.cli.processes import run as run_command
from tests.crash.desk import Desk
from tests.crash.fleet import Chaos, Fleet
from tests.crash.whole import Whole, bodies_of, ids_of
from tests.peers.between import Between
from tests.peers.mail import MailPeer
from tests.peers.police import PolicePeer

LEASE = 2.0
STEPS, EVERY = (2.0, 4.0, 8.0), 10.0
POLICY = f"""
[figures]
lease = "{LEASE:.0f}s"

[obligation.police_acknowledgement]
step = [
    {{ after = "2s", tell = ["edt_worker"], say = "One." }},
    {{ after = "4s", tell = ["edt_manager"], say = "Two." }},
    {{ after = "8s", tell = ["head_of_service"], say = "Three." }},
]
repeat = [{{ every = "10s", tell = ["director_on_call"], say = "Again." }}]
"""
OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
CUT_LISTENERS = f"{OTHERS} AND (query LIKE 'LISTEN%' OR query LIKE '%pg_notify%')"
CUT_ANY = f"{OTHERS} ORDER BY random() LIMIT 3"
MAILBOX = "missing.persons@met.example"
CAD = "met/cad"
FEWEST = 5


@dataclass
class Town:
    """All that runs: the fleet, its receivers, and the people at the desk."""

    fleet: Fleet
    desk: Desk
    police: PolicePeer
    mail: MailPeer
    whole: Whole
    settings: dict[str, str]
    more: dict


def settings_for(folder: Path, url: str, police: PolicePeer, mail: MailPeer, secret: str) -> dict:
    hashes = {name: sha256(name.encode()).hexdigest() for name in TOKENS}
    directory, policy = folder / "directory.toml", folder / "policy.toml"
    directory.write_text(demo_text(police.url, secret, hashes, MAILBOX))
    policy.write_text(POLICY)
    return {
        "MISSING_ENV": "development",
        "MISSING_DATABASE_URL": url,
        "MISSING_DIRECTORY": str(directory),
        "MISSING_POLICY": str(policy),
        "MISSING_SMTP_URL": mail.url,
        "MISSING_DATA_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "MISSING_SECRET_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


@contextmanager
def open_town(folder: Path, url: str, *, all_by: Between | None = None) -> Iterator[Town]:
    """`work-3` reaches the database by way of a middleman that can go deaf; `all_by`: all go by
    this one."""
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    with ExitStack() as stack:
        police = stack.enter_context(PolicePeer(secret))
        mail = stack.enter_context(MailPeer())
        between = stack.enter_context(Between(url))
        url = all_by.url if all_by else url
        settings = settings_for(folder, url, police, mail, secret)
        migrated = run_command("migrate", cwd=folder, **settings)
        assert migrated.returncode == 0, migrated.stderr
        whole = Whole(url)
        stack.callback(whole.close)
        own = {"work-3": {"MISSING_DATABASE_URL": between.url}}
        fleet = stack.enter_context(Fleet(folder, settings, own))
        more = {
            "listeners cut": lambda: ask(url, CUT_LISTENERS),
            "three connections cut": lambda: ask(url, CUT_ANY),
            "a listener deaf, unseen": between.deafen,
        }
        desk = Desk(fleet.url, every=0.3)
        yield Town(fleet, desk, police, mail, whole, settings, more)


def ask(url: str, question: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(question)


def alerted(town: Town) -> set[str]:
    return {reference for reference, number in ids_of(list(town.police.received)) if number == 1}


def assert_nothing_lost_stuck_or_doubled(town: Town, folder: Path) -> Counter:
    """Once all runs again: what was answered is with police, and each thing happened once."""
    saved = set(town.desk.saved.values())
    town.fleet.until(lambda: saved <= alerted(town), "an alert is lost")
    town.fleet.until(lambda: not town.whole.untaken(CAD), "an alert waits")
    town.fleet.until(lambda: town.whole.stuck(LEASE + 1) == (0, 0), "something is stuck")
    assert town.fleet.stop() == dict.fromkeys(town.fleet.processes, 0), town.fleet.said()
    assert len(saved) == len(town.desk.saved), "two keys, one episode"
    assert sorted(town.whole.references()) == sorted(saved), "an episode that nobody was told of"
    assert town.desk.unexpected() == {}, town.fleet.said()
    received = list(town.police.received)
    assert {len(ids) for ids in ids_of(received).values()} == {1}, "one number, two ids"
    assert {len(bodies) for bodies in bodies_of(received).values()} == {1}, "one id, two bodies"
    assert town.police.bad_signatures == 0
    leaves = town.whole.assert_the_log_is_whole()
    steps = town.whole.assert_each_step_once(STEPS, EVERY)
    verified = run_command("verify", "--json", cwd=folder, **town.settings)
    assert verified.returncode == 0, verified.stdout
    twice = len(received) - len({message.id for message in received})
    return Counter(reports=len(saved), leaves=leaves, steps=steps, sent_again=twice)


def live(
    town: Town,
    folder: Path,
    seed: int,
    seconds: float,
    meanwhile: Callable[[], object] | None = None,
) -> Counter:
    """Reports come in for so long while processes die; then all runs again, and all must hold.

    `meanwhile` is done in the middle."""
    town.desk.start(people=3)
    chaos = Chaos(town.fleet, Random(seed), LEASE, town.more)
    chaos.run(seconds / 2)
    if meanwhile:
        meanwhile()
    chaos.run(seconds / 2)
    town.fleet.until(lambda: len(town.desk.saved) > FEWEST, "nothing is saved")
    assert town.desk.stop(), f"a report is never saved: {town.desk.answers}\n{town.fleet.said()}"
    found = assert_nothing_lost_stuck_or_doubled(town, folder)
    say(f"seed {seed}, {seconds:.0f} s: {dict(found)}", town)
    return found


def say(what: str, town: Town) -> None:
    """For the page on reliability."""
    faults, answers = dict(sorted(town.fleet.done.items())), dict(town.desk.answers)
    print(f"{what}; faults {faults}; answers {answers}")  # noqa: T201
