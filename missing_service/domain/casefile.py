"""What was said of an episode, as it stands now: folded from its events, never stored a second
time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from missing_service.domain import events as e
from missing_service.domain.code_list import is_said

Story = Iterable[tuple[int, e.Event]]


@dataclass(slots=True)
class CaseFile:
    report: dict[str, Any] = field(default_factory=dict)
    answers: list[e.PoliceAnswered] = field(default_factory=list)
    calls: list[e.PoliceRung] = field(default_factory=list)
    returns: list[e.ChildReturned] = field(default_factory=list)
    outcomes: dict[UUID, e.InterviewEnded] = field(default_factory=dict)
    records: dict[UUID, list[e.RecordSigned]] = field(default_factory=dict)
    told: list[e.ToldByPerson] = field(default_factory=list)
    questions: list[e.QuestionAsked] = field(default_factory=list)
    replies: list[e.QuestionAnswered] = field(default_factory=list)
    linked: dict[UUID, str] = field(default_factory=dict)  # references of the same, reported twice
    undone: set[UUID] = field(default_factory=set)
    logged_by: str | None = None
    lists: dict[str, str] = field(default_factory=dict)  # the version that each was last said in
    unlisted: set[str] = field(default_factory=set)
    sightings: list[e.EpisodeUpdated] = field(default_factory=list)
    council_risk: e.EpisodeUpdated | None = None
    photos: list[e.PhotoKept] = field(default_factory=list)

    @property
    def references(self) -> list[dict[str, str]]:
        """Each police reference once, in the order given, of answers that stand."""
        found: list[dict[str, str]] = []
        for answer in self.answers:
            reference = answer.content.get("reference")
            if answer.id not in self.undone and reference and reference not in found:
                found.append(dict(reference))
        return found


def read_story(story: Story) -> CaseFile:
    file = CaseFile()
    for _, event in story:
        _add(file, event)
    return file


def _add(file: CaseFile, event: e.Event) -> None:
    add = ADDED.get(type(event))
    if add:
        add(file, event)


def _updated(file: CaseFile, event: e.EpisodeUpdated) -> None:
    _listed(file, event, as_report(event.topic, event.content))
    if event.topic == "sighting":
        file.sightings.append(event)
    elif event.topic == "council_risk":
        file.council_risk = event
    elif event.topic == "report":
        file.report = merged(file.report, event.content)
    elif event.topic == "details":
        file.report = merged(file.report, {"details": event.content})


def _listed(file: CaseFile, event: e.EpisodeReported | e.EpisodeUpdated, said: e.JSON) -> None:
    """In which lists it was said, and what of it is in none; a word said anew is judged anew."""
    file.unlisted = {name for name in file.unlisted if not is_said(said, name.split("."))}
    file.unlisted |= set(event.unlisted)
    file.lists |= event.lists


def _outcome(file: CaseFile, event: e.InterviewEnded) -> None:
    file.outcomes[event.interview] = event


def _signed(file: CaseFile, event: e.RecordSigned) -> None:
    file.records.setdefault(event.interview, []).append(event)


def _reported(file: CaseFile, event: e.EpisodeReported) -> None:
    file.report = dict(event.report)
    file.logged_by = event.by.name
    _listed(file, event, event.report)


def _unlinked(file: CaseFile, event: e.EpisodeUnlinked) -> None:
    file.linked.pop(event.other, None)


ADDED: Mapping[type[e.Event], Callable[[CaseFile, Any], None]] = {
    e.EpisodeReported: _reported,
    e.EpisodeUpdated: _updated,
    e.PhotoKept: lambda file, event: file.photos.append(event),
    e.PoliceAnswered: lambda file, event: file.answers.append(event),
    e.PoliceRung: lambda file, event: file.calls.append(event),
    e.ToldByPerson: lambda file, event: file.told.append(event),
    e.QuestionAsked: lambda file, event: file.questions.append(event),
    e.QuestionAnswered: lambda file, event: file.replies.append(event),
    e.ChildReturned: lambda file, event: file.returns.append(event),
    e.InterviewEnded: _outcome,
    e.RecordSigned: _signed,
    e.EpisodeLinked: lambda file, event: file.linked.update({event.other: event.reference}),
    e.EpisodeUnlinked: _unlinked,
    e.ActUndone: lambda file, event: file.undone.add(event.act),
}


def as_report(topic: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an update says, at the places at which a report would say it."""
    return content if topic == "report" else {topic: content}


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What is said anew replaces what was said; what is not mentioned stays."""
    result = dict(old)
    for name, value in new.items():
        both = isinstance(value, Mapping) and isinstance(old.get(name), Mapping)
        result[name] = merged(old[name], value) if both else value
    return result


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], at: str = ""
) -> list[dict[str, Any]]:
    """Each field that is said anew: its dotted name, what it was, what it is now."""
    found: list[dict[str, Any]] = []
    for name, value in new.items():
        was, where = old.get(name), f"{at}{name}"
        if isinstance(value, Mapping) and isinstance(was, Mapping | None):
            found += differences(was or {}, value, f"{where}.")
        elif was != value:
            found.append({"field": where, "was": was, "now": value})
    return found
