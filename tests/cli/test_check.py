"""`check`: each fault in a line with its mend."""

import base64
import json
import secrets

import pytest

from missing_service.cli import main

COUNCIL = '[[council]]\ncode = "E09000015"\nname = "Harrow"\nshort = "HRW"\nedt_phone = "020"\n'
FORCE = '[[force]]\ncode = "met"\nname = "Met"\ncovers = ["E09000015"]\nphone = "101"\n'
KEY = '[[key]]\nname = "desk"\norganisation = "E09000015"\nrole = "edt"\ntoken_sha256 = "{}"\n'
SECRET = f"whsec_{base64.b64encode(b'0123456789abcdef01234567').decode()}"


def channel(url: str) -> str:
    named = f'[[force.channel]]\nname = "cad"\nkind = "webhook"\nurl = "{url}"\n'
    return f'{named}secret = "{SECRET}"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A migrated database, in a folder and an environment of the test's own."""
    monkeypatch.chdir(tmp_path)
    for name in ("MISSING_DIRECTORY", "MISSING_POLICY", "MISSING_SMTP_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MISSING_ENV", "development")
    assert main(["migrate"]) == 0
    return tmp_path


@pytest.fixture
def check(folder, monkeypatch, capsys):
    """The faults, after a directory file was written."""

    def run(text: str | None = None, **settings: str) -> list[tuple[str, str]]:
        if text is not None:
            (folder / "directory.toml").write_text(text)
            monkeypatch.setenv("MISSING_DIRECTORY", "directory.toml")
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = main(["check", "--json"])
        answer = json.loads(capsys.readouterr().out)
        assert (code == 0) == answer["ok"] == (not answer["faults"])
        return [(fault["of"], fault["fault"]) for fault in answer["faults"]]

    return run


def of(found: list[tuple[str, str]], what: str) -> str:
    return "\n".join(fault for kind, fault in found if kind == what)


def test_a_directory_without_a_council_is_a_fault(check):
    assert "no council" in of(check(), "directory")


def test_a_council_needs_one_force_exactly(check):
    assert "has no police force" in of(check(COUNCIL), "directory")
    two = COUNCIL + FORCE + FORCE.replace("met", "gmp")
    assert "several police forces (gmp, met)" in of(check(two), "directory")


def test_a_ladder_role_with_nobody_on_its_rota_is_a_fault(check):
    found = of(check(COUNCIL + FORCE + KEY.format("a" * 64)), "rota")
    assert "edt_manager" in found
    assert "add a slot" in found


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://10.1.2.3/hook", "MISSING_ALLOW_CIDRS"),
        ("https://169.254.169.254/latest", "MISSING_ALLOW_CIDRS"),
    ],
)
def test_a_destination_that_our_rules_refuse_is_a_fault(check, url, said):
    assert said in of(check(COUNCIL + FORCE + channel(url)), "channels")


def test_a_private_range_that_is_listed_is_none(check):
    text = COUNCIL + FORCE + channel("https://10.1.2.3/hook")
    assert of(check(text, MISSING_ALLOW_CIDRS="10.1.0.0/16"), "channels") == ""


def test_every_wrong_setting_is_named_at_once(check):
    found = of(check(MISSING_TRUSTED_PROXIES="many", MISSING_ALLOW_CIDRS="x"), "settings")
    assert "MISSING_TRUSTED_PROXIES" in found
    assert "MISSING_ALLOW_CIDRS" in found


def test_a_mail_server_that_cannot_be_read_is_named(check):
    assert "MISSING_SMTP_URL" in of(check(MISSING_SMTP_URL="http://mail"), "settings")


def test_a_wrong_policy_is_named(check, folder):
    (folder / "policy.toml").write_text('[obligation.police_acknowledgement]\ndue = "soon"\n')
    assert "policy.toml" in of(check(MISSING_POLICY="policy.toml"), "policy")


def test_a_wrong_directory_file_is_named_by_its_line(check):
    assert "directory.toml:" in of(check("[[council]]\ncode = 1\n"), "directory")


def test_a_database_that_has_no_tables_is_named(check):
    found = of(check(MISSING_DATABASE_URL="sqlite:///other.db"), "database")
    assert "run `missing-service migrate`" in found


def test_a_database_that_does_not_answer_is_named(check):
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    assert "does not answer" in of(check(MISSING_DATABASE_URL=nowhere), "database")


def production() -> dict[str, str]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "MISSING_ENV": "production",
        "MISSING_PUBLIC_URL": "https://missing.harrow.gov.uk",
        "MISSING_SECRET_KEY": key(),
        "MISSING_DATA_KEYS": f"1:{key()}",
        "MISSING_SIGNING_KEY": key(),
        "MISSING_SMTP_URL": "smtp://mail.harrow.gov.uk",
        "MISSING_MAIL_FROM": "missing@harrow.gov.uk",
    }


def test_without_notify_production_names_the_fault(check):
    found = check(COUNCIL + FORCE, **production())
    assert "MISSING_NOTIFY_KEY" in of(found, "settings")


def test_production_refuses_demonstration_people_and_loads_none_of_them(check, capsys):
    text = COUNCIL + FORCE + '[[person]]\nname = "A"\nemail = "a@harrow.example"\n'
    assert "demonstration person" in of(check(text, **production()), "directory")
    assert main(["work"]) == 1
    assert "demonstration person" in capsys.readouterr().err
    assert main(["load", "directory.toml"]) == 1
    assert main(["verify", "--json"]) == 0


def test_production_does_not_start_with_a_council_of_no_force(check, capsys):
    check(COUNCIL, **production())
    assert main(["work"]) == 1
    assert "has no police force" in capsys.readouterr().err


def test_production_refuses_plain_http_to_police(check):
    plain = '[[force.channel]]\nname = "cad"\nkind = "webhook"\nurl = "http://8.8.8.8/hook"\n'
    secret = 'secret = "whsec_' + base64.b64encode(bytes(range(32))).decode() + '"\n'
    assert "plain http" in of(check(COUNCIL + FORCE + plain + secret, **production()), "directory")
