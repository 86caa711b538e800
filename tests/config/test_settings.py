"""Settings: refused with a sentence that names the one that is wrong."""

import base64
import secrets
import stat

import pytest

from missing_service.config import BadSetting, made_secret, read_settings

KEY = base64.b64encode(bytes(range(100, 132))).decode()  # the same in every process of a run
PRODUCTION = {
    "MISSING_PUBLIC_URL": "https://missing.harrow.gov.uk",
    "MISSING_SECRET_KEY": KEY,
    "MISSING_DATA_KEYS": f"1:{KEY}",
    "MISSING_SIGNING_KEY": KEY,
    "MISSING_SMTP_URL": "smtp://mail.harrow.gov.uk",
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_production_is_what_is_meant_where_nothing_is_said():
    assert read_settings(PRODUCTION).is_production


def test_outside_production_nothing_need_be_set():
    settings = read_settings({"MISSING_ENV": "development"}, listens="http://127.0.0.1:8123")
    assert settings.public_url == "http://127.0.0.1:8123"
    assert settings.database_url == "sqlite:///var/missing.db"
    assert settings.allow_cidrs == ("127.0.0.0/8", "::1/128")


def test_an_empty_value_is_as_one_that_is_not_set():
    assert read_settings({**PRODUCTION, "MISSING_POLICY": ""}).policy is None


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_production_names_what_it_lacks(name):
    lacking = {key: value for key, value in PRODUCTION.items() if key != name}
    with pytest.raises(BadSetting, match=name):
        read_settings(lacking)


def test_notify_alone_is_a_way_to_tell_people():
    given = {key: value for key, value in PRODUCTION.items() if key != "MISSING_SMTP_URL"}
    assert read_settings({**given, "MISSING_NOTIFY_KEY": "key"}).has_notify


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MISSING_ENV", "prod"),
        ("MISSING_DATABASE_URL", "mysql://host/db"),
        ("MISSING_DIRECTORY", "absent.toml"),
        ("MISSING_POLICY", "absent.toml"),
        ("MISSING_PUBLIC_URL", "http://missing.harrow.gov.uk"),
        ("MISSING_PUBLIC_URL", "https://missing.harrow.gov.uk/path"),
        ("MISSING_PUBLIC_URL", "missing.harrow.gov.uk"),
        ("MISSING_PUBLIC_URL", "https://missing.harrow.gov.uk:port"),
        ("MISSING_TRUSTED_PROXIES", "-1"),
        ("MISSING_TRUSTED_PROXIES", "two"),
        ("MISSING_SECRET_KEY", "not base64!"),
        ("MISSING_SECRET_KEY", base64.b64encode(b"short").decode()),
        ("MISSING_SECRET_KEY", base64.b64encode(b"change-me" * 4).decode()),
        ("MISSING_SIGNING_KEY", base64.b64encode(bytes(32)).decode()),
        ("MISSING_DATA_KEYS", KEY),
        ("MISSING_DATA_KEYS", f"one:{KEY}"),
        ("MISSING_DATA_KEYS", "1:c2hvcnQ="),
        ("MISSING_DATA_KEYS", f"1:{base64.b64encode(bytes(32)).decode()}"),
        ("MISSING_ALLOW_CIDRS", "10.0.0.1/8"),
        ("MISSING_ALLOW_CIDRS", "everywhere"),
        ("MISSING_RATE_LIMITS", "10/s"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name, value):
    with pytest.raises(BadSetting, match=name) as refused:
        read_settings({**PRODUCTION, name: value})
    if "KEY" in name:
        assert value not in str(refused.value)


def test_all_that_is_wrong_is_said_at_once():
    wrong = {**PRODUCTION, "MISSING_TRUSTED_PROXIES": "x", "MISSING_ALLOW_CIDRS": "y"}
    with pytest.raises(BadSetting) as refused:
        read_settings(wrong)
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("environment", "allowed"),
    [
        ("development", ("127.0.0.0/8", "::1/128", "10.1.0.0/16")),
        ("production", ("10.1.0.0/16",)),
    ],
)
def test_ranges_that_are_listed_take_loopback_from_nobody_outside_production(environment, allowed):
    said = {"MISSING_ENV": environment, "MISSING_ALLOW_CIDRS": "10.1.0.0/16"}
    assert read_settings({**PRODUCTION, **said}).allow_cidrs == allowed


@pytest.mark.parametrize(
    ("said", "has"),
    [({}, True), ({"MISSING_RATE_LIMITS": "off"}, False), ({"MISSING_ENV": "demo"}, False)],
)
def test_rate_limits_are_on_in_production_alone_unless_it_is_said(said, has):
    assert read_settings({**PRODUCTION, **said}).has_rate_limits is has


def test_several_data_keys_are_read_by_their_version():
    other = base64.b64encode(secrets.token_bytes(32)).decode()
    settings = read_settings({**PRODUCTION, "MISSING_DATA_KEYS": f"1:{KEY}, 2:{other}"})
    assert sorted(settings.data_keys) == [1, 2]


def test_no_secret_is_in_what_settings_print_as():
    shown = repr(read_settings({**PRODUCTION, "MISSING_SMTP_URL": "smtp://me:hush@mail.gov.uk"}))
    assert KEY not in shown
    assert "hush" not in shown
    assert repr(base64.b64decode(KEY)) not in shown


def test_a_made_secret_stays_and_is_its_owners_alone(folder):
    first = made_secret("MISSING_SECRET_KEY")
    assert made_secret("MISSING_SECRET_KEY") == first
    file = folder / "var/missing_secret_key.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    "url",
    [
        "outside.example",
        "ftp://watch.example/x",
        "http://watch.example/x",
        "http://127.0.0.1:9/x",
        "https://me:hush@watch.example/x",
        "https://watch.example/x#y",
        "https://watch.example:port/x",
        "https:///x",
    ],
)
def test_the_watchdog_s_address_is_https_and_nothing_strange_and_is_not_said_again(url):
    with pytest.raises(BadSetting, match="MISSING_DEADMAN_URL") as refused:
        read_settings({**PRODUCTION, "MISSING_DEADMAN_URL": url})
    assert url not in str(refused.value)


def test_the_watchdog_s_address_is_a_secret():
    settings = read_settings({**PRODUCTION, "MISSING_DEADMAN_URL": "https://watch.example/s3cr3t"})
    assert settings.deadman_url == "https://watch.example/s3cr3t"
    assert "s3cr3t" not in repr(settings)


def test_outside_production_the_watchdog_may_be_this_machine():
    said = {"MISSING_ENV": "development", "MISSING_DEADMAN_URL": "http://127.0.0.1:9/x"}
    assert read_settings(said).deadman_url == "http://127.0.0.1:9/x"
    with pytest.raises(BadSetting, match="MISSING_DEADMAN_URL"):
        read_settings({**said, "MISSING_DEADMAN_URL": "http://watch.example/x"})
