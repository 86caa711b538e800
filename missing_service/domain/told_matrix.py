"""The who-was-told matrix: forces, then each rule's answer, then people; whoever has no machine
stands in it with an owner and a time (rule 21, CONTRACT 5.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from missing_service.domain.calendar import Calendar, london_date
from missing_service.domain.casefile import CaseFile, read_story
from missing_service.domain.delivery import Delivery
from missing_service.domain.directory import Directory, in_one_word
from missing_service.domain.directory_entries import Organisation
from missing_service.domain.episode import Act, Episode, Party
from missing_service.domain.events import ToldByPerson
from missing_service.domain.others import facts_about, organisation_of
from missing_service.domain.protected import protection, what_to_say
from missing_service.domain.state import State
from missing_service.domain.stored import plain
from missing_service.domain.who_is_told import Level, Row, Rule, When, by_when, who_is_told
from missing_service.domain.who_was_told import Item, item, told_by_ladders, told_by_person

NO_ENDPOINT = "no endpoint"
DAY_SERVICES = "day services"


@dataclass(frozen=True, slots=True)
class Known:
    """What every row is read from."""

    episode: Episode
    file: CaseFile
    directory: Directory
    calendar: Calendar
    parties: Sequence[Party]
    sent: Sequence[Delivery]
    well_at: datetime | None  # since when it is known that the child is well
    say: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One rule, and who stands for it here."""

    row: Row
    place: Organisation | None
    said: tuple[ToldByPerson, ...]  # by people, in order


def told_matrix(
    state: State, episode: Episode, directory: Directory, calendar: Calendar
) -> list[Item]:
    """Everybody who is to be told, with what came of it, and everybody who was told besides."""
    forces, people = told_by_ladders(state, episode, directory)
    known = _known(state, episode, directory, calendar)
    seats = [] if episode.drill else _seats(state, known)
    seated = {told.id for seat in seats for told in seat.said}
    rest = [told for told in _standing(known.file) if told.id not in seated]
    rows = [_seat_item(seat, known) for seat in seats if not _is_shown_as_force(seat)]
    return [*forces, *rows, *people, *told_by_person(rest, directory)]


def still_to_tell(items: Iterable[Item], *, only_now: bool) -> list[Item]:
    """Whom a person has to tell; out of hours the duty team is shown only what cannot wait
    (rule 36): the rest is day services' list, its clock running."""
    waiting = (i for i in items if i["needed"] and "when" in i and not _is_done(i))
    return [i for i in waiting if i["when"] == When.NOW or not only_now]


def _is_done(row: Item) -> bool:
    """Told, and told found where that is owed; or a person said why not."""
    if row["told_at"]:
        return not row["found_by_when"] or bool(row["found_told_at"])
    return row["why_not"] not in (None, NO_ENDPOINT)


def _known(state: State, episode: Episode, directory: Directory, calendar: Calendar) -> Known:
    file = read_story(state.story(episode.stream))
    well = [a.at for a in state.all(Act, episode.stream) if a.well_being and a.stands]
    kept = protection(file.report, london_date(episode.recorded_at))
    return Known(
        episode=episode,
        file=file,
        directory=directory,
        calendar=calendar,
        parties=state.all(Party, episode.stream),
        sent=state.all(Delivery, episode.stream),
        well_at=min(well, default=None) if episode.well_being else None,
        say=what_to_say(kept),
    )


def _seats(state: State, known: Known) -> list[Seat]:
    facts = facts_about(state, known.episode, known.directory)
    found = []
    for row in who_is_told(facts):
        place = organisation_of(row.rule, facts, known.directory) or _told_as(row.rule, known)
        said = (t for t in _standing(known.file) if speaks_of(row.rule, place, t.content["who"]))
        found.append(Seat(row, place, tuple(said)))
    return found


