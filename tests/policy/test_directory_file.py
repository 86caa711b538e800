"""A directory file becomes entries; secrets and password hashes stay apart from them."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from missing_service.domain.directory import Directory, changes
from missing_service.policy.directory_file import (
    DirectoryError,
    DirectoryFile,
    parse_directory,
    read_directory,
)

OLD = "whsec_" + base64.b64encode(b"an old secret, 24 bytes.").decode()
NEW = "whsec_" + base64.b64encode(b"a new secret of 24 bytes").decode()
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g"
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FILE = """
[[council]]
code = "E09000015"
name = "Harrow"
short = "HRW"
edt_phone = "020 7946 0100"

[[force]]
code = "met"
name = "Metropolitan Police Service"
covers = ["E09000015"]
phone = "101"

[[force.channel]]
name = "cad"
kind = "webhook"
url = "https://police.example/hooks"
secret = SECRET

[[force.channel]]
name = "mailbox"
kind = "email"
address = "Missing@met.example"
content = "full"
for = ["report"]
until = 2027-01-01T01:00:00+01:00

[[school]]
code = "urn-1"
name = "A school"
council = "E09000015"

[[organisation]]
code = "home-1"
name = "A children's home"
kind = "home"
council = "E09000015"

[[organisation.channel]]
name = "mail"
kind = "email"
address = "home@home.example"

[[person]]
name = "Asha Patel"
email = "Asha.Patel@harrow.example"
phone = "07700 900101"
password_hash = HASH

[[person.role]]
role = "edt"
organisation = "E09000015"
from = 2026-01-01T00:00:00Z

[[person.role]]
role = "manager"
organisation = "E09000015"

[[person]]
name = "Daniel Okafor"
email = "daniel@harrow.example"
oidc_subject = "subject-1"

[[rota]]
role = "edt_worker"
council = "E09000015"
person = "asha.patel@harrow.example"
from = 2026-07-01T00:00:00+01:00
until = 2100-01-01T00:00:00Z

[[absence]]
person = "asha.patel@harrow.example"
from = 2026-12-24T00:00:00Z
until = 2027-01-02T00:00:00Z
cover = "Daniel@harrow.example"

