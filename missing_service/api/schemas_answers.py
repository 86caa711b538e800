"""What the API answers, for its document: there may be more names, never others for these."""

from typing import Any

from marshmallow import INCLUDE, Schema, fields

from missing_service.api.fields import Word
from missing_service.domain import codes
from missing_service.domain.delivery import DeliveryState
from missing_service.domain.obligation import ObligationState
from missing_service.domain.policy import ObligationKind


class Open(Schema):
    class Meta:
        unknown = INCLUDE


def text(**options: Any) -> fields.String:
    return fields.String(required=True, **options)


def at(**options: Any) -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, **options)


def part(kind: type[Schema], **options: Any) -> fields.Nested:
    return fields.Nested(kind, required=True, **options)


def several(inner: Any) -> fields.List[Any]:
    return fields.List(inner, required=True)


class KnownChild(Open):
    id = fields.UUID(required=True)


class KnownReference(Open):
    system = fields.String(allow_none=True)
    value = text()


class Police(Open):
    state = Word(codes.PoliceState, required=True)
    alert = Word(("QUEUED", "TAKEN", "FAILING", "SUPERSEDED"))
    risk = Word(codes.RiskLevel, required=True)
    references = several(fields.Nested(KnownReference))


class StepTold(Open):
    step = fields.Raw(required=True)
    due_at = at()
    told_at = at()
    people = several(fields.String())
    taken_by = text(allow_none=True)


class Obligation(Open):
    id = fields.UUID(required=True)
    kind = Word(ObligationKind, required=True)
    state = Word(ObligationState, required=True)
    started_at = at()
    due_at = at()
    discharged_at = at(allow_none=True)
    overdue = fields.Boolean()
    next_step_at = fields.AwareDateTime(allow_none=True)
    steps_told = fields.List(fields.Nested(StepTold))


class InterviewBrief(Open):
    id = fields.UUID(required=True)
    status = Word(codes.InterviewStatus, required=True)
    due_at = at()


class AskedQuestion(Open):
    id = fields.UUID(required=True)
    by = text(allow_none=True)
    asked_at = at()
    answered_at = at(allow_none=True)
    answer = text(allow_none=True)
    text = text()


class Episode(Open):
    id = fields.UUID(required=True)
    reference = text()
    state = Word(codes.EpisodeState, required=True)
    drill = fields.Boolean(required=True)
    category = Word(codes.Category, required=True)
    version = fields.Integer(required=True)
    recorded_at = at()
    child = part(KnownChild)
    force = text()
    owner = text()
    report = fields.Dict(required=True)
    lists = fields.Dict(required=True)
    times = fields.Dict(required=True)
    first_aware_at = at()
    prompts = fields.List(fields.String())
    sightings = several(fields.Dict())
    council_risk = fields.Dict(required=True, allow_none=True)
    photo = fields.Dict(required=True, allow_none=True)
    police = part(Police)
    obligations = several(fields.Nested(Obligation))
    interview = part(InterviewBrief, allow_none=True)
    earlier = several(fields.String())
    questions = several(fields.Nested(AskedQuestion))
    triggers = several(fields.Dict())
    linked = several(fields.String())


class ListOf(Open):
    next = text(allow_none=True)


class Episodes(ListOf):
    items = several(fields.Nested(Episode))


class Obligations(ListOf):
    items = several(fields.Nested(Obligation))


class Happened(Open):
    n = fields.Integer(required=True)
    at = at()
    recorded_at = fields.AwareDateTime(required=True)
    kind = text()
    by = text()
    what = text()


class Chronology(ListOf):
    items = several(fields.Nested(Happened))


class PartyTold(Open):
    who = text()
    kind = text()
    needed = fields.Boolean(required=True)
    by_when = at(allow_none=True)
    told_at = at(allow_none=True)
    seen_at = at(allow_none=True)
    acknowledged_at = at(allow_none=True)
    reference = fields.Dict(required=True, allow_none=True)
    why_not = text(allow_none=True)


class Told(ListOf):
    items = several(fields.Nested(PartyTold))


class Attempt(Open):
    at = at()
    status = fields.Integer(required=True, allow_none=True)
    error = text(allow_none=True)
    ms = fields.Integer(required=True, allow_none=True)


class Delivery(Open):
    id = fields.UUID(required=True)
    type = text()
    recipient = text()
    channel = text()
    number = fields.Integer(required=True)
    state = Word(DeliveryState, required=True)
    attempts = several(fields.Nested(Attempt))
    taken_at = at(allow_none=True)


class Deliveries(ListOf):
    items = several(fields.Nested(Delivery))


class Signed(Open):
    version = fields.Integer(required=True)
    sha256 = text(allow_none=True)
    signed_at = at(allow_none=True)
    draft = fields.Boolean(required=True)


class Record(Signed):
    record = fields.Dict(required=True)


class Interview(Open):
    id = fields.UUID(required=True)
    status = Word(codes.InterviewStatus, required=True)
    episodes = several(fields.String())
    interviewer = text(allow_none=True)
    due_at = at()
    obligations = several(fields.Nested(Obligation))
    record = part(Signed)


class Interviews(ListOf):
    items = several(fields.Nested(Interview))


class Destination(Open):
    destination = text()
    depth = fields.Integer(required=True)
    failing = fields.Integer(required=True)
    state = text()
    oldest = at()


class Queue(ListOf):
    items = several(fields.Nested(Destination))


class FieldFault(Open):
    field = text()
    message = text()


class Problem(Open):
    """RFC 9457; `errors` where single fields are at fault."""

    type = text()
    title = text()
    status = fields.Integer(required=True)
    detail = text()
    errors = fields.List(fields.Nested(FieldFault))
