"""All that is wrong is said at once, and a file that cannot be read is named."""

import pytest

from missing_service.policy.load import PolicyError, load_policy
from tests.policy.test_wrong_policies import AT_STEP, POLICE, STEP, refusal


def test_every_fault_is_listed_in_one_refusal(tmp_path):
    text = f'{POLICE}\ndue = "soon"\ndanger_factor = 2\n\n{STEP}after = "x"\n\n{STEP}after = "y"\n'
    assert [line.split(" ")[0] for line in refusal(tmp_path, text).splitlines()] == [
        "own.toml:2:",
        "own.toml:3:",
        "own.toml:8:",
        "own.toml:13:",
    ]


def test_the_faults_of_one_step_are_all_listed(tmp_path):
    text = STEP.replace("owner", "boss") + 'after = "soon"\nat_due = "0m"\n'
    said = refusal(tmp_path, text)
    for key in (f"{AT_STEP}.tell[1]: found", f"{AT_STEP}.after: found", f"{AT_STEP}: found both"):
        assert key in said
    assert "neither" not in said


def test_a_step_that_is_no_table_is_refused(tmp_path):
    assert f"{AT_STEP}: found 1; allowed: a table" in refusal(
        tmp_path, "[obligation.interview_held]\nstep = [1]\n"
    )


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PolicyError, match=r"gone\.toml: cannot be read"):
        load_policy([tmp_path / "gone.toml"])


def test_a_file_that_is_not_text_is_named(tmp_path):
    file = tmp_path / "own.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match=r"own\.toml: cannot be read"):
        load_policy([file])
