"""What a policy file may say, table by table; what it may not is refused with what is allowed."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from missing_service.domain.policy import (
    MONTHLY,
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
ABOVE_ZERO = f"{A_DURATION}, above zero"
AN_OFFSET = 'allowed: a duration from the due time, "-24h", "0m" or "24h"'
A_CLOCK = 'allowed: a time of day, "08:00"'
A_DUE = f'{A_DURATION}, or "09:00 {NextDay.SCHOOL}", or "09:00 {NextDay.WORKING}"'


class Table(Schema):
    """A table that refuses what it does not know, and says what it does."""

    class Meta:
        unknown = RAISE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = ", ".join(sorted(field.data_key or name for name, field in self.fields.items()))
        self.error_messages["unknown"] = f"an unknown key; allowed: {known}"
        self.error_messages["type"] = "allowed: a table"


class Length(fields.Field[timedelta]):
    """A duration; below zero, or zero, only where that means something."""

    def __init__(self, *, signed: bool = False, zero: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.signed, self.zero = signed, zero
        self.allowed = AN_OFFSET if signed else A_DURATION if zero else ABOVE_ZERO

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> timedelta:
        found = parsed(value, signed=self.signed)
        if found is None or not (self.zero or found):
            raise ValidationError(self.allowed)
        return found


def parsed(value: object, *, signed: bool = False) -> timedelta | None:
    """The duration that a text says, or None where it says none."""
    if not isinstance(value, str):
        return None
    bare = value[1:] if signed and value[:1] in ("-", "+") else value
    return duration(value) if DURATION.fullmatch(bare) else None


class ClockTime(fields.Field[time]):
    """A London time of day."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> time:
        if not isinstance(value, str) or not CLOCK.fullmatch(value):
            raise ValidationError(A_CLOCK)
        return time.fromisoformat(value)


class DueField(fields.Field[Due]):
    """A duration from the clock's start, or a morning that the calendar gives."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Due:
        clock, _, day = value.partition(" ") if isinstance(value, str) else ("", "", "")
        if CLOCK.fullmatch(clock) and day in tuple(NextDay):
            return DayRule(time.fromisoformat(clock), NextDay(day))
        if not (found := parsed(value)):
            raise ValidationError(A_DUE)
        return found


class Factor(fields.Field[Fraction]):
    """A number above 0 and at most 1, kept as the fraction that was written."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Fraction:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise ValidationError("allowed: a number above 0 and at most 1")
        return Fraction(str(value))


class Flag(fields.Field[bool]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("allowed: true, false")
        return value


class Count(fields.Field[int]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValidationError("allowed: a whole number above 0")
        return value


class Day(fields.Field[date]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        if type(value) is not date:
            raise ValidationError("allowed: a date without quotation marks, 2026-04-01")
        return value


class When(fields.Field[tuple[tuple[str, str | bool], ...]]):
    """The conditions that must all hold at the instant."""

    def _deserialize(
        self, value: Any, attr: Any, data: Any, **kwargs: Any
    ) -> tuple[tuple[str, str | bool], ...]:
        if not isinstance(value, dict):
            raise ValidationError("allowed: a table, { well_being = true }")
        faults = {
            key: [fault] for key, said in value.items() if (fault := _condition_fault(key, said))
        }
        if faults:
            raise ValidationError(faults)
        return tuple(sorted((key, _condition(key, said)) for key, said in value.items()))


def _condition_fault(key: str, said: object) -> str | None:
    if key == "review":
        return (
            None
            if said == MONTHLY or parsed(said)
            else 'allowed: one of the listed reviews, "48h", or "monthly"'
        )
    if key not in CONDITIONS:
        return f"an unknown condition; allowed: {', '.join([*CONDITIONS, 'review'])}"
    allowed = CONDITIONS[key]
    known = any(said is one or (isinstance(said, str) and said == one) for one in allowed)
    return None if known else f"allowed: {', '.join(_toml(one) for one in allowed)}"


def _condition(key: str, said: str | bool) -> str | bool:
    length = parsed(said) if key == "review" else None
    return duration_text(length) if length else said


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
    say = _words(required=True)
    when = When(load_default=())
    hours = fields.Enum(
        Hours,
        by_value=True,
        load_default=Hours.ANY,
        error_messages={"unknown": 'allowed: "any", "waking"'},
    )


class StepTable(ToldTable):
    after = Length(zero=True)
    at_due = Length(signed=True, zero=True)

    @validates_schema(skip_on_field_errors=True)
    def one_distance(self, data: dict[str, Any], **_: Any) -> None:
        if ("after" in data) == ("at_due" in data):
            found = "both" if "after" in data else "neither"
            raise ValidationError(f"found {found}; allowed: exactly one of `after` and `at_due`")


class RepeatTable(ToldTable):
    every = Length()
    at = ClockTime()

    @validates_schema(skip_on_field_errors=True)
    def one_rhythm(self, data: dict[str, Any], **_: Any) -> None:
        if ("every" in data) == ("at" in data):
            found = "both" if "every" in data else "neither"
            raise ValidationError(f"found {found}; allowed: exactly one of `every` and `at`")


class ObligationTable(Table):
    due = DueField()
    danger_factor = Factor()
    reviews = fields.List(
        Length(), error_messages={"invalid": 'allowed: a list of durations, ["1h", "6h"]'}
    )
    then_every = Length()
    step = fields.List(
        fields.Nested(StepTable), error_messages={"invalid": "allowed: [[...step]] tables"}
    )
    repeat = fields.List(
        fields.Nested(RepeatTable), error_messages={"invalid": "allowed: [[...repeat]] tables"}
    )


class TriggerTable(Table):
    on = Flag()
    episodes = Count()
    within = Length()
    missing_over = Length()


class CodeTable(Table):
    code = _words(required=True)
    text = _words(required=True)
    aliases = fields.List(
        _words(), load_default=[], error_messages={"invalid": "allowed: a list of names"}
    )
    effective_from = Day(load_default=None)
    effective_until = Day(load_default=None)


class CodeListTable(Table):
    version = _words(required=True)
    code = fields.List(
        fields.Nested(CodeTable),
        required=True,
        error_messages={"invalid": "allowed: [[...code]] tables"},
    )


class FiguresTable(Table):
    channel_fails_after = Length()
    overtake_after = Length()
    backoff_first = Length()
    backoff_cap = Length()
    lease = Length()
    untaken_after = Length()
    look = Length()
    photo_old_after = Length()
    contact_test_every = Length()
    strategy_recent = Length()
    under_age = Count()
    waking_from = ClockTime()
    waking_until = ClockTime()
    not_mail_alone_from = ClockTime()
    not_mail_alone_until = ClockTime()
    edt_from = ClockTime()
    edt_until = ClockTime()
    digest_at = ClockTime()


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
