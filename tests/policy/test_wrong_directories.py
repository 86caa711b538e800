"""A wrong value stops the start: with its line, its key, what was found and what is allowed."""

import base64

import pytest

from missing_service.policy.directory_file import DirectoryError, parse_directory

SHORT_SECRET = "whsec_" + base64.b64encode(b"twenty-three bytes long").decode()
GOOD = "whsec_" + base64.b64encode(b"x" * 24).decode()
COUNCIL = '[[council]]\ncode = "E09000015"\nname = "Harrow"\nshort = "HRW"\n'
FORCE = '[[force]]\ncode = "met"\nname = "Met"\n'
CHANNEL = f'{FORCE}[[force.channel]]\nname = "cad"\nkind = "webhook"\n'
URL = 'url = "https://police.example/"\n'
PERSON = '[[person]]\nname = "Asha Patel"\nemail = "a@x.example"\n'
ROTA = '[[rota]]\nrole = "edt_worker"\ncouncil = "E09000015"\nperson = "a@x.example"\n'
KEY = '[[key]]\nname = "gateway"\norganisation = "met"\nrole = "police"\n'
TOKEN = f'token_sha256 = "{"ab" * 32}"\n'


def refusal(text: str, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(DirectoryError) as refused:
        parse_directory(text, "d.toml", environ or {})
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # what there is no table or key for
        ("[[counsil]]\n", "d.toml:1: counsil: found"),
        (COUNCIL + "phone = 1\n", "d.toml:5: council[1].phone: found 1; an unknown key; allowed: "),
        ('council = "Harrow"\n', 'd.toml:1: council: found "Harrow"; allowed: a list of tables'),
        ("council = [1]\n", "d.toml:1: council[1]: found 1; allowed: a table"),
        # what is missing
        (
            '[[council]]\ncode = "E09000015"\nname = "Harrow"\n',
            "d.toml:1: council[1].short: found nothing; it is required",
        ),
        # what cannot stand together
        (
            '[[school]]\ncode = "u"\nname = "S"\ncouncil = "E09000015"\nnone = "no endpoint"\n'
            + CHANNEL.removeprefix(FORCE).replace("force", "school")
            + URL
            + f'secret = "{GOOD}"\n',
            "d.toml:5: school[1].none: ",
        ),
        # what is of another form
        (COUNCIL.replace("E09", "e09"), 'd.toml:2: council[1].code: found "e09000015"; allowed:'),
        (COUNCIL.replace("HRW", "Harrow"), "d.toml:4: council[1].short: "),
        (COUNCIL.replace('"Harrow"', '" "'), 'council[1].name: found " "; allowed: text in one'),
        (COUNCIL.replace('"Harrow"', "7"), "d.toml:3: council[1].name: found 7; allowed: text"),
        (COUNCIL.replace('"Harrow"', "true"), "council[1].name: found true; allowed: text"),
        (FORCE + 'covers = "E09000015"\n', 'force[1].covers: found "E09000015"; allowed: a list'),
        (FORCE + 'covers = ["Harrow"]\n', "d.toml:4: force[1].covers: found ['Harrow']; allowed"),
        (FORCE.replace('"met"', '"met/1"'), 'd.toml:2: force[1].code: found "met/1"; allowed: let'),
        (PERSON.replace("@", " at "), 'd.toml:3: person[1].email: found "a at x.example"; allowed'),
        (KEY + 'token_sha256 = "abc"\n', 'key[1].token_sha256: found "abc"; allowed: a SHA-256'),
        (KEY.replace('"police"', '"officer"') + TOKEN, "allowed: edt, interviewer, manager,"),
        (ROTA.replace("edt_worker", "edt"), 'd.toml:2: rota[1].role: found "edt"; allowed: edt_w'),
        # instants
        (ROTA, "d.toml:1: rota[1].from: found nothing; it is required"),
        (
            ROTA + "from = 2026-01-01T00:00:00\n",
            "d.toml:5: rota[1].from: found 2026-01-01 00:00:00; allowed: a date and time with",
        ),
        (ROTA + "from = 2026-01-01\n", "rota[1].from: found 2026-01-01; allowed: a date and time"),
        (ROTA + 'from = "2026-01-01T00:00:00Z"\n', "allowed: a date and time with an offset"),
        (
            ROTA + "from = 2026-01-01T00:00:00Z\nuntil = 2026-01-01T01:00:00+01:00\n",
            "d.toml:6: rota[1].until: found 2026-01-01 01:00:00+01:00; allowed: an instant after",
        ),
        # channels
        (
            CHANNEL + URL,
            "channel[1].secret: found nothing; exactly one of `secret` and `secret_env`",
        ),
        (CHANNEL + f'secret = "{GOOD}"\n', "channel[1].url: found nothing; it is required for"),
        (CHANNEL + URL + f'secret = "{GOOD}"\naddress = "a@b"\n', "not for a channel of kind web"),
        (CHANNEL.replace("webhook", "email"), "channel[1].address: found nothing; it is required"),
        (CHANNEL.replace("webhook", "fax"), 'd.toml:6: force[1].channel[1].kind: found "fax"; al'),
        (CHANNEL + URL + "for = []\n", "d.toml:8: force[1].channel[1].for: found []; allowed: at"),
        (CHANNEL + URL + 'for = ["all"]\n', "channel[1].for: found ['all']; allowed: report, "),
        (CHANNEL + 'url = "ftp://police.example"\n', "channel[1].url: found "),
        (CHANNEL + 'url = "https://me@police.example"\n', "allowed: a URL with a host, without a"),
        (CHANNEL + 'url = "https:///hooks"\n', "allowed: a URL with a host"),
        (
            CHANNEL + URL + "secret = []\n",
            "d.toml:8: force[1].channel[1].secret: allowed: at least",
        ),
        (CHANNEL + URL + 'secret_env = "ABSENT"\n', "d.toml:8: force[1].channel[1].secret_env: fo"),
        (CHANNEL + URL + 'secret_env = "ABSENT"\n', "ABSENT is not set; allowed: whsec_"),
        # the same twice
        (COUNCIL + COUNCIL, 'd.toml:5: council[2]: a second council "E09000015"; allowed: one'),
        (PERSON + PERSON.replace("a@x", "A@X"), 'd.toml:4: person[2]: a second person "a@x.exam'),
        (KEY + TOKEN + KEY + TOKEN, 'd.toml:6: key[2]: a second key "gateway"; allowed: one'),
        (
            FORCE + '[[school]]\ncode = "met"\nname = "A school"\ncouncil = "E09000015"\n',
            'd.toml:4: school[1]: a second organisation "met"; allowed: one',
        ),
    ],
)
def test_a_wrong_value_is_refused(text, said):
    assert said in refusal(text)


