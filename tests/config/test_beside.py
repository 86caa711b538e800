"""Commands beside a running service need not be told again what it was started with."""

from pathlib import Path

import pytest

from missing_service.config import BadSetting, read_settings, read_settings_beside


def test_where_keys_were_made_under_var_the_environment_need_not_be_said_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    started = read_settings({"MISSING_ENV": "demo"})
    assert read_settings_beside({}).data_keys == started.data_keys


def test_without_such_keys_a_command_asks_for_what_production_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSetting, match="MISSING_DATA_KEYS"):
        read_settings_beside({})
    assert not (tmp_path / "var").exists()
