"""What an administrator reads of a clock that cannot be right."""

import pytest

from missing_service.domain.clocks import SAID, Doubt, length


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (-59, "59 seconds"),
        (60, "1 minute"),
        (-3_600, "1 hour"),
        (7_199, "1 hour"),
        (86_400, "1 day"),
        (31_536_000, "365 days"),
    ],
)
def test_a_length_is_said_in_its_largest_unit(seconds: int, said: str):
    assert length(seconds) == said


def test_every_doubt_has_its_words():
    assert set(SAID) == set(Doubt)
