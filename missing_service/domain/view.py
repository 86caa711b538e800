"""An episode as those who may see it read it (CONTRACT 5.2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from missing_service.domain.asked import questions_view
from missing_service.domain.casefile import CaseFile, read_story
from missing_service.domain.codes import EpisodeState
from missing_service.domain.delivery import Delivery, DeliveryState
from missing_service.domain.directory import Directory
from missing_service.domain.doubts import doubts
from missing_service.domain.episode import Child, Episode, Party, TriggerMet
from missing_service.domain.events import EpisodeUpdated
from missing_service.domain.interview import Interview
from missing_service.domain.obligation import Obligation, StepTold, has_lapsed
from missing_service.domain.photo import photo_doubts, photo_view
from missing_service.domain.risk_prompt import high_prompts
from missing_service.domain.state import State
from missing_service.domain.stored import plain
from missing_service.domain.times import times_of

IN_NO_LIST = "This holds a word that is in no list in force: it is kept as it was said. Check it."


def episode_for_police(state: State, episode: Episode, force: str) -> dict[str, Any]:
    """The episode as a webhook carries it to a force: the same whenever it is read again."""
    file = read_story(state.story(episode.stream))
    return {
        **_head(state, episode, file),
        "earlier": state.earlier(episode.child, episode.stream, force),
        "linked": linked_for(state, file, force),
        "obligations": [_obligation(o) for o in _owed(state, episode)],
    }


def episode_for_people(
    state: State, episode: Episode, directory: Directory, *, now: datetime
) -> dict[str, Any]:
    """The whole of 5.2: with what lapsed, who was told, and whether the alert was taken."""
    file = read_story(state.story(episode.stream))
    told = state.all(StepTold, episode.stream)
    view = _head(state, episode, file)
    view["logged_by"] = file.logged_by or "logger not named"
    view["doubts"] = doubts(
        file.report,
        child=str(episode.child),
        recorded_at=episode.recorded_at,
        councils=directory.councils,
    )
    view["doubts"] += [{"field": name, "message": IN_NO_LIST} for name in sorted(file.unlisted)]
    view["doubts"] += photo_doubts(file.photos, now)
    view["first_aware_at"] = plain(_first_aware(state, episode, file))
    view["prompts"] = high_prompts(episode, file.report)
    view["police"]["alert"] = alert_state(state, episode, directory)
    view["obligations"] = [
        obligation_view(o, [s for s in told if s.obligation == o.id], directory, now=now)
        for o in _owed(state, episode)
    ]
    return view


def linked_for(state: State, file: CaseFile, force: str) -> list[str]:
    """References of the same child's other reports, of which the force was told."""
    told = ((name, state.find(Party, other, force)) for other, name in file.linked.items())
    return sorted(name for name, party in told if party)


def _first_aware(state: State, episode: Episode, file: CaseFile) -> datetime:
    """Of reports linked as the same, the earliest time counts."""
    others = (state.get(Episode, other) for other in file.linked)
    counted = [row for row in others if row.state is not EpisodeState.WITHDRAWN]
    return min(row.became_aware_at for row in (episode, *counted))


def obligation_view(
    obligation: Obligation, told: Iterable[StepTold], directory: Directory, *, now: datetime
) -> dict[str, Any]:
    steps = list(told)
    return {
        **_obligation(obligation),
        "overdue": has_lapsed(obligation, steps, now=now),
        "next_step_at": plain(obligation.next_step_at) if obligation.is_open else None,
        "steps_told": [
            _step(s, directory)
            for s in sorted(steps, key=lambda s: (s.told_at, s.due_at))
            if not s.passed_over
        ],
    }


def _head(state: State, episode: Episode, file: CaseFile) -> dict[str, Any]:
    interview = latest_interview(state, episode)
    return {
        "id": str(episode.id),
        "reference": episode.reference,
        "state": episode.state.value,
        "drill": episode.drill,
        "category": episode.category,
        "version": episode.version,
        "recorded_at": plain(episode.recorded_at),
        "child": _child(state, episode, file),
        "force": episode.force,
        "owner": episode.owner,
        "report": file.report,
        "lists": dict(sorted(file.lists.items())),
        "times": times_of(episode, file),
        "sightings": [_sighting(event) for event in file.sightings],
        "council_risk": file.council_risk and dict(file.council_risk.content),
        "photo": photo_view(file.photos),
        "police": {
            "state": episode.police.value,
            "risk": episode.risk,
            "references": file.references,
        },
        "interview": interview and interview_brief(interview),
        "earlier": [],
        "questions": questions_view(file),
        "triggers": _triggers(state, episode),
        "linked": sorted(file.linked.values()),
    }


