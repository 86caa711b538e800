"""What a new report of a known child is offered: each fact with when it was said, and the question
whether it is still true."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from missing_service.domain import events as e
from missing_service.domain.calendar import london_date
from missing_service.domain.casefile import merged
from missing_service.domain.episode import Episode
from missing_service.domain.events.children import ChildNamed, ProfileKept
from missing_service.domain.stored import plain

JSON = Mapping[str, Any]
Story = Iterable[tuple[int, e.Event]]

PROFILE, RECORD = "profile", "record"
MOST_MINUTES = 24 * 60
# Of the night itself, and asked anew each time: where the child was last seen, why somebody
# worries, what was done, who reports. What they wear is part of when they were last seen.
CHILD = ("name", "description", "date_of_birth", "looked_after", "looked_after_by", "case_id")
FOUND_BY = ("name", "description", "date_of_birth", "case_id")
OF_THE_NIGHT = ("clothing",)
STANDING = ("medical_needs", "sexual_exploitation", "self_harm", "danger_to_others")
KEPT_BESIDE = ("review_on", "what_works", "absence_plan")  # a profile's own: no part of a report
NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was said of a child before."""

    field: str  # its dotted name in a report
    value: Any
    said_at: datetime
    source: str  # the profile, the record of who the child is, or an earlier episode

    def question(self, today: date) -> str:
        day = london_date(self.said_at)
        year = "" if day.year == today.year else f" {day.year}"
        return f"from {day.day} {day:%b}{year}, still true?"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An episode of the child, and what was said in it."""

    episode: Episode
    story: Story


def kept_profile(story: Story) -> JSON:
    """The newest version of what is kept beforehand."""
    found: JSON = {}
    for _, event in story:
        if isinstance(event, ProfileKept):
            found = event.profile
    return found


def carried_over(story: Story, earlier: Iterable[Earlier]) -> list[Fact]:
    """What is known of the child, the last said of each field, in order of the fields' names."""
    told, before = list(story), list(earlier)
    found = [*_recorded(told), *_of_profile(told), *_of_going_missing(before)]
    for each in before:
        found += _of_episode(each)
    newest: dict[str, Fact] = {}
    for fact in sorted(found, key=lambda fact: fact.said_at):
        newest[fact.field] = fact
    return [newest[name] for name in sorted(newest)]


def offered(facts: Iterable[Fact]) -> dict[str, Any]:
    """The facts in the form of a report, for a person to look through."""
    report: dict[str, Any] = {}
    for fact in facts:
        *above, last = fact.field.split(".")
        place = report
        for name in above:
            place = place.setdefault(name, {})
        place[last] = fact.value
    return report


def _recorded(story: Story) -> Iterator[Fact]:
    """Who the child is, by what they are searched for."""
    for _, event in story:
        if isinstance(event, e.ChildRecorded | ChildNamed):
            said = {name: getattr(event, name) for name in FOUND_BY if getattr(event, name)}
            for name, value in said.items():
                yield Fact(f"child.{name}", value, event.at, RECORD)


def _of_profile(story: Story) -> Iterator[Fact]:
    """Each fact of the newest version, from the version since which it has been the same."""
    since: dict[str, tuple[Any, datetime]] = {}
    for _, event in story:
        if isinstance(event, ProfileKept):
            now = dict(_of_report({"details": event.profile}))
            since = {
                name: since[name] if since.get(name, (None,))[0] == value else (value, event.at)
                for name, value in now.items()
            }
    for name, (value, at) in since.items():
        yield Fact(name, value, at, PROFILE)


def _of_going_missing(earlier: Sequence[Earlier]) -> Iterator[Fact]:
    """The question whether the child was missing before is answered by the record itself."""
    if earlier:
        last = max((each.episode for each in earlier), key=lambda row: (row.recorded_at, row.id))
        said = {"answer": "YES", "note": f"The last time was {last.reference}."}
        yield Fact("questions.missing_before", said, last.recorded_at, last.reference)


def _of_episode(earlier: Earlier) -> Iterator[Fact]:
    """What stood at the episode's end, each fact from when it was last said."""
    report: dict[str, Any] = {}
    since: dict[str, datetime] = {}
    for _, event in earlier.story:
        said = _said(event)
        report = merged(report, said)
        since |= {name: event.at for name, _ in _of_report(said)}
    for name, value in _of_report(report):
        yield Fact(name, value, since[name], earlier.episode.reference)


def _said(event: e.Event) -> JSON:
    if isinstance(event, e.EpisodeReported):
        return event.report
    if isinstance(event, e.EpisodeUpdated) and event.topic in ("report", "details"):
        return event.content if event.topic == "report" else {"details": event.content}
    return {}


def _of_report(report: JSON) -> Iterator[tuple[str, Any]]:
    """What of a report may be carried over, by the fields' dotted names; nothing of the night."""
    details = dict(report.get("details") or {})
    child = merged(report.get("child") or {}, details.pop("child", None) or {})
    protected = details.pop("protected", None) or {}
    left_out = (*OF_THE_NIGHT, *KEPT_BESIDE)
    parts: dict[str, JSON] = {
        "child": {name: child.get(name) for name in CHILD},
        "questions": {name: (report.get("questions") or {}).get(name) for name in STANDING},
        "details": {name: value for name, value in details.items() if name not in left_out},
        "details.protected": protected,
    }
    for place, said in parts.items():
        yield from ((f"{place}.{name}", v) for name, v in said.items() if v not in NOTHING)


def episode_line(episode: Episode) -> dict[str, Any]:
    """An earlier episode in a line."""
    return {
        "reference": episode.reference,
        "state": episode.state.value,
        "recorded_at": plain(episode.recorded_at),
        "returned_at": plain(episode.returned_at),
    }


def report_after(plan: JSON | None) -> str | None:
    """The absence plan in a sentence: from when on a carer reports the child."""
    minutes = (plan or {}).get("grace_minutes")
    if minutes is None:
        return None
    curfew = str((plan or {}).get("curfew") or "").strip()
    until = _later(curfew, minutes)
    if until is None:
        return f"Report after {minutes} minutes{f' ({curfew})' if curfew else ''}."
    return f"Report after {minutes} minutes: home by {curfew}, so from {until}."


def _later(curfew: str, minutes: int) -> str | None:
    """The time that a curfew and the minutes agreed make, where both can be read as such."""
    try:
        at = time.fromisoformat(curfew)
    except ValueError:
        return None
    if not 0 <= minutes <= MOST_MINUTES or at.tzinfo is not None:
        return None
    start = datetime(2000, 1, 1, at.hour, at.minute)  # noqa: DTZ001 - a time of day, of no day
    return f"{start + timedelta(minutes=minutes):%H:%M}"


def profile_doubts(profile: JSON, today: date) -> list[dict[str, str]]:
    """What of a profile is doubtful: kept as it was said, and shown."""
    found = []
    review = profile.get("review_on")
    if review and date.fromisoformat(review) < today:
        found.append(("review_on", "The day to look at this again has passed: is it still true?"))
    minutes = (profile.get("absence_plan") or {}).get("grace_minutes")
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        found.append(("absence_plan.grace_minutes", "This is no number of minutes in a day."))
    return [{"field": field, "message": message} for field, message in found]
