"""What the council's people do with a duty: decide it, or say "I have it"."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from missing_service.domain.errors import Conflict, Invalid, NotAllowed
from missing_service.domain.events import Actor, Event, ObligationDecided, ObligationTaken
from missing_service.domain.obligation import StepTold
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.usecases.answer_obligation import Asked, act_on
from missing_service.usecases.service import Done, RequestKey, Service

DECISIONS = {
    Kind.still_missing_review: ("CONTINUE", "ESCALATE"),
    Kind.police_declined_review: ("ACCEPT", "ESCALATE"),
    Kind.strategy_discussion: ("YES", "NO"),
    Kind.urgent_disclosure: ("YES", "NO"),
}
SHORT_REVIEWS = 2  # EDT answers the first two reviews itself


def take(
    obligation: UUID, *, actor: Actor, service: Service, key: RequestKey | None = None
) -> Done:
    """*I have it*: by one of those who were told; it ends nothing but what day services take."""

    def make(asked: Asked) -> Event:
        is_theirs = asked.obligation.kind is Kind.day_services_told
        person = _anybody(asked, actor) if is_theirs else _told_person(asked, actor)
        return ObligationTaken(**asked.head(actor), person=person)

    return act_on(obligation, make, actor=actor, service=service, key=key)


def _anybody(asked: Asked, actor: Actor) -> str:
    """What the night leaves is taken by any named person of the council."""
    if actor.role == "police":
        raise NotAllowed("The council's day services take this.")
    return asked.unit.book.directory.email_of(str(actor.name)) or str(actor.name)


def _told_person(asked: Asked, actor: Actor) -> str:
    told = {
        email
        for step in asked.unit.state.all(StepTold, asked.episode.stream)
        if step.obligation == asked.obligation.id
        for email in step.people
    }
    directory = asked.unit.book.directory
    for email in sorted(told):
        person = directory.person(email)
        if actor.name in (email, person.name if person else None):
            return email
    raise Invalid(
        {"On-Behalf-Of": f"{actor.name} was not told of this: only those who were can take it."}
    )


def decide(
    obligation: UUID,
    said: Mapping[str, Any],
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """A recorded decision with a reason, by a manager, or given to EDT by telephone."""

    def make(asked: Asked) -> Event:
        _check_decision(asked, said, actor)
        content = {"reason": said["reason"], "decided_by": said.get("decided_by") or actor.name}
        return ObligationDecided(
            **asked.head(actor),
            decision=said["decision"],
            by_phone=bool(said.get("by_phone")),
            content=content,
        )

    return act_on(obligation, make, actor=actor, service=service, key=key)


def _check_decision(asked: Asked, said: Mapping[str, Any], actor: Actor) -> None:
    obligation = asked.obligation
    allowed = DECISIONS.get(obligation.kind)
    if not allowed:
        raise Conflict("No decision ends this: it is met by another act.")
    if said["decision"] not in allowed:
        raise Invalid({"decision": f"Say {' or '.join(allowed)}."})
    if not obligation.is_open:
        raise Conflict("This was decided, or has ended, already.")
    if actor.role == "edt" and not (said.get("by_phone") or _is_short_review(asked)):
        raise NotAllowed("A manager decides this: record who gave the decision by telephone.")
    if said.get("by_phone") and not said.get("decided_by"):
        raise Invalid({"decided_by": "Name the manager who gave the decision by telephone."})


def _is_short_review(asked: Asked) -> bool:
    """The first two reviews are EDT's own to answer (section 6)."""
    terms = asked.unit.book.terms(asked.obligation)
    length = asked.obligation.due_at - asked.obligation.started_at
    return length in terms.reviews[:SHORT_REVIEWS]
