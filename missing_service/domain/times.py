"""The times that differ and are all kept, and the gaps between them (rule 3)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from missing_service.domain.casefile import CaseFile
from missing_service.domain.episode import Episode
from missing_service.domain.stored import plain

Time = datetime | None
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATE = timedelta(minutes=15)  # longer than it takes to write a report down
GAPS = (
    ("last_seen", "became_aware"),
    ("became_aware", "reported"),
    ("reported", "recorded"),
    ("last_seen", "recorded"),
    ("last_seen", "located"),
    ("located", "returned"),
    ("returned", "prevention_interview"),
)
CALLED = {
    "last_seen": "last seen",
    "became_aware": "noticed",
    "reported": "reported",
    "recorded": "recorded",
    "located": "located",
    "returned": "returned",
    "prevention_interview": "police prevention interview",
}


def times_of(episode: Episode, file: CaseFile) -> dict[str, Any]:
    """Each time as it was said, None where nobody said it, and each gap between two that are
    known."""
    found = _times(episode, file)
    return {**{name: plain(at) for name, at in found.items()}, "gaps": list(_gaps(found))}


def _times(episode: Episode, file: CaseFile) -> dict[str, Time]:
    report = file.report
    return {
        "last_seen": _instant((report.get("last_seen") or {}).get("at")),
        "became_aware": _instant(report.get("became_aware_at")),
        "reported": _instant(report.get("reported_at")),
        "recorded": episode.recorded_at,
        "located": episode.located_at,
        "returned": episode.returned_at,
        "prevention_interview": _prevention(file) if episode.returned_at else None,
    }


def _prevention(file: CaseFile) -> Time:
    """When police held theirs, as the last return that stands says."""
    for event in reversed(file.returns):
        said = event.content.get("prevention_interview")
        if event.id not in file.undone and said and said.get("at"):
            return _instant(said["at"])
    return None


def _instant(said: str | None) -> Time:
    """None too for what is no instant: no alert is held up by a time that cannot be read."""
    try:
        found = datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _gaps(times: Mapping[str, Time]) -> Iterator[dict[str, Any]]:
    for first, last in GAPS:
        begun, ended = times[first], times[last]
        if begun and ended:
            length = ended - begun
            yield {
                "from": first,
                "to": last,
                "seconds": int(length.total_seconds()),
                "text": f"{CALLED[first]} to {CALLED[last]}: {in_words(length)}",
            }


def late_entry(times: Mapping[str, Any]) -> str:
    """What an alert says of a report that was written down long after it was told."""
    gaps = {(gap["from"], gap["to"]): gap["seconds"] for gap in times["gaps"]}
    late = timedelta(seconds=gaps.get(("reported", "recorded"), 0))
    return f" It was entered {in_words(late)} after it was reported." if late >= LATE else ""


def in_words(length: timedelta) -> str:
    """A length as people say it: "3 h", "1 h 20 min", "2 days 4 h"; one that runs backwards says
    so."""
    if length < timedelta():
        return f"{in_words(-length)} the wrong way round"
    days, hours, minutes = length // DAY, length % DAY // HOUR, length % HOUR // MINUTE
    if days:
        parts = [f"{days} day{'s' if days > 1 else ''}", f"{hours} h" if hours else ""]
    else:
        parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(filter(None, parts)) or "0 min"
