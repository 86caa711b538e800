"""The figures and lists that the rules need, as frozen values under one version."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from typing import Any

from missing_service.domain.code_list import Code, CodeList


class ObligationKind(StrEnum):
    """What can be owed; named as the policy file and the API name it."""

    police_acknowledgement = "police_acknowledgement"
    still_missing_review = "still_missing_review"
    police_declined_review = "police_declined_review"
    police_update = "police_update"
    interview_allocated = "interview_allocated"
    interview_offered = "interview_offered"
    interview_held = "interview_held"
    record_written = "record_written"
    record_with_police = "record_with_police"
    strategy_discussion = "strategy_discussion"
    urgent_disclosure = "urgent_disclosure"
    interview_action = "interview_action"
    question_answered = "question_answered"
    school_told = "school_told"
    day_services_told = "day_services_told"


class Hours(StrEnum):
    ANY = "any"  # told at its instant, whatever the hour
    WAKING = "waking"  # the message waits for the morning; the clock does not


class NextDay(StrEnum):
    SCHOOL = "next_school_day"
    WORKING = "next_working_day"


Conditions = tuple[tuple[str, str | bool], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Who is told, once, at one distance from the clock's start or from the due time."""

    after: timedelta | None
    at_due: timedelta | None
    tell: tuple[str, ...]
    say: str
    when: Conditions = ()
    hours: Hours = Hours.ANY


@dataclass(frozen=True, slots=True)
class Repeat:
    """Who is told again and again, for as long as the obligation is open."""

    every: timedelta | None
    at: time | None  # London wall time
    tell: tuple[str, ...]
    say: str
    when: Conditions = ()
    hours: Hours = Hours.ANY


@dataclass(frozen=True, slots=True)
class Waking:
    """The London hours in which what can wait is said: from `start`, until before `end`."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who is told when nobody acts, and within which hours what can wait is said."""

    steps: tuple[Step, ...]
    repeats: tuple[Repeat, ...]
    waking: Waking = Waking(time(7), time(21))  # CONTRACT 4; the policy file sets it


@dataclass(frozen=True, slots=True)
class DayRule:
    """Due at a London wall time on the next day of a kind, not after a number of hours."""

    at: time
    day: NextDay


Due = timedelta | DayRule


@dataclass(frozen=True, slots=True)
class ObligationPolicy:
    """When one kind of obligation is due, and its ladder.

    `due` is None where each obligation brings its own: an action's agreed time, a review's instant.
    """

    kind: ObligationKind
    due: Due | None
    danger_factor: Fraction
    ladder: Ladder
    reviews: tuple[timedelta, ...] = ()
    then_every: timedelta | None = None

    def factor(self, danger: bool) -> Fraction:
        """What durations are multiplied by, given whether danger has been said."""
        return self.danger_factor if danger else Fraction(1)

    def review_after(self, number: int) -> timedelta:
        """How long after the clock's start review `number`, from 0, is due; there is no last."""
        if number < len(self.reviews):
            return self.reviews[number]
        pace = self.then_every or self.reviews[-1]
        return self.reviews[-1] + pace * (number + 1 - len(self.reviews))

    def review_name(self, number: int) -> str:
        """What `when` calls review `number`: "48h"; "monthly" after the last that is listed."""
        return duration_text(self.reviews[number]) if number < len(self.reviews) else MONTHLY


FIRST, PLAN = "first", "plan"  # a strategy question, and one soon after an answer (rule 37)
MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A pattern of going missing that prompts a strategy discussion; all of it local protocol."""

    name: str
    on: bool
    episodes: int | None = None  # at least so many ...
    within: timedelta | None = None  # ... in a window of so long, both ends inclusive; None = ever
    missing_over: timedelta | None = None  # or: one episode that lasts longer than this


@dataclass(frozen=True, slots=True)
class Figures:
    """Single thresholds that no ladder holds."""

    channel_fails_after: timedelta
    overtake_after: timedelta
    backoff_first: timedelta
    backoff_cap: timedelta
    lease: timedelta
    untaken_after: timedelta
    look: timedelta
    photo_old_after: timedelta
    contact_test_every: timedelta
    strategy_recent: timedelta
    under_age: int
    waking_from: time
    waking_until: time
    not_mail_alone_from: time
    not_mail_alone_until: time
    edt_from: time
    edt_until: time
    digest_at: time
    workers_silent_after: timedelta = timedelta(seconds=30)  # policies kept from before lack these
    workers_silent_again: timedelta = timedelta(minutes=15)
    likely_match: int = 50  # the default speaks for policies kept before it was a figure


@dataclass(frozen=True, slots=True)
class Policy:
    """Every time-frame, ladder, trigger and code list in force together, under one version."""

    version: str
    obligations: Mapping[ObligationKind, ObligationPolicy]
    councils: Mapping[str, Mapping[ObligationKind, ObligationPolicy]]
    triggers: tuple[Trigger, ...]
    code_lists: Mapping[str, CodeList]
    figures: Figures

    def obligation(self, kind: ObligationKind, council_code: str) -> ObligationPolicy:
        """What that council has set for this kind of obligation, or what holds generally."""
        own = self.councils.get(council_code, {})
        return own.get(kind) or self.obligations[kind]


SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def duration_text(length: timedelta) -> str:
    """A duration in the one way we write it: 90s, 15m, 72h, 4d; up to three days in hours."""
    seconds = length // timedelta(seconds=1)
    fits = [
        u for u in "dhms" if seconds % SECONDS[u] == 0 and (u != "d" or abs(seconds) > 72 * 3_600)
    ]
    unit = fits[0] if seconds else "m"
    return f"{seconds // SECONDS[unit]}{unit}"


def make_policy(
    obligations: Mapping[ObligationKind, ObligationPolicy],
    councils: Mapping[str, Mapping[ObligationKind, ObligationPolicy]],
    triggers: tuple[Trigger, ...],
    code_lists: Mapping[str, CodeList],
    figures: Figures,
) -> Policy:
    """A policy under the version that its own content gives it."""
    unnamed = Policy("", obligations, councils, triggers, code_lists, figures)
    return Policy(
        version_of(policy_to_json(unnamed)), obligations, councils, triggers, code_lists, figures
    )


def version_of(text: str) -> str:
    """The first 16 hex digits of the SHA-256 over a policy's canonical JSON."""
    return sha256(text.encode()).hexdigest()[:16]


