"""What people are told when no worker beats: who, of which reports, and what to do now."""

import json
from datetime import timedelta

import pytest

from missing_service.domain import events as e
from missing_service.domain.telling import SERVICE_STREAM, WATCH_LANE
from missing_service.domain.watching import tellings_due
from tests.domain import directories as d
from tests.domain.rules import Story, people_and_forces
from tests.fakes.clock import NIGHT

MINUTE, QUARTER = timedelta(minutes=1), timedelta(minutes=15)
ROW = {"council": d.HARROW, "reference": "HRW-AAAAA", "since": "2026-11-24T02:40:00.000000Z"}


def silence(story: Story, *, waiting=(ROW,), again=0, more=0) -> dict[str, tuple[str, str]]:
    """To whom, and which subject and text."""
    story.state.born(SERVICE_STREAM)
    happened = {
        "stream": SERVICE_STREAM,
        "since": story.at - MINUTE,
        "again": again,
        "waiting": waiting,
        "more": more,
    }
    story.happens(e.WorkersSilent, e.SERVICE, **happened)
    return letters(story)


def letters(story: Story) -> dict[str, tuple[str, str]]:
    found = {}
    for row, body in story.bodies():
        assert row.lane == WATCH_LANE
        assert row.recipient not in found
        said = json.loads(body)
        found[row.recipient] = (said["subject"], said["text"])
    return found


@pytest.mark.parametrize(
    ("passed", "which"),
    [(0, 0), (14.9, 0), (15, 1), (29.9, 1), (30, 2), (6 * 60, 24), (-60, 0)],
)
def test_a_silence_is_told_again_each_quarter_of_an_hour(passed, which):
    now = NIGHT
    assert tellings_due(now, now + passed * MINUTE, QUARTER) == which


def test_the_manager_and_worker_on_call_and_the_administrators_are_told_once_each():
    told = silence(Story())
    assert sorted(told) == [
        "admin@harrow.example",
        "manager@harrow.example",
        "worker@harrow.example",
    ]


def test_the_letter_says_since_when_what_to_do_now_and_for_which_reports():
    subject, text = silence(Story())["worker@harrow.example"]
    assert subject == "URGENT: alerts are not being sent, since 02:59"
    assert "ring police" in text
    assert "HRW-AAAAA: not answered since 02:40" in text
    assert "missing-service work" in text


def test_reports_of_another_council_are_not_named_to_this_ones_people():
    away = {**ROW, "council": d.BARNET, "reference": "BNT-BBBBB"}
    _, text = silence(Story(), waiting=(away,))["worker@harrow.example"]
    assert "BNT-BBBBB" not in text
    assert "No report waits for police" in text


def test_a_further_telling_says_that_it_lasts_and_how_many_are_not_named():
    _, text = silence(Story(), again=1, more=7)["admin@harrow.example"]
    assert "still silent" in text
    assert "7 more reports" in text


def test_a_role_with_nobody_on_its_rota_falls_to_the_managers_and_administrators():
    made = [
        entry for entry in people_and_forces() if entry[0][0] != "rota" or "head" in str(entry[0])
    ]
    told = silence(Story(directory=d.directory(*made)))
    assert sorted(told) == ["admin@harrow.example"]


def test_the_same_people_are_told_when_the_workers_beat_anew():
    story = Story()
    before = sorted(silence(story))
    story.happens(e.WorkersBack, e.SERVICE, stream=SERVICE_STREAM, since=story.at - MINUTE)
    told = letters(story)
    assert sorted(told) == before
    assert told["worker@harrow.example"][0] == "Alerts are being sent again (silent since 02:59)"


def test_workers_that_never_beat_have_no_since():
    story = Story()
    story.state.born(SERVICE_STREAM)
    silent = {"since": None, "again": 0, "waiting": (), "more": 0}
    story.happens(e.WorkersSilent, e.SERVICE, stream=SERVICE_STREAM, **silent)
    subject, _ = letters(story)["admin@harrow.example"]
    assert "since they were first looked for" in subject
