"""A report as it is said on the telephone (CONTRACT 5.1), and the updates that follow it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validates_schema

from missing_service.api.fields import (
    REQUIRED,
    DateText,
    Flag,
    InstantText,
    Name,
    Text,
    Whole,
    WholeOrText,
    Word,
)
from missing_service.domain import codes

NOT_KNOWN = codes.Answer.NOT_KNOWN.value
UNKNOWN = "There is no field of this name."


class Strict(Schema):
    """What is asked for by name, and nothing else."""

    error_messages = {  # noqa: RUF012 - marshmallow's own form
        "unknown": UNKNOWN,
        "type": "Give an object.",
    }

    class Meta:
        unknown = RAISE


class Reported(Strict):
    """What is said in a report: whatever is asked there may be answered NOT_KNOWN."""

    @pre_load
    def _not_known(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {
            name: None if self._says_nothing(name, said) else said for name, said in data.items()
        }

    def _says_nothing(self, name: str, said: Any) -> bool:
        """Where the words that a field takes do not hold it, it stands as nothing said."""
        field = self.fields.get(name)
        has_own = isinstance(field, Text | TextOr) or NOT_KNOWN in getattr(field, "words", ())
        return said == NOT_KNOWN and field is not None and field.allow_none and not has_own


class TextOr(fields.Field[Any]):
    """The parts that are asked for, or the same in the caller's own words."""

    def __init__(self, parts: type[Schema], **options: Any) -> None:
        super().__init__(allow_none=True, **options)
        self.parts = parts

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        kind: fields.Field[Any] = Text() if isinstance(value, str) else fields.Nested(self.parts)
        return kind.deserialize(value, attr, data, **more)


def answer() -> Word:
    return Word(codes.Answer, allow_none=True)


def part(kind: type[Schema], **options: Any) -> fields.Nested:
    options.setdefault("allow_none", True)
    return fields.Nested(kind, **options)


def several(inner: Any) -> fields.List[Any]:
    return fields.List(inner, allow_none=True, error_messages={"invalid": "Give a list."})


def texts() -> fields.List[Any]:
    return several(Text(allow_none=False))


class Child(Reported):
    id = Text(most=100)
    name = Text()
    date_of_birth = DateText(allow_none=True)
    estimated_age = Whole(allow_none=True)
    description = Text()
    looked_after = answer()
    looked_after_by = Text()
    case_id = Text()
    identifier = Text()
    identifier_kind = Text()


class LastSeen(Reported):
    at = InstantText(allow_none=True)
    precision = Word(codes.Precision, allow_none=True)
    place = Text()
    council = Text()
    by = Text()
    responsible_adult = answer()


class DoneSoFar(Reported):
    checks = several(Word(codes.Check))
    note = Text()


class Reporter(Reported):
    name = Text()
    role = Word(codes.ReporterRole, allow_none=True)
    organisation = Text()
    phone = Text()


class NamedReporter(Reporter):
    name = Text(needed=True)


class Reference(Reported):
    system = Word(codes.ReferenceSystem, allow_none=True)
    value = Name(most=100)


