"""Two reports linked as the same are counted once, from the first time that somebody noticed."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from missing_service.domain.codes import EpisodeState
from missing_service.domain.links import counted_once
from tests.domain.rules import Story


@pytest.mark.parametrize(
    ("links", "withdrawn", "counted"),
    [
        ([], [], [{1}, {2}, {3}, {4}]),
        ([(1, 2)], [], [{1, 2}, {3}, {4}]),
        ([(1, 2), (2, 4)], [], [{1, 2, 4}, {3}]),
        ([(1, 2), (2, 4), (4, 1)], [], [{1, 2, 4}, {3}]),
        ([(1, 2), (3, 4)], [], [{1, 2}, {3, 4}]),
        ([(1, 2)], [1], [{2}, {3}, {4}]),
        ([(1, 9)], [], [{1}, {2}, {3}, {4}]),  # the other is another child's
    ],
)
def test_what_is_counted(links, withdrawn, counted):
    story = Story()
    story.reported()
    rows = [
        replace(
            story.episode,
            id=UUID(int=n),
            became_aware_at=story.at - timedelta(hours=n),
            state=EpisodeState.WITHDRAWN if n in withdrawn else EpisodeState.MISSING,
        )
        for n in (1, 2, 3, 4)
    ]
    pairs = {(a, b) for a, b in links} | {(b, a) for a, b in links}
    near = {UUID(int=n): [UUID(int=b) for a, b in pairs if a == n] for n in range(1, 10)}
    found = counted_once(rows, near)
    assert [{row.id.int for row in one.episodes} for one in found] == counted
    firsts = [story.at - timedelta(hours=max(group)) for group in counted]
    assert [one.became_aware_at for one in found] == firsts