[[key]]
name = "met CAD gateway"
organisation = "met"
role = "police"
token_sha256 = "TOKEN"
until = 2027-11-01T00:00:00Z
"""


def a_file(secret: str = f'"{OLD}"', hashed: str = HASH) -> DirectoryFile:
    text = FILE.replace("SECRET", secret).replace("HASH", f'"{hashed}"')
    return parse_directory(text.replace("TOKEN", "AB" * 32), "directory.toml", {"MET_SECRET": NEW})


def test_each_table_becomes_an_entry_under_its_identity():
    assert list(a_file().entries) == [
        ("council", "E09000015"),
        ("force", "met"),
        ("channel", "met/cad"),
        ("channel", "met/mailbox"),
        ("organisation", "urn-1"),
        ("organisation", "home-1"),
        ("channel", "home-1/mail"),
        ("person", "asha.patel@harrow.example"),
        ("role", "asha.patel@harrow.example|edt|E09000015|2026-01-01T00:00:00Z"),
        ("role", "asha.patel@harrow.example|manager|E09000015|"),
        ("person", "daniel@harrow.example"),
        ("rota", "edt_worker|E09000015|asha.patel@harrow.example|2026-06-30T23:00:00Z"),
        ("absence", "asha.patel@harrow.example|2026-12-24T00:00:00Z"),
        ("key", "met CAD gateway"),
    ]


def test_a_directory_made_of_the_entries_says_what_the_file_said():
    found = Directory.from_entries(a_file().entries)
    mailbox = found.channel("met/mailbox")
    assert mailbox is not None
    assert (mailbox.address, mailbox.content) == ("missing@met.example", "full")
    assert (mailbox.purposes, mailbox.until) == ({"report"}, datetime(2027, 1, 1, tzinfo=UTC))
    assert [c.name for c in found.channels("met", "report", NOW)] == ["cad", "mailbox"]
    assert [c.name for c in found.channels("home-1", "report", NOW)] == ["mail"]
    assert found.organisations["urn-1"].kind == "school"
    assert found.key_for("ab" * 32, NOW) is not None
    christmas = datetime(2026, 12, 25, tzinfo=UTC)
    told = [found.on_call("edt_worker", "E09000015", at)[0].name for at in (NOW, christmas)]
    assert told == ["Asha Patel", "Daniel Okafor"]


def test_entries_are_plain_json_and_come_back_the_same():
    entries = a_file().entries
    stored = {key: json.loads(json.dumps(entry)) for key, entry in entries.items()}
    assert changes(stored, entries) == ()


def test_secrets_and_password_hashes_stand_in_no_entry():
    made = a_file()
    assert made.secrets == {("channel", "met/cad"): (OLD,)}
    assert made.password_hashes == {"asha.patel@harrow.example": HASH}
    everything = json.dumps([*made.entries.values()])
    assert OLD.removeprefix("whsec_") not in everything
    assert HASH not in everything


@pytest.mark.parametrize(
    ("changed", "identity"),
    [
        (a_file(f'"{NEW}"'), "met/cad"),  # another secret
        (a_file(f'["{OLD}", "{NEW}"]'), "met/cad"),  # rotating
        (a_file(hashed=HASH + "x"), "asha.patel@harrow.example"),  # another password
    ],
)
def test_a_changed_secret_is_a_change_though_it_is_not_shown(changed, identity):
    assert [c.identity for c in changes(a_file().entries, changed.entries)] == [identity]


def test_both_secrets_stand_while_they_rotate():
    made = a_file(f'["{OLD}", "{NEW}"]')
    assert made.secrets[("channel", "met/cad")] == (OLD, NEW)
    assert made.entries[("channel", "met/cad")]["secret_count"] == 2


@pytest.mark.parametrize("said", ['"MET_SECRET"', '["MET_SECRET"]'])
def test_a_secret_may_stand_in_the_environment(said):
    text = FILE.replace("secret = SECRET", f"secret_env = {said}")
    text = text.replace("HASH", f'"{HASH}"').replace("TOKEN", "ab" * 32)
    made = parse_directory(text, "directory.toml", {"MET_SECRET": NEW})
    assert made.secrets == {("channel", "met/cad"): (NEW,)}
    assert changes(a_file(f'"{NEW}"').entries, made.entries) == ()


def test_a_file_is_read_from_its_path(tmp_path: Path):
    path = tmp_path / "directory.toml"
    path.write_text('[[council]]\ncode = "E09000015"\nname = "Harrow"\nshort = "HRW"\n')
    assert read_directory(path, {}).entries == {
        ("council", "E09000015"): {
            "code": "E09000015",
            "name": "Harrow",
            "short": "HRW",
            "edt_phone": "",
        }
    }


def test_an_empty_file_names_nobody(tmp_path: Path):
    path = tmp_path / "directory.toml"
    path.write_text("")
    assert read_directory(path, {}) == DirectoryFile({}, {}, {})


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"\xff", "cannot be read"), (b"[", "not TOML")]
)
def test_what_cannot_be_read_is_refused_with_its_name(tmp_path: Path, content, said):
    path = tmp_path / "directory.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DirectoryError, match=said) as refused:
        read_directory(path, {})
    assert str(path) in str(refused.value)


def test_a_school_may_say_that_it_has_no_endpoint_and_then_has_none():
    school = '[[school]]\ncode = "urn-2"\nname = "S"\ncouncil = "E09000015"\n'
    said = parse_directory(school + 'none = "no endpoint"\n', "d.toml", {})
    assert said.entries == parse_directory(school, "d.toml", {}).entries
    assert Directory.from_entries(said.entries).channels("urn-2", "report", NOW) == ()
