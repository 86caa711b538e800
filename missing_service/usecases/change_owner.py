"""Somebody hands an episode to another named person, or takes it (rule 25)."""

from datetime import datetime

from missing_service.access.scope import held
from missing_service.domain.directory import Directory
from missing_service.domain.errors import AlreadyOver, Invalid
from missing_service.domain.events import Actor, OwnerChanged
from missing_service.journal import Unit, record
from missing_service.usecases.service import Done, RequestKey, Service
from missing_service.usecases.update_episode import answered


def change_owner(
    reference: str,
    person: str,
    reason: str,
    *,
    actor: Actor,
    service: Service,
    key: RequestKey | None = None,
) -> Done:
    """From now on every step that tells the owner tells this person; the same again changes
    nothing."""

    def once(unit: Unit, at: datetime) -> Done:
        episode = held(unit, actor, "reference", reference)
        if episode.state == "CLOSED":
            raise AlreadyOver("The episode is closed: undo its closing first.")
        owner = _named(person, unit.book.directory)
        if owner != episode.owner:
            event = OwnerChanged(
                id=unit.draw.id(),
                stream=episode.stream,
                at=at,
                by=actor,
                owner=owner,
                was=episode.owner,
                reason=reason,
            )
            record(unit, event)
        return answered(unit, episode, at, actor)

    return service.act(once, key=key)


def _named(person: str, directory: Directory) -> str:
    """An e-mail address as the directory writes it; a name as it was said."""
    known = directory.person(person.strip())
    if known is None and "@" in person:
        raise Invalid({"person": "Nobody here has that address: give another, or their name."})
    return known.email if known else person.strip()
