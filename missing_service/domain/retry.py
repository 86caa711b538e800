"""When to try a message again, and when a person must know that it does not arrive."""

from datetime import timedelta

from missing_service.domain.delivery import Outcome, RetryDecision
from missing_service.domain.policy import Figures

LAST_DOUBLING = 30  # far beyond any cap; keeps a year of failures from overflowing


def decide_retry(
    *,
    failures: int,
    failing_for: timedelta,
    outcome: Outcome,
    jitter: float,
    figures: Figures,
) -> RetryDecision:
    """Say how long to wait, and whether a person must know already; there is no giving up.

    `failures` counts this one; `jitter` is drawn by the caller, from 0 to 1.
    """
    refused = outcome is Outcome.REFUSED
    full = figures.backoff_cap if refused else _backoff(failures, figures)
    # Never below half: after an outage all would otherwise return at once, in the first instants.
    wait = full * (0.5 + 0.5 * jitter)
    return RetryDecision(wait, tell_person=refused or failing_for >= figures.channel_fails_after)


def _backoff(failures: int, figures: Figures) -> timedelta:
    doublings = min(max(failures, 1) - 1, LAST_DOUBLING)
    return min(figures.backoff_first * (1 << doublings), figures.backoff_cap)
