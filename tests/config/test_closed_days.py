"""The council's own days off come from a file, one a line, and a wrong line stops the start."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from missing_service.bootstrap import make_application
from missing_service.config import BadSetting, read_settings
from missing_service.domain.calendar import Calendar
from tests.fakes.clock import FakeClock


def settings(tmp_path: Path, text: str):
    file = tmp_path / "days.txt"
    file.write_text(text)
    url = f"sqlite:///{tmp_path / 'missing.db'}"
    said = {"MISSING_ENV": "demo", "MISSING_DATABASE_URL": url, "MISSING_CALENDAR": str(file)}
    return read_settings(said)


def test_a_date_a_line_with_words_for_people(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "# shut between the holidays\n2026-12-29\n\n2026-12-30  # as last year\n"
    found = settings(tmp_path, text)
    assert found.closed_days == (date(2026, 12, 29), date(2026, 12, 30))
    clock = FakeClock(datetime(2026, 11, 24, tzinfo=UTC))
    application = make_application(found, clock=clock, migrate=True)

    def days(unit) -> Calendar:
        found: Calendar = unit.book.calendar
        return found

    calendar = application.store.write(days, application.service.new_draw(clock.now()))
    application.close()
    working = [day for day in range(24, 32) if calendar.is_working_day(date(2026, 12, day))]
    assert working == [24, 31]  # Friday 25 and Monday 28 are bank holidays


@pytest.mark.parametrize("line", ["29/12/2026", "2026-02-30", "Christmas"])
def test_a_line_that_is_no_date_is_named(tmp_path: Path, monkeypatch, line: str):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSetting, match=r"days\.txt:2 is "):
        settings(tmp_path, f"2026-12-29\n{line}\n")


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(BadSetting, match="MISSING_CALENDAR names absent"):
        read_settings({"MISSING_ENV": "demo", "MISSING_CALENDAR": "absent"})
