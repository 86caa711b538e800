"""What whoever is told besides police may read: by the level of its rule, from a list of what is
allowed; nobody's own words, no address, nothing protected (rule 34)."""

from datetime import datetime
from typing import Any

from missing_service.domain.casefile import read_story
from missing_service.domain.episode import Episode, Party
from missing_service.domain.protected import protection
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.stored import canonical, plain
from missing_service.domain.who_is_told import BY_NAME, Level, child_of, looked_after

JSON = dict[str, Any]
ASK = "PROTECTED: ask police or the emergency duty team before telling anybody anything."


def episode_for_other(
    state: State, episode: Episode, party: Party, book: Rulebook, at: datetime
) -> JSON:
    """The episode as a council, a school or another that is told may see it."""
    council = book.directory.councils.get(episode.council)
    least = {
        "id": str(episode.id),
        "reference": episode.reference,
        "state": episode.state.value,
        "council": episode.council,
        "ring": council.edt_phone if council else "",
    }
    if BY_NAME[party.kind].level is Level.ALLOW_LISTED:
        return least
    return least | _alert(state, episode, at)


def _alert(state: State, episode: Episode, at: datetime) -> JSON:
    report = read_story(state.story(episode.stream)).report
    child = child_of(report)
    return {
        "protected": ASK if protection(report, at.date()) else None,
        "category": episode.category,
        "recorded_at": plain(episode.recorded_at),
        "immediate_danger": episode.danger,
        "force": episode.force,
        "child": {
            "name": child.get("name"),
            "date_of_birth": child.get("date_of_birth"),
            "estimated_age": child.get("estimated_age"),
            "looked_after": looked_after(child),
        },
        "last_seen": {"at": (report.get("last_seen") or {}).get("at")},
    }


def letter_to_other(episode: Episode, kind: str, book: Rulebook) -> bytes:
    """A mailbox learns that there is something to ring about, and nothing of the child."""
    council = book.directory.councils.get(episode.council)
    name, desk = (council.name, council.edt_phone) if council else (episode.council, "")
    said = SAID.get(kind, "There is news of a missing child")
    subject = f"{episode.reference}: {said.lower()}, {name}"
    text = (
        f"{said}. Reference {episode.reference}, {name}.\n\n"
        f"Ring the emergency duty team to learn who the child is and what you can do: {desk}. "
        f"If you see the child, ring them, or 999 in danger. Tell nobody else."
    )
    return canonical({"subject": subject, "text": text})


SAID = {
    "episode.reported": "A child is reported missing",
    "episode.returned": "The child is found",
    "episode.updated": "Correction: the child is still missing",
}
