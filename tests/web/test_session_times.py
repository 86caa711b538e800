"""How long a session lasts, whatever the clock is set to meanwhile."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from missing_service.ports import Session
from missing_service.web.sessions import is_over

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("role", "minutes", "over"),
    [
        ("manager", 0, False),
        ("manager", 14, False),
        ("manager", 15, True),
        ("edt", 29, False),
        ("edt", 30, True),
        ("manager", -3, False),  # another host's clock is behind
        ("manager", -60, True),  # the clock was set back by an hour
        ("edt", -365 * 24 * 60, True),  # it was begun while a clock ran a year ahead
        ("edt", 365 * 24 * 60, True),
    ],
)
def test_a_session_that_was_used_so_long_ago_is_over(role: str, minutes: int, over: bool):
    session = Session(b"", "a@harrow.example", NOON, NOON, json.dumps({"role": role}))
    assert is_over(session, NOON + minutes * MINUTE) is over


def test_a_session_is_never_older_than_twelve_hours():
    used = NOON + timedelta(hours=12)
    session = Session(b"", "a@harrow.example", NOON, used, json.dumps({"role": "edt"}))
    assert is_over(session, used)
    assert not is_over(session, used - MINUTE)