def policy_to_json(policy: Policy) -> str:
    """The canonical JSON of a policy, without its version: one policy, one text."""
    content = asdict(policy)
    del content["version"]
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )


def _plain(value: object) -> str:
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)  # Fraction "1/2", date "2026-04-01"


def policy_from_json(text: str) -> Policy:
    """The policy whose canonical JSON this is, under the version of these very bytes."""
    content = json.loads(text)
    return Policy(
        version=version_of(text),
        obligations=_obligations(content["obligations"]),
        councils={code: _obligations(own) for code, own in content["councils"].items()},
        triggers=tuple(_trigger(row) for row in content["triggers"]),
        code_lists={name: _code_list(row) for name, row in content["code_lists"].items()},
        figures=_figures(content["figures"]),
    )


def duration(text: str) -> timedelta:
    """The length that "90s", "15m", "72h" or "4d" says, with a sign where one is given."""
    return timedelta(seconds=int(text[:-1]) * SECONDS[text[-1]])


def _maybe(text: str | None) -> timedelta | None:
    return None if text is None else duration(text)


def _obligations(rows: dict[str, Any]) -> dict[ObligationKind, ObligationPolicy]:
    return {ObligationKind(kind): _obligation(row) for kind, row in rows.items()}


def _obligation(row: dict[str, Any]) -> ObligationPolicy:
    return ObligationPolicy(
        kind=ObligationKind(row["kind"]),
        due=_due(row["due"]),
        danger_factor=Fraction(row["danger_factor"]),
        ladder=_ladder(row["ladder"]),
        reviews=tuple(duration(each) for each in row["reviews"]),
        then_every=_maybe(row["then_every"]),
    )


def _due(row: str | dict[str, str] | None) -> Due | None:
    if isinstance(row, dict):
        return DayRule(time.fromisoformat(row["at"]), NextDay(row["day"]))
    return _maybe(row)


def _ladder(row: dict[str, Any]) -> Ladder:
    return Ladder(
        steps=tuple(_step(each) for each in row["steps"]),
        repeats=tuple(_repeat(each) for each in row["repeats"]),
        waking=Waking(*(time.fromisoformat(row["waking"][end]) for end in ("start", "end"))),
    )


def _step(row: dict[str, Any]) -> Step:
    return Step(_maybe(row["after"]), _maybe(row["at_due"]), **_told(row))


def _repeat(row: dict[str, Any]) -> Repeat:
    at = None if row["at"] is None else time.fromisoformat(row["at"])
    return Repeat(_maybe(row["every"]), at, **_told(row))


def _told(row: dict[str, Any]) -> dict[str, Any]:
    when = tuple((key, value) for key, value in row["when"])
    return {
        "tell": tuple(row["tell"]),
        "say": row["say"],
        "when": when,
        "hours": Hours(row["hours"]),
    }


def _trigger(row: dict[str, Any]) -> Trigger:
    lengths = {key: _maybe(row[key]) for key in ("within", "missing_over")}
    return Trigger(row["name"], row["on"], row["episodes"], **lengths)


def _code_list(row: dict[str, Any]) -> CodeList:
    return CodeList(row["version"], tuple(_code(each) for each in row["codes"]))


def _code(row: dict[str, Any]) -> Code:
    first, last = (
        row[key] and date.fromisoformat(row[key]) for key in ("effective_from", "effective_until")
    )
    return Code(row["code"], row["text"], tuple(row["aliases"]), first, last)


def _figures(row: dict[str, Any]) -> Figures:
    figures: dict[str, Any] = {name: _figure(value) for name, value in row.items()}
    return Figures(**figures)


def _figure(value: str | int) -> timedelta | time | int:
    if isinstance(value, int):
        return value
    return time.fromisoformat(value) if ":" in value else duration(value)