def _told_as(rule: Rule, known: Known) -> Organisation | None:
    """Which one it is was learned by telling it: a school that a person told is the child's."""
    told = (known.directory.organisation_called(t.content["who"]) for t in _standing(known.file))
    own = (place for place in told if place and in_one_word(place.kind) == rule.who)
    return None if rule.kind else next(own, None)


def _standing(file: CaseFile) -> list[ToldByPerson]:
    return [told for told in file.told if told.id not in file.undone]


def speaks_of(rule: Rule, place: Organisation | None, who: str) -> bool:
    """Whether that is what people call them: "parent", "parent (the mother)", a code or a name."""
    said = who.strip().casefold()
    called = {rule.who, rule.who.replace("_", " "), rule.name.casefold()}
    if place:
        called |= {place.code.casefold(), place.name.casefold()}
    return said in called or any(said.startswith(f"{name} (") for name in called)


def _is_shown_as_force(seat: Seat) -> bool:
    return seat.row.rule.level is Level.FULL and seat.row.needed


def _seat_item(seat: Seat, known: Known) -> Item:
    row, rule = seat.row, seat.row.rule
    told_at = _missing_told_at(seat, known)
    is_needed = row.needed or bool(told_at)
    return item(
        seat.place.name if seat.place else rule.name,
        rule.who,
        needed=is_needed,
        by_when=_by_when(rule, known.episode.reported_at, known) if is_needed else None,
        told_at=told_at,
        why_not=None if told_at else _why_not(seat, known),
        when=rule.when.value,
        level=rule.level.value,
        owner=known.episode.owner if rule.when is When.NOW else DAY_SERVICES,
        state=_state(seat, known),
        say=known.say if rule.level is Level.ALLOW_LISTED and is_needed else None,
        **_found(seat, known, told_at),
    )


def _by_when(rule: Rule, since: datetime, known: Known) -> datetime:
    return by_when(rule.when, since, known.calendar)


def _missing_told_at(seat: Seat, known: Known) -> datetime | None:
    """By a machine, by a person, or because the report is theirs."""
    taken = (d.taken_at for d in _sent(seat, known) if d.type == "episode.reported")
    own = (t.told_at for t in seat.said if _is_of_missing(t, known) and _is_told(t))
    reported = known.episode.reported_at if seat.row.has_reported else None
    return min(filter(None, (*taken, *own, reported)), default=None)


def _is_told(told: ToldByPerson) -> bool:
    return not (told.content.get("why_not") or "").strip()


def _is_of_missing(told: ToldByPerson, known: Known) -> bool:
    return known.well_at is None or told.told_at < known.well_at


def _sent(seat: Seat, known: Known) -> Iterable[Delivery]:
    """What went to it by machine for this rule's sake."""
    own = {p.who for p in known.parties if seat.place and p.who == seat.place.code}
    return [d for d in known.sent if d.recipient in own]


def _state(seat: Seat, known: Known) -> str | None:
    """Where the newest of what was sent by its first channel stands; None: nothing was sent."""
    newest = max(_sent(seat, known), key=lambda d: (d.number, -d.id.int), default=None)
    return newest.state.value if newest else None


def _why_not(seat: Seat, known: Known) -> str | None:
    said = [t.content["why_not"] for t in seat.said if not _is_told(t)]
    if said:
        return str(said[-1])
    if not seat.row.needed:
        return seat.row.why_not
    return None if _sent(seat, known) else NO_ENDPOINT


def _found(seat: Seat, known: Known, told_at: datetime | None) -> dict[str, Any]:
    """Rule 31: whoever was told missing is told found, by a time of the same kind."""
    well_at = known.well_at
    if well_at is None or told_at is None:
        return {"found_by_when": None, "found_told_at": None}
    taken = (d.taken_at for d in _sent(seat, known) if d.type == "episode.returned")
    own = (t.told_at for t in seat.said if t.told_at >= well_at and _is_told(t))
    return {
        "found_by_when": plain(_by_when(seat.row.rule, well_at, known)),
        "found_told_at": plain(min(filter(None, (*taken, *own)), default=None)),
    }
