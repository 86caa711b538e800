"""Hold a drill, and say how far it has come: when it was sent, taken, and answered by a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.domain.delivery import Delivery
from missing_service.domain.directory_faults import served
from missing_service.domain.drill import drill_report, stretches
from missing_service.domain.episode import Act, Episode
from missing_service.domain.errors import NotFound
from missing_service.domain.events import SERVICE, Actor, DrillAnswered, Stretch
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.state import State
from missing_service.journal import Unit, record
from missing_service.usecases.report_missing import save_report
from missing_service.usecases.service import Done, Service


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill as it stands."""

    reference: str
    force: str
    has_machine: bool
    due_at: datetime
    answered_by: str | None
    stretches: tuple[Stretch, ...]


def hold_drills(service: Service, council: str | None = None) -> list[str]:
    """One for each council served here, or for that one; answers their references."""
    found = [c.code for c in served(service.store.directory()) if council in (None, c.code)]
    return [hold_drill(code, service) for code in found]


def hold_drill(council: str, service: Service) -> str:
    """Report nobody: stored, owed and sent as a report is."""
    actor = Actor(principal="service", organisation=council, role="service")

    def once(unit: Unit, at: datetime) -> Done:
        return save_report(unit, drill_report(council), actor, at, drill=True)

    reference: str = service.act(once).body["reference"]
    return reference


def end_drill(unit: Any, stream: UUID, at: datetime) -> None:
    """A drill whose duty a person has just met is over: write down how long each stretch took."""
    episode = unit.state.get(Episode, stream)
    if not episode.drill or episode.closed_at or _duty(unit.state, stream).is_open:
        return
    took = stretches(_instants(unit, unit.state, episode))
    head: dict[str, Any] = {"id": unit.draw.id(), "stream": stream, "at": at, "by": SERVICE}
    record(unit, DrillAnswered(**head, stretches=took))


def read_drill(reference: str, service: Service) -> Drill:
    """How far the drill of that reference has come."""
    directory, now = service.store.directory(), service.clock.now()

    def once(reader: Any) -> Drill:
        state = State(reader)
        stream = reader.listing.find("reference", reference)
        episode = state.find(Episode, stream) if stream else None
        if episode is None or not episode.drill:
            raise NotFound(f"No drill has the reference {reference}.")
        duty = _duty(state, episode.stream)
        return Drill(
            reference=reference,
            force=episode.force,
            has_machine=bool(directory.channels(episode.force, "report", now)),
            due_at=duty.due_at,
            answered_by=None if duty.is_open else _officer(state, duty),
            stretches=stretches(_instants(reader, state, episode)),
        )

    return service.store.read(once)


def _duty(state: State, stream: UUID) -> Obligation:
    owed = state.all(Obligation, stream)
    return next(row for row in owed if row.kind is Kind.police_acknowledgement)


def _officer(state: State, duty: Obligation) -> str:
    """Whose answer ended it."""
    by = next(event for _, event in state.story(duty.stream) if event.id == duty.discharged_by)
    content: Mapping[str, Any] = getattr(by, "content", {})
    return str((content.get("acknowledged_by") or {}).get("name") or "somebody")


def _instants(reader: Any, state: State, episode: Episode) -> dict[str, datetime | None]:
    """The report, its first attempt, its first taking by the force's channels, and the answer."""
    mine = {
        row.id: row
        for row in state.all(Delivery, episode.stream)
        if row.type == "episode.reported" and row.recipient == episode.force
    }
    attempts = [a.at for a in reader.listing.attempts(episode.stream) if a.delivery in mine]
    taken = [row.taken_at for row in mine.values() if row.taken_at]
    met_by = _duty(state, episode.stream).discharged_by
    answer = state.find(Act, met_by) if met_by else None
    return {
        "reported": episode.recorded_at,
        "sent": min(attempts, default=None),
        "taken": min(taken, default=None),
        "answered": answer.at if answer else None,
    }
