"""What the pages ask for at one glance: an episode with who answered and who was rung; what is
owed, with whose episode it is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from missing_service.domain.casefile import CaseFile, read_story
from missing_service.domain.directory import Directory
from missing_service.domain.episode import Episode
from missing_service.domain.errors import NotFound
from missing_service.domain.events import Actor, PoliceAnswered, PoliceRung
from missing_service.domain.interview import Interview
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.policy import ObligationKind
from missing_service.domain.stored import plain
from missing_service.domain.told_matrix import still_to_tell, told_matrix
from missing_service.domain.view import obligation_view
from missing_service.ports import Found, ObligationsWanted, Page
from missing_service.usecases.read_episode import Item, Opened, Reader, open_stream, view_of
from missing_service.usecases.read_episode import viewer_of as viewer
from missing_service.usecases.read_with_look import JSON, Looker, Shown, read_with_look
from missing_service.usecases.service import Service

MOST = 100


def read_board(reference: str, *, looker: Looker, service: Service) -> JSON:
    """The episode, each answer and call that stands, and who is still to be told; for a force
    that was re-routed away, what it was sent last."""
    now, directory = service.clock.now(), service.store.directory()

    def once(reader: Reader) -> Shown:
        stream = reader.listing.find("reference", reference)
        found = open_stream(reader, stream, looker.actor, directory)
        return Shown(_board(found, now, service), found.seen)

    return read_with_look(once, looker=looker, service=service)


def _board(found: Opened, now: datetime, service: Service) -> JSON:
    view = view_of(found, now)
    if found.own:
        return {"episode": view, "answers": [], "calls": [], "to_tell": [], "ended": True}
    file = read_story(found.state.story(found.episode.stream))
    return {
        "episode": view,
        "council": found.episode.council,
        "answers": _answers(file),
        "calls": [_call(call) for call in file.calls],
        "to_tell": _to_tell(found, now, service),
        "well_being": found.episode.well_being,
        "ended": False,
    }


def _to_tell(found: Opened, now: datetime, service: Service) -> list[Item]:
    """Others whom a person has to tell: of the duty team at night, only what cannot wait."""
    calendar, figures = service.store.calendar, service.store.policy.figures
    is_night = calendar.is_edt_hours(now, figures.edt_from, figures.edt_until)
    matrix = told_matrix(found.state, found.episode, found.directory, calendar)
    return still_to_tell(matrix, only_now=is_night and found.actor.role == "edt")


def _answers(file: CaseFile) -> list[Item]:
    standing = (a for a in file.answers if a.id not in file.undone and a.record_hash is None)
    return [_answer(a) for a in standing]


def _answer(event: PoliceAnswered) -> Item:
    return {
        "obligation": str(event.obligation),
        "outcome": event.outcome,
        "ends": event.ends,
        "at": plain(event.acknowledged_at),
        "recorded_at": plain(event.at),
        "by_phone": event.by_phone,
        "recorded_by": event.by.name or event.by.principal,
        "organisation": event.by.organisation,
        "officer": event.content.get("acknowledged_by") or {},
        "reference": event.content.get("reference"),
        "reason": event.content.get("reason"),
        "force": event.force,
    }


def _call(event: PoliceRung) -> Item:
    return {
        "at": plain(event.at),
        "by": event.by.name or event.by.principal,
        "result": event.result,
        "name": event.content.get("name"),
        "number": event.content.get("number"),
    }


def list_duties(
    kinds: Iterable[ObligationKind], *, looker: Looker, service: Service, drills: bool = False
) -> JSON:
    """What is open of these kinds, first due first, each with its episode; at most 100 of a kind.
    Drills by themselves, or none."""
    actor, now, directory = looker.actor, service.clock.now(), service.store.directory()
    page = Page(MOST)

    def once(reader: Reader) -> Shown:
        found: list[Found] = []
        has_more = False
        for kind in kinds:
            rows = reader.listing.obligations(viewer(actor), _open(kind, drills=drills), page)
            has_more = has_more or len(rows) > MOST
            found += rows[:MOST]
        items = _duties(reader, found, actor, directory, now)
        seen = {row.stream: row.last_n for row in found}
        return Shown({"items": items, "more": has_more}, seen)

    return read_with_look(once, looker=looker, service=service)


def _open(kind: ObligationKind, *, drills: bool) -> ObligationsWanted:
    return ObligationsWanted("OPEN", kind.value, drills=drills)


def _duties(
    reader: Reader, rows: Sequence[Found], actor: Actor, directory: Directory, now: datetime
) -> list[Item]:
    """Each stream is read once, however much is owed to it."""
    opened: dict[UUID, tuple[Opened, JSON] | None] = {}
    items = []
    for row in rows:
        if row.stream not in opened:
            opened[row.stream] = _opened(reader, row.stream, actor, directory, now)
        if found := opened[row.stream]:
            items.append(_duty(*found, row.id, now))
    return items


def _opened(
    reader: Reader, stream: UUID, actor: Actor, directory: Directory, now: datetime
) -> tuple[Opened, JSON] | None:
    try:
        found = open_stream(reader, stream, actor, directory)
        return found, view_of(found, now)
    except NotFound:
        return None


def _duty(found: Opened, view: JSON, row: UUID, now: datetime) -> Item:
    obligation = found.state.get(Obligation, row)
    episode = found.state.get(Episode, found.episode.id)
    told = [s for s in found.state.all(StepTold, episode.stream) if s.obligation == row]
    interview = found.state.find(Interview, obligation.interview) if obligation.interview else None
    return {
        "duty": obligation_view(obligation, told, found.directory, now=now),
        "episode": view,
        "under_age": episode.under_age,
        "danger": episode.danger,
        "well_being": episode.well_being,
        "returned_at": plain(episode.returned_at),
        "interviewer": interview.interviewer if interview else None,
        "interview_status": interview.status if interview else None,
    }
