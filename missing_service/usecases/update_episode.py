"""Later facts: each is saved, and each becomes a numbered piece of news to police."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from missing_service.access.scope import held
from missing_service.domain.calendar import london_date
from missing_service.domain.casefile import as_report, merged, read_story
from missing_service.domain.code_list import unlisted, versions_used
from missing_service.domain.episode import Episode
from missing_service.domain.errors import AlreadyOver, Conflict, Invalid, NotAllowed
from missing_service.domain.events import Actor, CategoryChanged, EpisodeUpdated
from missing_service.domain.view import episode_for_people, linked_for
from missing_service.journal import Unit, record
from missing_service.usecases.keep_profile import name_child
from missing_service.usecases.report_missing import is_under_age
from missing_service.usecases.service import Done, RequestKey, Service

POLICE_SAID = ("police_risk", "police_update")
NOT_HERE = "Use the category call: this has consequences of its own."


def update_episode(
    reference: str,
    topic: str,
    content: Mapping[str, Any],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Save one later fact; `topic` is the update's one key."""

    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "reference", reference)
        _check(topic, content, actor, episode)
        record(unit, _event(unit, episode, topic, content, actor, at))
        if said := _of_child(topic, content):
            name_child(unit, episode.child, said, actor, at)
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def _check(topic: str, content: Mapping[str, Any], actor: Actor, episode: Episode) -> None:
    refuse_withdrawn(episode)
    if episode.state == "CLOSED" and topic != "police_update":
        raise AlreadyOver("The episode is closed: undo its closing first, or report anew.")
    if topic == "police_risk" and actor.role not in ("police", "edt"):
        raise NotAllowed("Only police set their risk level, or EDT what police said by telephone.")
    if topic in POLICE_SAID and actor.role != "police" and not content.get("by_phone"):
        raise Invalid({f"{topic}.by_phone": "Say true: you record what police said by telephone."})
    if topic == "council_risk" and actor.role == "police":
        raise NotAllowed("The council's view of the risk is the council's.")


def _event(
    unit: Unit,
    episode: Episode,
    topic: str,
    content: Mapping[str, Any],
    actor: Actor,
    at: datetime,
) -> EpisodeUpdated:
    said, lists = as_report(topic, content), unit.book.policy.code_lists
    says_danger = topic == "report" and "immediate_danger" in content
    return EpisodeUpdated(
        id=unit.draw.id(),
        stream=episode.stream,
        at=at,
        by=actor,
        topic=topic,
        fields=tuple(sorted(content)),
        danger=content["immediate_danger"] if says_danger else None,
        under_age=_under_age(unit, episode, topic, content, at),
        risk=content.get("level") if topic == "police_risk" else None,
        by_phone=bool(content.get("by_phone")),
        lists=versions_used(said, lists),
        unlisted=unlisted(said, lists, london_date(at)),
        content=content,
    )


def _under_age(
    unit: Unit, episode: Episode, topic: str, content: Mapping[str, Any], at: datetime
) -> bool | None:
    """Counted anew where the update says something of the child's age."""
    said = _of_child(topic, content)
    if not said:
        return None
    file = read_story(unit.state.story(episode.stream))
    child = merged(file.report.get("child") or {}, said)
    return is_under_age(child, at, unit.book.policy.figures.under_age)


def _of_child(topic: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the update says of who the child is; of a report's two places, the later counts."""
    if topic not in ("report", "details"):
        return {}
    found: Mapping[str, Any] = content.get("child") or {}
    details = (content.get("details") or {}) if topic == "report" else {}
    return {**found, **(details.get("child") or {})}


def change_category(
    reference: str,
    category: str,
    from_at: datetime,
    reason: str,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """Missing, or away without authorisation: where it becomes missing, police are asked anew."""

    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "reference", reference)
        refuse_withdrawn(episode)
        if episode.state == "CLOSED":
            raise AlreadyOver("The episode is closed: undo its closing first.")
        if episode.category == category:
            raise Conflict(f"The category is {category} already.")
        not_later(from_at, at, "from_at")
        event = CategoryChanged(
            id=unit.draw.id(),
            stream=episode.stream,
            at=at,
            by=actor,
            category=category,
            was=episode.category,
            from_at=from_at,
            reason=reason,
        )
        record(unit, event)
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def refuse_withdrawn(episode: Episode) -> None:
    if episode.state == "WITHDRAWN":
        raise AlreadyOver("The episode was withdrawn: undo that first, or report anew.")


def not_later(said: datetime, now: datetime, field: str) -> None:
    """An act on a saved episode has happened: five minutes are allowed for clocks that differ."""
    from datetime import timedelta

    if said > now + timedelta(minutes=5):
        raise Invalid({field: "This lies in the future: give the time at which it happened."})


def answered(unit: Unit, episode: Episode, at: datetime, actor: Actor) -> Done:
    """The episode as the act left it, as this caller may read it."""
    fresh = unit.state.get(Episode, episode.id)
    body = episode_for_people(unit.state, fresh, unit.book.directory, now=at)
    force = actor.organisation if actor.role == "police" else None
    body["earlier"] = unit.state.earlier(fresh.child, fresh.stream, force)
    if force:
        file = read_story(unit.state.story(fresh.stream))
        body["linked"] = linked_for(unit.state, file, force)
    return Done(episode.stream, body)
