"""The demonstration runs the same ladders, minutes as seconds."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from missing_service.domain.policy import DayRule, Hours, ObligationKind, duration, duration_text
from missing_service.policy.load import demo_policy_file, load_policy

DEFAULT, DEMO = load_policy(), load_policy([demo_policy_file()])
KIND = ObligationKind
NAMED = ("monthly", "first", "plan")
HOURS_ARE_SECONDS = {  # CONTRACT 1: "the interview's and record's hours too"
    KIND.interview_allocated,
    KIND.interview_offered,
    KIND.interview_held,
    KIND.record_written,
    KIND.record_with_police,
    KIND.interview_action,
}


def shorter(length, kind):
    return None if length is None else length / (3_600 if kind in HOURS_ARE_SECONDS else 60)


def due(length, kind):
    return timedelta(seconds=60) if isinstance(length, DayRule) else shorter(length, kind)


def when(conditions, kind):
    return tuple(
        (key, said if key != "review" or said in NAMED else _review(said, kind))
        for key, said in conditions
    )


def _review(said, kind):
    return duration_text(shorter(duration(said), kind))


def step(part, kind):
    return replace(
        part,
        after=shorter(part.after, kind),
        at_due=shorter(part.at_due, kind),
        when=when(part.when, kind),
        hours=Hours.ANY,
    )


def repeat(part, kind):
    every = timedelta(seconds=30) if isinstance(part.at, time) else shorter(part.every, kind)
    return replace(part, every=every, at=None, when=when(part.when, kind), hours=Hours.ANY)


@pytest.mark.parametrize("kind", ObligationKind)
def test_the_demonstration_is_the_default_made_short(kind):
    real, short = DEFAULT.obligations[kind], DEMO.obligations[kind]
    assert short.due == due(real.due, kind)
    assert short.danger_factor == real.danger_factor
    assert short.ladder.steps == tuple(step(part, kind) for part in real.ladder.steps)
    assert short.ladder.repeats == tuple(repeat(part, kind) for part in real.ladder.repeats)
    assert short.reviews == tuple(shorter(length, kind) for length in real.reviews)
    assert short.then_every == shorter(real.then_every, kind)


def test_the_interview_s_hours_are_seconds():
    assert DEMO.obligations[KIND.interview_held].due == timedelta(seconds=72)
    assert DEMO.obligations[KIND.record_with_police].due == timedelta(seconds=24)


def test_the_demonstration_s_single_figures():
    changed = {
        name: (getattr(DEFAULT.figures, name), getattr(DEMO.figures, name))
        for name in DEFAULT.figures.__slots__
        if getattr(DEFAULT.figures, name) != getattr(DEMO.figures, name)
    }
    seconds = {name: (was / short, short) for name, (was, short) in changed.items()}
    assert seconds == {
        "channel_fails_after": (60, timedelta(seconds=2)),
        "overtake_after": (60, timedelta(seconds=5)),
        "untaken_after": (60, timedelta(seconds=10)),
        "workers_silent_again": (60, timedelta(seconds=15)),
    }
