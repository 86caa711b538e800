"""Who was told: each force, each person whom a ladder told, and whoever was told by a person, or
why not (CONTRACT 5.2)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from missing_service.domain.casefile import CaseFile, read_story
from missing_service.domain.delivery import Delivery
from missing_service.domain.directory import Directory
from missing_service.domain.effects import Effect
from missing_service.domain.episode import Episode, Party
from missing_service.domain.events import ObligationTaken, PoliceAnswered, ToldByPerson
from missing_service.domain.obligation import Obligation, StepTold
from missing_service.domain.owing import end_all
from missing_service.domain.policy import ObligationKind
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.stored import plain

SCHOOL = "school"
Item = dict[str, Any]


def who_was_told(state: State, episode: Episode, directory: Directory) -> list[Item]:
    """Forces first, then people in the order in which they were told."""
    forces, people = told_by_ladders(state, episode, directory)
    file = read_story(state.story(episode.stream))
    standing = (told for told in file.told if told.id not in file.undone)
    return [*forces, *people, *told_by_person(standing, directory)]


def told_by_ladders(
    state: State, episode: Episode, directory: Directory
) -> tuple[list[Item], list[Item]]:
    """Forces, then people in the order in which they were told."""
    story = state.story(episode.stream)
    file = read_story(story)
    parties = [p for p in state.all(Party, episode.stream) if p.kind == "force"]
    steps = [s for s in state.all(StepTold, episode.stream) if not s.passed_over]
    taken = [event for _, event in story if isinstance(event, ObligationTaken)]
    people = dict.fromkeys(
        email for s in sorted(steps, key=lambda s: s.told_at) for email in s.people
    )
    return (
        [
            _force(state, episode, party, file)
            for party in sorted(parties, key=lambda p: (not p.owes, p.who))
        ],
        [_person(email, steps, taken, directory) for email in people],
    )


def told_by_person(story: Iterable[ToldByPerson], directory: Directory) -> list[Item]:
    """What was said last of each."""
    last = {told.content["who"]: told for told in story}
    return [_said(who, told, directory) for who, told in last.items()]


def _said(who: str, told: ToldByPerson, directory: Directory) -> Item:
    known = directory.organisation_called(who)
    why_not = told.content.get("why_not")
    return item(
        known.name if known else who,
        known.kind if known else "person",
        told_at=None if why_not else told.told_at,
        why_not=why_not,
    )


def hear_told(state: State, event: ToldByPerson, book: Rulebook) -> Iterator[Effect]:
    """A school that was told, or why not, is owed that no more."""
    who = event.content["who"]
    known = book.directory.organisation_called(who)
    if (known and known.kind == SCHOOL) or who.strip().casefold() == SCHOOL:
        yield from end_all(state, event, ObligationKind.school_told)


NAMES = ("by_when", "told_at", "seen_at", "acknowledged_at", "reference", "why_not")


def item(who: str, kind: str, **known: Any) -> Item:
    """One row of the matrix; what is not known of it is None."""
    said = {name: plain(value) for name, value in known.items()}
    return {"who": who, "kind": kind, "needed": True} | dict.fromkeys(NAMES) | said


def _force(state: State, episode: Episode, party: Party, file: CaseFile) -> Item:
    answer = next((a for a in file.answers if _is_by(a, party, episode, file)), None)
    return item(
        party.who,
        party.kind,
        by_when=_due(state, episode) if party.owes else None,
        told_at=_first_taken(state.all(Delivery, episode.stream), party.who),
        acknowledged_at=answer and answer.acknowledged_at,
        reference=answer and answer.content.get("reference"),
    )


def _is_by(answer: PoliceAnswered, party: Party, episode: Episode, file: CaseFile) -> bool:
    """The first answer of this force that stands and ends what is owed."""
    told_by_phone = answer.by.role != "police" and party.who == episode.force
    own = answer.by.organisation == party.who or told_by_phone
    return own and answer.ends and answer.id not in file.undone and answer.record_hash is None


def _due(state: State, episode: Episode) -> datetime | None:
    kind = ObligationKind("police_acknowledgement")
    owed = [o.due_at for o in state.all(Obligation, episode.stream) if o.kind is kind]
    return min(owed, default=None)


def _first_taken(deliveries: Iterable[Delivery], who: str) -> datetime | None:
    taken = (d.taken_at for d in deliveries if d.recipient == who and d.taken_at)
    return min(taken, default=None)


def _person(
    email: str, steps: list[StepTold], taken: list[ObligationTaken], directory: Directory
) -> Item:
    person = directory.person(email)
    own = [s for s in steps if email in s.people]
    answered = min((t.at for t in taken if t.person == email), default=None)
    return item(
        person.name if person else email,
        "person",
        by_when=min(s.due_at for s in own),
        told_at=min(s.told_at for s in own),
        seen_at=answered,
        acknowledged_at=answered,
    )
