"""Whose episode it is: one force owes the answers, others are told (rule 14); a wrong one names
the right one, and that can be undone."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from missing_service.domain import events as e
from missing_service.domain.effects import Effect, Opened, move
from missing_service.domain.episode import Act, Episode, Party
from missing_service.domain.obligation import Obligation
from missing_service.domain.owing import open_of
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.return_duty import send_what_is_owed
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_about, tell_force

WRONG_FORCE = "WRONG_FORCE"


def join_forces(state: State, event: e.EpisodeReported, book: Rulebook) -> Iterator[Effect]:  # noqa: ARG001
    """One force owes the answer; others are told (rule 14)."""
    for who in dict.fromkeys((event.force, *event.told)):
        yield Opened(_party(event, who, owes=who == event.force))


def _party(event: e.Event, who: str, *, owes: bool) -> Party:
    return Party(stream=event.stream, who=who, kind="force", owes=owes, depth=1, last_number=0)


def ring_a_force_without_a_machine(
    state: State, event: e.Event, book: Rulebook
) -> Iterator[Effect]:
    """Told by telephone: the worker learns it at once (section 6, +0)."""
    episode = state.get(Episode, event.stream)
    force = book.directory.forces.get(episode.force)
    if force and book.directory.is_told_by_telephone(force.code, event.at):
        what = f"{force.name} has no machine to receive this. Police do not have it yet."
        do = f"ring {force.phone} (999 in danger), and record the officer, number and reference."
        yield from tell_about(state, event, book, ["edt_worker"], what, do)


def route_elsewhere(
    state: State, event: e.PoliceAnswered, book: Rulebook, obligation: Obligation
) -> Iterator[Effect]:
    """The same duty, its clock running, moves to the force named; none named: the worker is
    asked."""
    if event.force in (None, "", obligation.force):
        do = "find out which force it is, and tell police there."
        what = "Police say that it is another force's, and did not say whose."
        yield from tell_about(state, event, book, ["edt_worker"], what, do)
    else:
        yield from _move_force(state, event, book, obligation)


def _move_force(
    state: State, event: e.PoliceAnswered, book: Rulebook, obligation: Obligation
) -> Iterator[Effect]:
    old = state.get(Party, event.stream, obligation.force)
    yield move(old, owes=False, frozen_at=event.at)
    found = state.find(Party, event.stream, event.force)
    if found:
        yield move(found, owes=True, frozen_at=None)
    else:
        yield Opened(_party(event, str(event.force), owes=True))
    yield move(state.get(Episode, event.stream), force=event.force)
    yield from _hand_over(state, event)
    yield from ring_a_force_without_a_machine(state, event, book)


def _hand_over(state: State, event: e.Event) -> Iterator[Effect]:
    """All that police owe is owed by the force whose episode it is now, its clocks running."""
    force = state.get(Episode, event.stream).force
    for row in state.all(Obligation, event.stream):
        if row.is_open and row.force not in (None, force):
            yield move(row, force=force)


def hand_over_again(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """What is owed again is owed by the force whose episode it is now."""
    force = state.get(Episode, event.stream).force
    records = open_of(state, event.stream, Kind.record_with_police)
    is_new = any(row.force != force for row in records)
    yield from _hand_over(state, event)
    if is_new:
        yield from send_what_is_owed(state, event, book)


def owed_by(state: State, stream: UUID) -> tuple[str, Mapping[str, datetime]]:
    """The force whose episode it is by the answers that stand, and when each other let it go."""
    standing = {act.id for act in state.all(Act, stream) if act.stands}
    force, left = "", {}
    for _, told in state.story(stream):
        if isinstance(told, e.EpisodeReported):
            force = told.force
        elif told.id in standing and isinstance(told, e.PoliceAnswered) and re_routes(told):
            left[force] = told.at
            force = str(told.force)
    return force, left


def re_routes(answer: e.PoliceAnswered) -> bool:
    return answer.outcome == WRONG_FORCE and bool(answer.force)


def is_taken_back(state: State, event: e.ActUndone) -> bool:
    """Whether what was undone is the re-routing by which the episode is where it is."""
    act = state.get(Act, event.act)
    force, _ = owed_by(state, event.stream)
    return act.outcome == WRONG_FORCE and force != state.get(Episode, event.stream).force


def route_back(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """A re-routing undone: the force that was let go owes the answer again, and is told so; the
    other has been told of the correction, and its view is frozen."""
    if not is_taken_back(state, event):
        return
    episode, (force, left) = state.get(Episode, event.stream), owed_by(state, event.stream)
    yield move(state.get(Party, event.stream, force), owes=True, frozen_at=None)
    yield _let_go(state, event, episode.force, left)
    yield move(episode, force=force)
    yield from _hand_over(state, event)
    change = {"summary": "CORRECTION: this was re-routed by mistake; it is yours.", "fields": []}
    asks = next(iter(open_of(state, event.stream, Kind.police_acknowledgement)), None)
    party = state.get(Party, event.stream, force)
    yield from tell_force(state, event, book, party, "episode.reported", change, asks=asks)
    yield from send_what_is_owed(state, event, book)
    yield from ring_a_force_without_a_machine(state, event, book)


def _let_go(state: State, event: e.Event, who: str, left: Mapping[str, datetime]) -> Effect:
    """Its view is frozen where it let go itself, or else now; a force that was told from the
    first goes on being told."""
    told = (t.told for _, t in state.story(event.stream) if isinstance(t, e.EpisodeReported))
    is_told = any(who in forces for forces in told)
    frozen_at = left.get(who, None if is_told else event.at)
    return move(state.get(Party, event.stream, who), owes=False, frozen_at=frozen_at)


def alert_new_force(state: State, event: e.PoliceAnswered, book: Rulebook) -> Iterator[Effect]:
    """The force that it really belongs to gets the whole report."""
    obligation = state.get(Obligation, event.obligation)
    parties = state.all(Party, event.stream)
    moved = any(p.frozen_at == event.at and p.who != event.force for p in parties)
    if event.outcome == "WRONG_FORCE" and moved and obligation.force == event.force:
        party = state.get(Party, event.stream, event.force)
        change = {"summary": "Re-routed to you by another force.", "fields": []}
        yield from tell_force(
            state, event, book, party, "episode.reported", change, asks=obligation
        )
        yield from send_what_is_owed(state, event, book)
