"""What a policy file may say, table by table; what it may not is refused with what is allowed."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from missing_service.domain.policy import (
    FIRST,
    MONTHLY,
    PLAN,
    Conditions,
    DayRule,
    Due,
    Hours,
    NextDay,
    ObligationKind,
    duration,
    duration_text,
)

ROLES = (
    "edt_worker",
    "edt_manager",
    "police_mash_supervisor",
    "head_of_service",
    "director_on_call",
    "team_manager",
    "service_manager",
    "assistant_director",
    "director",
    "partnership_chair",
    "interviewer",  # the one named on the interview
    "owner",  # the one named on the episode or action
    "police",  # a reminder through the force's channels
)
CONDITIONS: Mapping[str, tuple[str | bool, ...]] = {
    "category": ("MISSING", "AWAY_UNAUTHORISED", "UNSURE"),
    "danger": (True, False),
    "under_age": (True, False),
    "state": ("MISSING", "LOCATED", "RETURNED", "CLOSED", "WITHDRAWN"),
    "police": ("UNACKNOWLEDGED", "ACKNOWLEDGED", "DECLINED"),
    "well_being": (True, False),
}
DURATION = re.compile(r"(0|[1-9][0-9]{0,6})[smhd]")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
A_DURATION = 'allowed: a duration, "90s", "15m", "72h" or "4d"'
T = TypeVar("T")


class Table(Schema):
    """A table that refuses what it does not know, and says what it does."""

    class Meta:
        unknown = RAISE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = ", ".join(sorted(field.data_key or name for name, field in self.fields.items()))
        self.error_messages["unknown"] = f"an unknown key; allowed: {known}"
        self.error_messages["type"] = "allowed: a table"


class Parsed(fields.Field[T]):
    """A value read by a function, which refuses with what is allowed."""

    def __init__(self, read: Callable[[Any], T], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read = read

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> T:
        return self.read(value)


def parsed(value: object) -> timedelta | None:
    """The duration that a text says, or None where it says none."""
    return duration(value) if isinstance(value, str) and DURATION.fullmatch(value) else None


def length(value: object) -> timedelta:
    if not (found := parsed(value)):
        raise ValidationError(f"{A_DURATION}, above zero")
    return found


def from_start(value: object) -> timedelta:
    if (found := parsed(value)) is None:
        raise ValidationError(f"{A_DURATION}, from the clock's start")
    return found


def from_due(value: object) -> timedelta:
    bare = value.removeprefix("-") if isinstance(value, str) else value
    if (found := parsed(bare)) is None:
        raise ValidationError('allowed: a duration from the due time, "-24h", "0m" or "24h"')
    return found if bare == value else -found


def clock_time(value: object) -> time:
    if not isinstance(value, str) or not CLOCK.fullmatch(value):
        raise ValidationError('allowed: a time of day, "08:00"')
    return time.fromisoformat(value)


def due(value: object) -> Due:
    clock, _, day = value.partition(" ") if isinstance(value, str) else ("", "", "")
    if CLOCK.fullmatch(clock) and day in tuple(NextDay):
        return DayRule(time.fromisoformat(clock), NextDay(day))
    if not (found := parsed(value)):
        days = " or ".join(f'"09:00 {each}"' for each in NextDay)
        raise ValidationError(f"{A_DURATION}, above zero, or {days}")
    return found


def factor(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise ValidationError("allowed: a number above 0 and at most 1")
    return Fraction(str(value))  # as it was written: 0.1 is a tenth


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValidationError("allowed: true, false")
    return value


def count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValidationError("allowed: a whole number above 0")
    return value


def day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValidationError("allowed: a date without quotation marks, 2026-04-01")
    return value


def conditions(value: object) -> Conditions:
    if not isinstance(value, dict):
        raise ValidationError("allowed: a table, { well_being = true }")
    said = value.items()
    if faults := {key: [fault] for key, one in said if (fault := _condition_fault(key, one))}:
        raise ValidationError(faults)
    return tuple(sorted((key, _condition(key, one)) for key, one in said))


def _condition_fault(key: str, said: object) -> str | None:
    if key == "review":
        return (
            None
            if said in (MONTHLY, FIRST, PLAN) or parsed(said)
            else 'allowed: one of the listed reviews, "48h", or "monthly"'
        )
    if key not in CONDITIONS:
        return f"an unknown condition; allowed: {', '.join([*CONDITIONS, 'review'])}"
    allowed = CONDITIONS[key]
    known = any(said is one or (isinstance(said, str) and said == one) for one in allowed)
    return None if known else f"allowed: {', '.join(_toml(one) for one in allowed)}"


def _condition(key: str, said: str | bool) -> str | bool:
    found = parsed(said) if key == "review" else None
    return duration_text(found) if found else said


def _toml(value: str | bool) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _words(**kwargs: Any) -> fields.String:
    return fields.String(
        validate=validate.Length(min=1, error="allowed: words"),
        error_messages={"invalid": "allowed: words"},
        **kwargs,
    )


class ToldTable(Table):
    tell = fields.List(
        fields.String(
            validate=validate.OneOf(ROLES, error=f"allowed: {', '.join(ROLES)}"),
            error_messages={"invalid": f"allowed: {', '.join(ROLES)}"},
        ),
        required=True,
        validate=validate.Length(min=1, error="allowed: at least one role"),
        error_messages={"invalid": 'allowed: a list of roles, ["edt_worker"]'},
    )
    say = _words(load_default="This is still not done. Do it now, or see that somebody does.")
    when = Parsed(conditions, load_default=())
    hours = fields.Enum(
        Hours,
        by_value=True,
        load_default=Hours.ANY,
        error_messages={"unknown": 'allowed: "any", "waking"'},
    )


class StepTable(ToldTable):
    after = Parsed(from_start)
    at_due = Parsed(from_due)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def one_distance(self, _: Any, said: Any, **__: Any) -> None:
        if isinstance(said, dict) and ("after" in said) == ("at_due" in said):
            found = "both" if "after" in said else "neither"
            raise ValidationError(f"found {found}; allowed: exactly one of `after` and `at_due`")


class RepeatTable(ToldTable):
    every = Parsed(length)
    at = Parsed(clock_time)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def one_rhythm(self, _: Any, said: Any, **__: Any) -> None:
        if isinstance(said, dict) and ("every" in said) == ("at" in said):
            found = "both" if "every" in said else "neither"
            raise ValidationError(f"found {found}; allowed: exactly one of `every` and `at`")


class ObligationTable(Table):
    due = Parsed(due)
    danger_factor = Parsed(factor)
    reviews = fields.List(
        Parsed(length), error_messages={"invalid": 'allowed: a list of durations, ["1h", "6h"]'}
    )
    then_every = Parsed(length)
    step = fields.List(
        fields.Nested(StepTable), error_messages={"invalid": "allowed: [[...step]] tables"}
    )
    repeat = fields.List(
        fields.Nested(RepeatTable), error_messages={"invalid": "allowed: [[...repeat]] tables"}
    )


class TriggerTable(Table):
    on = Parsed(flag)
    episodes = Parsed(count)
    within = Parsed(length)
    missing_over = Parsed(length)


class CodeTable(Table):
    code = _words(required=True)
    text = _words(required=True)
    aliases = fields.List(
        _words(), load_default=[], error_messages={"invalid": "allowed: a list of names"}
    )
    effective_from = Parsed(day, load_default=None)
    effective_until = Parsed(day, load_default=None)


class CodeListTable(Table):
    version = _words()
    code = fields.List(
        fields.Nested(CodeTable),
        error_messages={"invalid": "allowed: [[...code]] tables"},
    )


class FiguresTable(Table):
    channel_fails_after = Parsed(length)
    overtake_after = Parsed(length)
    backoff_first = Parsed(length)
    backoff_cap = Parsed(length)
    lease = Parsed(length)
    untaken_after = Parsed(length)
    look = Parsed(length)
    photo_old_after = Parsed(length)
    contact_test_every = Parsed(length)
    strategy_recent = Parsed(length)
    under_age = Parsed(count)
    waking_from = Parsed(clock_time)
    waking_until = Parsed(clock_time)
    not_mail_alone_from = Parsed(clock_time)
    not_mail_alone_until = Parsed(clock_time)
    edt_from = Parsed(clock_time)
    edt_until = Parsed(clock_time)
    digest_at = Parsed(clock_time)
    workers_silent_after = Parsed(length)
    workers_silent_again = Parsed(length)
    likely_match = Parsed(count)


def _named(table: type[Table], allowed: re.Pattern[str], what: str) -> fields.Dict:
    name = fields.String(validate=validate.Regexp(allowed, error=what))
    return fields.Dict(
        keys=name, values=fields.Nested(table), error_messages={"invalid": "allowed: tables"}
    )


ObligationsTable = Table.from_dict(
    {kind.value: fields.Nested(ObligationTable) for kind in ObligationKind}
)
NAME = re.compile(r"[a-z][a-z0-9_]*")
GSS = re.compile(r"[EW][0-9]{8}")


class CouncilTable(Table):
    obligation = fields.Nested(ObligationsTable)


class PolicyTable(Table):
    """A whole policy file, or one that changes a part of it."""

    obligation = fields.Nested(ObligationsTable)
    council = _named(CouncilTable, GSS, "allowed: a council's GSS code, E09000015")
    trigger = _named(TriggerTable, NAME, "allowed: a name in small letters, three_in_30_days")
    code_list = _named(CodeListTable, NAME, "allowed: a name in small letters, police_risk")
    figures = fields.Nested(FiguresTable)
