"""What a list may be asked for."""

from marshmallow import fields

from missing_service.api.fields import DateText, Instant, Name, Word
from missing_service.api.schemas_report import Reported, Strict
from missing_service.domain import codes
from missing_service.domain.policy import ObligationKind

MOST = 100
USUAL = 50


class Limit(fields.Integer):
    """How many at most; what is out of range is brought into it."""

    def _deserialize(self, value, attr, data, **more):  # type: ignore[no-untyped-def]
        return min(max(super()._deserialize(value, attr, data, **more), 1), MOST)


class Page(Strict):
    limit = Limit(load_default=USUAL, metadata={"description": f"at most {MOST}"})
    cursor = Name(
        most=500, load_default=None, metadata={"description": "`next` of the page before"}
    )


def only_true() -> Word:
    return Word(("true", "false"), load_default="false")


class EpisodesAsked(Page):
    state = Word(codes.EpisodeState, load_default=None)
    council = Name(load_default=None)
    child = fields.UUID(load_default=None)
    since = Instant(load_default=None)
    unacknowledged = only_true()
    overdue = only_true()


class ObligationsAsked(Page):
    state = Word(("open", "discharged", "OPEN", "DISCHARGED"), load_default="open")
    kind = Word(ObligationKind, load_default=None)
    overdue = only_true()


class InterviewsAsked(Page):
    overdue = only_true()


class VersionAsked(Strict):
    version = fields.Integer(load_default=None)


class TakenOn(Reported):
    """When a photo was taken, as far as that is known."""

    taken_on = DateText(load_default=None, allow_none=True)


class NothingAsked(Strict):
    """No words are taken."""
