"""When a message is tried again, and when a person must know."""

from dataclasses import replace
from datetime import timedelta

import pytest

from missing_service.domain.delivery import Outcome
from missing_service.domain.retry import decide_retry
from missing_service.policy.load import load_policy

FIGURES = load_policy().figures
REFUSED, UNREACHABLE = Outcome.REFUSED, Outcome.UNREACHABLE


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def retry(failures=1, failing_for=0, outcome=UNREACHABLE, jitter=1.0, figures=FIGURES):
    return decide_retry(
        failures=failures,
        failing_for=seconds(failing_for),
        outcome=outcome,
        jitter=jitter,
        figures=figures,
    )


@pytest.mark.parametrize(
    ("failures", "jitter", "wait"),
    [
        (1, 1.0, 1),  # guarantee 2: 1 s ...
        (2, 1.0, 2),  # ... doubling ...
        (3, 1.0, 4),
        (6, 1.0, 32),
        (7, 1.0, 60),  # ... to 60 s
        (8, 1.0, 60),
        (1, 0.0, 0.5),  # never below half
        (7, 0.0, 30),
        (7, 0.5, 45),
        (0, 1.0, 1),  # a caller that miscounts is answered like the first
        (10**9, 1.0, 60),  # a year of failures overflows nothing
    ],
)
def test_the_wait_doubles_to_the_cap_and_never_falls_below_half(failures, jitter, wait):
    assert retry(failures=failures, jitter=jitter).wait == seconds(wait)


@pytest.mark.parametrize(
    ("failing_for", "outcome", "told"),
    [
        (0, UNREACHABLE, False),
        (119.999, UNREACHABLE, False),
        (120, UNREACHABLE, True),  # guarantee 2: failing for 2 minutes
        (86_400, UNREACHABLE, True),
        (0, REFUSED, True),  # CONTRACT 6: told at once
    ],
)
def test_a_person_is_told_after_two_minutes_or_a_refusal(failing_for, outcome, told):
    assert retry(failing_for=failing_for, outcome=outcome).tell_person is told


def test_a_refused_message_is_tried_again_at_the_capped_pace():
    assert retry(failures=1, outcome=REFUSED).wait == seconds(60)
    assert retry(failures=1, outcome=REFUSED, jitter=0.0).wait == seconds(30)


def test_the_figures_are_the_policy_s():
    slow = replace(FIGURES, backoff_first=seconds(3), channel_fails_after=seconds(10))
    assert retry(figures=slow).wait == seconds(3)
    assert retry(failing_for=10, figures=slow).tell_person