@pytest.mark.parametrize(
    "secret", [SHORT_SECRET, GOOD.removeprefix("whsec_"), GOOD + "!", "whsec_", GOOD + "£"]
)
def test_a_weak_or_wrong_secret_is_refused_and_never_repeated(secret):
    said = refusal(f'{CHANNEL}{URL}secret = "{secret}"\n')
    assert said.startswith("d.toml:8: force[1].channel[1].secret: allowed: whsec_ and the base64")
    assert secret.removeprefix("whsec_") == "" or secret.removeprefix("whsec_") not in said
    there = refusal(f'{CHANNEL}{URL}secret_env = "MET"\n', {"MET": secret})
    assert "MET holds no such secret; allowed: whsec_" in there


def test_a_secret_that_is_no_text_is_refused():
    assert "secret: allowed: whsec_" in refusal(f"{CHANNEL}{URL}secret = [1]\n")


def test_a_wrong_password_hash_is_never_repeated():
    said = refusal(PERSON + 'password_hash = "hunter2"\n')
    assert said == "d.toml:4: person[1].password_hash: allowed: an argon2id hash, $argon2id$..."


def test_every_fault_of_a_file_is_named_at_once():
    said = refusal(COUNCIL.replace("HRW", "h") + FORCE + "colour = 1\n" + ROTA).splitlines()
    assert [line.split(": ")[1] for line in said] == [
        "council[1].short",
        "force[1].colour",
        "rota[1].from",
    ]


def test_every_repetition_is_named_at_once():
    said = refusal(COUNCIL * 3 + PERSON * 2)
    assert len(said.splitlines()) == 3
