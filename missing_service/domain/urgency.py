"""What a person reads first where much has lapsed together."""

from datetime import datetime

from missing_service.domain.episode import Episode
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationKind as Kind

AT_ONCE = (Kind.police_acknowledgement, Kind.urgent_disclosure)
WITH_POLICE = (Kind.police_acknowledgement, Kind.question_answered, Kind.police_declined_review)
Urgency = tuple[int, bool, datetime]


def urgency(obligation: Obligation, episode: Episode) -> Urgency:
    """The least comes first: a missing child of whom police may not know, what else is owed to a
    missing child, what police still owe to one who is found, the rest; of each, danger first, then
    what has waited longest."""
    return _tier(obligation.kind, episode), episode.danger != "YES", obligation.started_at


def _tier(kind: Kind, episode: Episode) -> int:
    if kind is Kind.urgent_disclosure or (kind in AT_ONCE and episode.is_searched_for):
        return 0
    if episode.is_searched_for:
        return 1
    return 2 if kind in WITH_POLICE else 3