def _child(state: State, episode: Episode, file: CaseFile) -> dict[str, Any]:
    said = dict(file.report.get("child") or {})
    later = (file.report.get("details") or {}).get("child") or {}
    child = state.find(Child, episode.child)
    return {**said, **later, "id": str(child.id) if child else str(episode.child)}


def _sighting(event: EpisodeUpdated) -> dict[str, Any]:
    return {**event.content, "recorded_at": plain(event.at), "recorded_by": event.by.name}


def _triggers(state: State, episode: Episode) -> list[dict[str, Any]]:
    rows = sorted(state.all(TriggerMet, episode.stream), key=lambda t: (t.at, t.rule))
    asked = ((row, state.find(Obligation, row.question)) for row in rows)
    met = (row for row, question in asked if question and question.discharged_as != "WITHDRAWN")
    return [{"rule": t.rule, "at": plain(t.at)} for t in met]


def _owed(state: State, episode: Episode) -> list[Obligation]:
    return sorted(state.all(Obligation, episode.stream), key=lambda o: (o.opened_at, o.id))


def _obligation(obligation: Obligation) -> dict[str, Any]:
    found = {
        "id": str(obligation.id),
        "kind": obligation.kind.value,
        "state": obligation.state.value,
        "started_at": plain(obligation.started_at),
        "due_at": plain(obligation.due_at),
        "discharged_at": plain(obligation.discharged_at),
    }
    if obligation.discharged_as:
        found["discharged_as"] = obligation.discharged_as
    return found


def _step(step: StepTold, directory: Directory) -> dict[str, Any]:
    view: dict[str, Any] = {
        "step": int(step.step) if step.step.isdigit() else "repeat",
        "due_at": plain(step.due_at),
        "told_at": plain(step.told_at),
        "people": [_name(email, directory) for email in step.people],
        "taken_by": ", ".join(_name(p, directory) for p in step.taken_by) or None,
    }
    if step.until:
        view |= {"from": plain(step.due_at), "until": plain(step.until), "count": step.count}
    return view


def _name(email: str, directory: Directory) -> str:
    person = directory.person(email)
    return person.name if person else email


def latest_interview(state: State, episode: Episode) -> Interview | None:
    found = [i for i in state.all(Interview, episode.stream) if not i.void]
    return max(found, key=lambda i: i.opened_at, default=None)


def interview_brief(interview: Interview) -> dict[str, Any]:
    return {
        "id": str(interview.id),
        "status": interview.status,
        "due_at": plain(interview.due_at),
    }


def alert_state(state: State, episode: Episode, directory: Directory) -> str:
    """Whether the force's own machine took the alert; mail beside a dead webhook leaves it
    failing."""
    sent = [
        d
        for d in state.all(Delivery, episode.stream)
        if d.recipient == episode.force and d.type == "episode.reported"
    ]
    if not sent:
        return DeliveryState.QUEUED.value
    first = min(sent, key=lambda d: _rank(d, directory))
    return first.state.value


def _rank(delivery: Delivery, directory: Directory) -> tuple[bool, Any]:
    channel = directory.channel(delivery.channel)
    return (channel is None or channel.kind != "webhook", delivery.id)


def forces(parties: Iterable[Party]) -> list[Party]:
    return [p for p in parties if p.kind == "force" and p.frozen_at is None]


def interview_view(
    state: State, interview: Interview, directory: Directory, *, draft: bool, now: datetime
) -> dict[str, Any]:
    """The interview as an act on it answers (CONTRACT 5.5)."""
    episode = state.get(Episode, interview.stream)
    told = state.all(StepTold, interview.stream)
    owed = [o for o in _owed(state, episode) if o.interview == interview.id]
    return {
        "id": str(interview.id),
        "status": interview.status,
        "episodes": [episode.reference],
        "interviewer": interview.interviewer,
        "due_at": plain(interview.due_at),
        "obligations": [
            obligation_view(o, [s for s in told if s.obligation == o.id], directory, now=now)
            for o in owed
        ],
        "record": {
            "version": interview.version,
            "sha256": interview.record_hash,
            "signed_at": plain(interview.signed_at),
            "draft": draft,
        },
    }