class ReferenceOrText(fields.Field[Any]):
    """A police reference as the reporter gave it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        kind: fields.Field[Any] = Text() if isinstance(value, str) else fields.Nested(Reference)
        return kind.deserialize(value, attr, data, **more)


class PoliceInformed(Reported):
    answer = answer()
    reference = ReferenceOrText(allow_none=True)


class Said(Reported):
    answer = answer()
    note = Text()
    said_by = Text()
    said_at = InstantText(allow_none=True)


Questions = Reported.from_dict(
    {question.value: part(Said) for question in codes.Question}, name="Questions"
)


class Appearance(Reported):
    height = Text()
    build = Text()
    hair = Text()
    eyes = Text()
    ethnicity = Text()
    marks = Text()
    glasses = answer()
    note = Text()


class Medical(Reported):
    conditions = Text()
    medication = Text()
    next_dose_at = InstantText(allow_none=True)
    allergies = Text()
    disability = Text()
    note = Text()


class Communication(Reported):
    needs = Text()
    language = Text()
    interpreter = answer()
    note = Text()


class MoneyAndDocuments(Reported):
    money = Text()
    travel_card = answer()
    passport = answer()
    note = Text()


class Phone(Reported):
    number = Text()
    note = Text()


class Associate(Reported):
    name = Text()
    relation = Text()
    age = WholeOrText(allow_none=True)
    phone = Text()
    concern = Text()


class Place(Reported):
    address = Text()
    why = Text()
    checked_by = Text()


class Placement(Reported):
    type = Text()
    address = Text()
    provider = Text()
    since = Text()


class ProtectedAddress(Reported):
    from_ = fields.List(Text(allow_none=False), data_key="from", attribute="from", allow_none=True)


class NoContact(Reported):
    person = Text()
    order = Text()
    until = Text()


class Protected(Reported):
    address = part(ProtectedAddress)
    no_contact = several(fields.Nested(NoContact))
    carer_identity = Flag(allow_none=True)


class Details(Reported):
    appearance = TextOr(Appearance)
    clothing = Text()
    phones = several(fields.Nested(Phone))
    online = texts()
    devices = texts()
    medical = TextOr(Medical)
    communication = TextOr(Communication)
    flags = texts()
    associates = several(fields.Nested(Associate))
    places = several(fields.Nested(Place))
    responsible_council = Text()
    host_council = Text()
    placement = part(Placement)
    protected = part(Protected)
    vehicle = Text()
    money_and_documents = TextOr(MoneyAndDocuments)
    legal = texts()
    child = part(Child)


class ReportUpdate(Reported):
    """Any field of a report, each replacing what was said."""

    child = part(Child, allow_none=False)
    last_seen = part(LastSeen)
    concern = Text(allow_none=False)
    done_so_far = part(DoneSoFar)
    immediate_danger = answer()
    reporter = part(Reporter, allow_none=False)
    police_informed = part(PoliceInformed)
    became_aware_at = InstantText(allow_none=True)
    reported_at = InstantText(allow_none=True)
    questions = part(Questions)
    details = part(Details)


class Report(ReportUpdate):
    """What somebody told the emergency duty team; everything but five fields may be absent."""

    council = Text(needed=True, most=100)
    category = Word(codes.Category, required=True)
    child = part(Child, required=True, allow_none=False, error_messages={"required": REQUIRED})
    concern = Text(needed=True)
    reporter = part(
        NamedReporter, required=True, allow_none=False, error_messages={"required": REQUIRED}
    )

    @validates_schema
    def _has_somebody(self, data: Mapping[str, Any], **_: Any) -> None:
        child = data.get("child") or {}
        if not any((child.get(field) or "").strip() for field in ("name", "description")):
            said = "Give the child's name, or a description of an unknown child."
            raise ValidationError({"child": {"name": [said]}})


class Sighting(Strict):
    at = InstantText(allow_none=True)
    place = Text()
    by = Text()
    note = Text()


class RiskWord(Word):
    """A police risk level; an alias becomes the level that it stands for."""

    def __init__(self, **options: Any) -> None:
        super().__init__([*codes.RiskLevel, *codes.RISK_ALIASES], **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        return codes.risk_level(super()._deserialize(value, attr, data, **more)).value


class PoliceRisk(Strict):
    level = RiskWord(required=True)
    by = Text()
    by_phone = Flag(allow_none=True)
    note = Text()


class PoliceUpdate(Strict):
    by = Text()
    by_phone = Flag(allow_none=True)
    note = Text()


class CouncilRisk(Strict):
    level = Text(needed=True, most=100)
    why = Text()


ONE = "Send exactly one of report, details, sighting, police_risk, police_update, council_risk."


class Update(Strict):
    """One later fact."""

    report = part(ReportUpdate, allow_none=False)
    details = part(Details, allow_none=False)
    sighting = part(Sighting, allow_none=False)
    police_risk = part(PoliceRisk, allow_none=False)
    police_update = part(PoliceUpdate, allow_none=False)
    council_risk = part(CouncilRisk, allow_none=False)

    @validates_schema
    def _is_one(self, data: Mapping[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError({name: [ONE] for name in data} or {"report": [ONE]})
        topic, content = next(iter(data.items()))
        if not content:
            raise ValidationError({topic: ["Say something: this is empty."]})
