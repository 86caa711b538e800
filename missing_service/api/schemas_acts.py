"""What is said in acts on an episode, an obligation and an interview (CONTRACT 5, 5.3 to 5.5)."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from missing_service.api.fields import REQUIRED, Flag, Instant, Name, Text, Whole, Word
from missing_service.api.schemas_report import (
    RiskWord,
    Strict,
    answer,
    part,
    several,
    texts,
)
from missing_service.domain import codes

MISSING: Any = {"required": REQUIRED, "null": REQUIRED}


class CategoryChange(Strict):
    category = Word(codes.Category, required=True)
    from_at = Instant(required=True)
    reason = Text(needed=True)


class Located(Strict):
    at = Instant(required=True)
    how = Word(codes.LocatedHow, allow_none=True)
    by = Text()
    note = Text()


class PreventionInterview(Strict):
    held = Flag(allow_none=True)
    mode = Word(codes.PreventionMode, allow_none=True)
    at = Instant(allow_none=True)
    by = Text()


class Returned(Strict):
    at = Instant(required=True)
    to = Text()
    well_being_confirmed_by = Text()
    prevention_interview = part(PreventionInterview)
    safe_there = answer()
    instead = Word(codes.InsteadOfReturn, allow_none=True)


class Closed(Strict):
    reason = Text(needed=True)


class Link(Strict):
    """Linked as the same as another report, or no longer."""

    same_as = Name()
    unlink = Name()
    reason = Text(needed=True)

    @validates_schema
    def _is_one(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data.get("same_as")) == bool(data.get("unlink")):
            raise ValidationError({"same_as": [SAME_OR_NOT]})


SAME_OR_NOT = "Give the other's reference once: in same_as to link, or in unlink to take it back."


class Withdrawal(Strict):
    reason = Word(codes.WithdrawnWhy, required=True)
    note = Text()
    authorised_by = Name()


class Correction(Strict):
    undoes = Whole(required=True, error_messages=MISSING)
    reason = Text(needed=True)


class PoliceReference(Strict):
    system = Word(codes.ReferenceSystem, load_default="OTHER")
    value = Name(most=100, allow_none=False, required=True)


class Officer(Strict):
    name = Name(needed=True)
    role = Name()
    number = Name()


class Acknowledgement(Strict):
    """What a named person at the police makes of it."""

    outcome = Word(codes.AcknowledgementOutcome, load_default="RECORDED_MISSING")
    reason = Text()
    force = Name()
    duplicate_of = Name()
    reference = part(PoliceReference)
    acknowledged_by = part(Officer, required=True, allow_none=False, error_messages=MISSING)
    acknowledged_at = Instant(allow_none=True)
    by_phone = Flag(load_default=False)
    risk = RiskWord(allow_none=True)
    record_hash = Name()


class Call(Strict):
    """A call to police that has not ended the duty."""

    result = Word(codes.AttemptResult, required=True)
    name = Name()
    number = Name()


class Ownership(Strict):
    """Who owns it from now on: an e-mail address of the directory, or a name."""

    person = Name(needed=True)
    reason = Text(needed=True)


class Question(Strict):
    """What police ask; `by` is the officer."""

    text = Text(needed=True)
    by = Name()
    by_phone = Flag(load_default=False)


class Reply(Strict):
    """What police are answered; `by` is who answers."""

    text = Text(needed=True)
    by = Name()


class ToldByHand(Strict):
    """Who was told by a person, or why not."""

    who = Name(needed=True)
    by = Name()
    at = Instant(allow_none=True)
    method = Name()
    note = Text()
    why_not = Text()

    @validates_schema
    def _is_one(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("why_not") or "").strip():
            both = [name for name in ("by", "at", "method") if data.get(name)]
            if both:
                raise ValidationError({name: [TOLD_OR_NOT] for name in both})


TOLD_OR_NOT = "Say who told them and when, or why they are not told."


class Nothing(Strict):
    """Nothing more need be said."""


class Decided(Strict):
    decision = Word(codes.Decision, required=True)
    reason = Text(needed=True)
    by_phone = Flag(load_default=False)
    decided_by = Name()


class Allocation(Strict):
    interviewer = Name(needed=True)
    role = Text(most=200)
    organisation = Text(most=200)
    independence = Text()


class Outcome(Strict):
    status = Word(codes.OUTCOMES, required=True)
    at = Instant(allow_none=True)
    reason = Text()
    authorised_by = Name()
    parent_offered = Flag(allow_none=True)
    covers = several(Name(allow_none=False))


class Intelligence(Strict):
    kind = Word(codes.IntelligenceKind, allow_none=True)
    value = Text()
    note = Text()
    said_by = Text()
    first_hand = answer()
    handling = Text()


class Noted(Strict):
    answer = answer()
    note = Text()


class Withheld(Strict):
    item = Text()
    reason = Text()
    test = Word(codes.WithheldTest, allow_none=True)
    authorised_by = Text()


class Record(Strict):
    """The written record; a draft may lack anything."""

    why_left = Text()
    push_factors = texts()
    pull_factors = texts()
    where = Text()
    with_whom = Text()
    travel = Text()
    slept = Text()
    what_happened = Text()
    harm = Text()
    indicators = texts()
    intelligence = several(fields.Nested(Intelligence))
    felt_missing = answer()
    feelings = Text()
    what_would_help = Text()
    likely_again = answer()
    safety_plan = Text()
    helpline_given = Flag(allow_none=True)
    trafficking_screen = part(Noted)
    view_on_sharing = Text()
    told_about_sharing = Text()
    could_not_wait = part(Noted)
    parent_view = Text()
    analysis = Text()
    seen_alone = answer()
    place = Text()
    withheld = several(fields.Nested(Withheld))
