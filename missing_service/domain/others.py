"""Councils, schools, homes and services with a machine: each told missing and found, each with its
own state (rules 14, 21 and 31)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from missing_service.domain import events as e
from missing_service.domain.casefile import read_story
from missing_service.domain.delivery import Delivery
from missing_service.domain.directory import Directory, name_of
from missing_service.domain.directory_entries import Organisation
from missing_service.domain.effects import Effect, Opened, Queued
from missing_service.domain.episode import Episode, Party
from missing_service.domain.found import is_first_found, is_missing_again
from missing_service.domain.other_letters import episode_for_other, letter_to_other
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.stored import canonical, plain
from missing_service.domain.telling import tell_about
from missing_service.domain.who_is_told import (
    BY_NAME,
    Facts,
    Level,
    Row,
    Rule,
    When,
    facts_of,
    who_is_told,
)

MISSING = "A child is reported missing."
FOUND = "The child is found, and somebody confirmed that they are well."
STILL = "CORRECTION: the child was marked found by mistake, and is still missing."


def facts_about(state: State, episode: Episode, directory: Directory) -> Facts:
    """What the rules ask of an episode as it stands."""
    home = directory.force_covering(episode.council)
    return facts_of(
        read_story(state.story(episode.stream)).report,
        council=episode.council,
        at=episode.recorded_at,
        force=episode.force,
        home_force=home.code if home else "",
    )


def organisation_of(rule: Rule, facts: Facts, directory: Directory) -> Organisation | None:
    """Whom the report names, else who stands for it in that council."""
    said = rule.organisation(facts)
    if said or not rule.kind:
        return directory.organisation_called(said)
    return directory.organisation_for(rule.kind, rule.council(facts))


def tell_others(state: State, event: e.Event, book: Rulebook) -> Iterator[Effect]:
    """Whoever has a machine and is to be told, as soon as it is known who they are."""
    episode = state.get(Episode, event.stream)
    if episode.drill or episode.well_being:
        return
    facts = facts_about(state, episode, book.directory)
    for row in who_is_told(facts):
        place = _machine_of(row, facts, book.directory, event.at)
        if place and state.find(Party, event.stream, place.code) is None:
            party = _party(event, place.code, row.rule.who)
            yield Opened(party)
            yield from _send(state, event, book, party, "episode.reported", MISSING)


def _machine_of(row: Row, facts: Facts, directory: Directory, at: datetime) -> Organisation | None:
    if not row.needed or row.rule.level is Level.FULL:
        return None
    place = organisation_of(row.rule, facts, directory)
    return place if place and directory.channels(place.code, "report", at) else None


def _party(event: e.Event, who: str, kind: str) -> Party:
    return Party(stream=event.stream, who=who, kind=kind, owes=False, depth=1, last_number=0)


def others(parties: Iterable[Party]) -> list[Party]:
    return [party for party in parties if party.kind in BY_NAME and party.kind != "force"]


def tell_others_found(state: State, event: e.ChildReturned, book: Rulebook) -> Iterator[Effect]:
    """Whoever's machine was told missing is told found, once."""
    if is_first_found(state, event):
        yield from _tell_each(state, event, book, "episode.returned", FOUND)


def tell_others_still(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """And missing again where that was wrong; whoever became known meanwhile is told too."""
    if is_missing_again(state, event):
        yield from _tell_each(state, event, book, "episode.updated", STILL)
        yield from tell_others(state, event, book)


def _tell_each(
    state: State, event: e.Event, book: Rulebook, kind: str, summary: str
) -> Iterator[Effect]:
    for party in others(state.all(Party, event.stream)):
        yield from _send(state, event, book, party, kind, summary)


def _send(
    state: State, event: e.Event, book: Rulebook, party: Party, kind: str, summary: str
) -> Iterator[Effect]:
    """One piece of news through as many channels as carry it now, with one number."""
    body, number = _body(state, event, book, party, kind, summary), party.last_number + 1
    episode = state.get(Episode, event.stream)
    text, is_urgent = book.draw.id(), BY_NAME[party.kind].when is When.NOW
    channels = book.directory.channels(party.who, "report", event.at)
    for channel in channels[: max(1, party.depth)]:
        is_webhook = channel.kind == "webhook"
        row = Delivery(
            id=book.draw.id(),
            stream=event.stream,
            event=event.id,
            lane=event.stream,
            recipient=party.who,
            channel=name_of(channel),
            type=kind,
            number=number,
            urgent=is_urgent,
            queued_at=event.at,
            body=text if is_webhook else book.draw.id(),
        )
        yield Queued(row, body if is_webhook else letter_to_other(episode, kind, book))


def _body(
    state: State, event: e.Event, book: Rulebook, party: Party, kind: str, summary: str
) -> bytes:
    episode = state.get(Episode, event.stream)
    data = {
        "number": party.last_number + 1,
        "episode": episode_for_other(state, episode, party, book, event.at),
        "change": {"summary": summary, "fields": []},
        "drill": False,
    }
    return canonical({"type": kind, "timestamp": plain(event.at), "data": data})


def tell_of_their_silence(
    state: State, event: e.Event, book: Rulebook, party: Party
) -> Iterator[Effect]:
    """Of what cannot wait somebody is told at once; the rest stands in the matrix, not told."""
    rule = BY_NAME[party.kind]
    if rule.when is When.NOW:
        what = f"{rule.name} is not reached by machine. They may not know of it."
        do = "ring them, and record that they are told."
        yield from tell_about(state, event, book, ["edt_worker"], what, do)
