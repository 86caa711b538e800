"""What was said of an episode, as it stands now: folded from its events, never stored a second time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from missing_service.domain import events as e

Story = Iterable[tuple[int, e.Event]]


@dataclass(slots=True)
class CaseFile:
    report: dict[str, Any] = field(default_factory=dict)
    answers: list[e.PoliceAnswered] = field(default_factory=list)
    calls: list[e.PoliceRung] = field(default_factory=list)
    returns: list[e.ChildReturned] = field(default_factory=list)
    outcomes: dict[UUID, e.InterviewEnded] = field(default_factory=dict)
    records: dict[UUID, list[e.RecordSigned]] = field(default_factory=dict)
    undone: set[UUID] = field(default_factory=set)

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
    match event:
        case e.EpisodeReported():
            file.report = dict(event.report)
        case e.EpisodeUpdated(topic="report"):
            file.report = merged(file.report, event.content)
        case e.EpisodeUpdated(topic="details"):
            file.report = merged(file.report, {"details": event.content})
        case e.PoliceAnswered():
            file.answers.append(event)
        case e.PoliceRung():
            file.calls.append(event)
        case e.ChildReturned():
            file.returns.append(event)
        case e.InterviewEnded():
            file.outcomes[event.interview] = event
        case e.RecordSigned():
            file.records.setdefault(event.interview, []).append(event)
        case e.ActUndone():
            file.undone.add(event.act)


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
