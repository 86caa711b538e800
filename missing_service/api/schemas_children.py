"""What is said of a child beforehand, by what one is looked for, and what is answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from missing_service.api.fields import DateText, Text, Whole, Word
from missing_service.api.schemas_answers import ListOf, Open, at, several, text
from missing_service.api.schemas_report import Details, Strict
from missing_service.api.schemas_report import part as maybe
from missing_service.domain import codes

BY_SOMETHING = "Give a name, a date of birth or a case id."


class AbsencePlan(Strict):
    """What was agreed: home by when, and how long after that the child is reported."""

    curfew = Text()
    grace_minutes = Whole(allow_none=True)
    note = Text()


class Profile(Details):
    review_on = DateText(allow_none=True)
    what_works = Text()
    absence_plan = maybe(AbsencePlan)


class Sought(Strict):
    """What is known of the child who is looked for."""

    name = Text()
    date_of_birth = DateText(allow_none=True)
    case_id = Text()

    @validates_schema
    def _has_something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not any((value or "").strip() for value in data.values()):
            raise ValidationError({"name": [BY_SOMETHING]})


class Likely(Open):
    id = fields.UUID(required=True)
    name = text(allow_none=True)
    description = text(allow_none=True)
    date_of_birth = text(allow_none=True)
    case_id = text(allow_none=True)
    score = fields.Integer(required=True)
    why = several(fields.String())


class Children(ListOf):
    items = several(fields.Nested(Likely))
    more = fields.Boolean(required=True)


class KeptProfile(Open):
    """The profile as it was sent; empty where nothing is kept yet."""

    review_on = fields.String(allow_none=True)
    what_works = fields.String(allow_none=True)
    absence_plan = fields.Dict(allow_none=True)


class CarriedOver(Open):
    field = text()
    value = fields.Raw(required=True)
    said_at = at()
    source = text()
    question = text()


class EarlierEpisode(Open):
    reference = text()
    state = Word(codes.EpisodeState, required=True)
    recorded_at = at()
    returned_at = at(allow_none=True)


class Doubt(Open):
    field = text()
    message = text()


class Prefill(Open):
    report = fields.Dict(required=True)
    facts = several(fields.Nested(CarriedOver))
    earlier = several(fields.Nested(EarlierEpisode))
    review_on = text(allow_none=True)
    what_works = text(allow_none=True)
    absence_plan = fields.Dict(required=True, allow_none=True)
    report_after = text(allow_none=True)
    doubts = several(fields.Nested(Doubt))
