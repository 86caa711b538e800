"""What the command answers to right and wrong use."""

import pytest

from missing_service.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder and an environment of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MISSING_ENV", "development")
    return tmp_path


@pytest.mark.parametrize(
    "words", [[], ["backup", "f"], ["nonsense"], ["up", "--port", "x"], ["serve", "--workers", "0"]]
)
def test_wrong_use_is_two(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_the_schema_is_brought_to_the_newest_as_often_as_one_likes(capsys):
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert "newest" in capsys.readouterr().out


def test_a_database_without_tables_is_said_with_its_mend(folder, capsys):
    (folder / "some.toml").write_text('[[person]]\nname = "A"\nemail = "a@harrow.gov.uk"\n')
    assert main(["load", "some.toml"]) == 1
    assert "run `missing-service migrate`" in capsys.readouterr().err


def test_a_wrong_directory_file_is_said_line_by_line(folder, capsys):
    assert main(["migrate"]) == 0
    (folder / "wrong.toml").write_text("[[council]]\ncode = 1\nnonsense = 2\n")
    assert main(["load", "wrong.toml"]) == 1
    said = capsys.readouterr().err
    assert "wrong.toml:" in said
    assert "Traceback" not in said


def test_a_file_that_is_not_there_is_said(capsys):
    assert main(["migrate"]) == 0
    assert main(["load", "absent.toml"]) == 1
    assert "absent.toml" in capsys.readouterr().err


def test_an_empty_database_is_as_its_logs_say(capsys):
    assert main(["migrate"]) == 0
    assert main(["verify"]) == 0
    assert "Every row is as the logs say" in capsys.readouterr().out


def test_an_episode_that_never_was_is_said(capsys):
    assert main(["migrate"]) == 0
    assert main(["verify", "--episode", "HRW-22222"]) == 1
    assert "HRW-22222" in capsys.readouterr().err


def test_the_tables_that_are_vouched_for_are_named(capsys):
    import json

    assert main(["migrate"]) == 0
    capsys.readouterr()
    assert main(["verify", "--tables", "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)
    assert "event" in tables["vouched"]
    assert "lane" in tables["working"]
