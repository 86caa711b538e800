"""Whom a caller may mean: children of their council who are likely the one, with why."""

from typing import Any

from rapidfuzz.fuzz import ratio

from missing_service.domain.matching import Match, Sought, likely_matches, wanted_keys
from missing_service.usecases.read_episode import Reader
from missing_service.usecases.read_with_look import JSON, Looker, Shown, read_with_look
from missing_service.usecases.service import Service

MOST_WEIGHED = 100  # children whose names are compared letter by letter
MOST_SHOWN = 10


def search_children(sought: Sought, *, looker: Looker, service: Service) -> JSON:
    """Likely matches, best first; a suggestion, which changes nothing."""
    keys, likely = wanted_keys(sought), service.store.policy.figures.likely_match

    def once(reader: Reader) -> Shown:
        council = looker.actor.organisation
        known = {k.child: k for k in reader.listing.children(council, keys, MOST_WEIGHED)}
        matches = likely_matches(sought, known, alike=ratio, likely=likely)
        shown = matches[:MOST_SHOWN]
        more = len(matches) > len(shown) or len(known) == MOST_WEIGHED
        body = {"items": [_shown(match) for match in shown], "next": None, "more": more}
        seen = {match.child.stream: known[match.child].last_n for match in shown}
        return Shown(body, seen, is_search=True)

    return read_with_look(once, looker=looker, service=service)


def _shown(match: Match) -> dict[str, Any]:
    """As much as tells two children apart, and no more."""
    child = match.child
    return {
        "id": str(child.id),
        "name": child.name,
        "description": None if child.name else child.description,
        "date_of_birth": child.date_of_birth,
        "case_id": child.case_id,
        "score": match.score,
        "why": list(match.why),
    }
