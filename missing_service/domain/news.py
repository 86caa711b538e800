"""Every later fact is a numbered piece of news to police, which says what changed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from missing_service.domain import events as e
from missing_service.domain.casefile import differences, read_story
from missing_service.domain.delivery import Delivery, DeliveryState
from missing_service.domain.directory import Channel, name_of
from missing_service.domain.effects import Effect, move
from missing_service.domain.episode import Act, Episode, Party
from missing_service.domain.obligation import Obligation
from missing_service.domain.others import tell_of_their_silence
from missing_service.domain.owing import open_of
from missing_service.domain.people_message import about, clock_time, lapsed, nobody_as, several
from missing_service.domain.police_duty import remind_police
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.return_duty import IN_ERROR
from missing_service.domain.routing import is_taken_back
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.taken_back import stood_upon
from missing_service.domain.telling import (
    PURPOSE,
    copy_to,
    tell_about,
    tell_by_telephone,
    tell_force,
    tell_forces,
    tell_people,
)
from missing_service.domain.times import late_entry, times_of
from missing_service.domain.view import forces


def send_report(state: State, event: e.EpisodeReported, book: Rulebook) -> Iterator[Effect]:
    """The alert: the force that owes the answer is asked for it, others are told."""
    asks = open_of(state, event.stream, Kind.police_acknowledgement)[0]
    file = read_story(state.story(event.stream))
    late = late_entry(times_of(state.get(Episode, event.stream), file))
    for party in forces(state.all(Party, event.stream)):
        change = {"summary": f"A child is reported missing.{late}", "fields": []}
        asked = asks if party.owes else None
        yield from tell_force(state, event, book, party, "episode.reported", change, asks=asked)


def send_update(state: State, event: e.EpisodeUpdated, book: Rulebook) -> Iterator[Effect]:
    change = {"summary": _said(event), "fields": changed_fields(state, event)}
    urgent = event.danger == "YES"
    yield from tell_forces(state, event, book, "episode.updated", change, urgent=urgent)


def changed_fields(state: State, event: e.EpisodeUpdated) -> list[dict[str, Any]]:
    """What was, and what is now, for each field that the update says anew."""
    earlier = [(n, told) for n, told in state.story(event.stream) if told.id != event.id]
    before = read_story(earlier).report
    if event.topic == "report":
        return differences(before, event.content)
    if event.topic == "details":
        return differences(before.get("details") or {}, event.content, "details.")
    return [
        {"field": f"{event.topic}.{name}", "was": None, "now": value}
        for name, value in event.content.items()
        if value is not None
    ]


SAID = {
    "report": "The report says something new.",
    "details": "More is known of the child.",
    "sighting": "The child may have been seen.",
    "police_risk": "The police risk level as recorded here.",
    "police_update": "An update from police as recorded here.",
    "council_risk": "The council's own view of the risk.",
}


def _said(event: e.EpisodeUpdated) -> str:
    given = " Given by phone." if event.by_phone else ""
    return SAID[event.topic] + given


def plainly(kind: str, sentence: str) -> Callable[[State, Any, Rulebook], Iterator[Effect]]:
    """News that is said in one sentence."""

    def send(state: State, event: e.Event, book: Rulebook) -> Iterator[Effect]:
        change = {"summary": sentence, "fields": []}
        yield from tell_forces(state, event, book, kind, change)

    return send


def send_category(state: State, event: e.CategoryChanged, book: Rulebook) -> Iterator[Effect]:
    now = {"field": "category", "was": event.was or None, "now": event.category}
    change = {"summary": f"The category is now {event.category}.", "fields": [now]}
    asks = next(iter(open_of(state, event.stream, Kind.police_acknowledgement)), None)
    urgent = event.category != "AWAY_UNAUTHORISED"
    kind = "episode.category_changed"
    yield from tell_forces(state, event, book, kind, change, asks=asks, urgent=urgent)


def send_correction(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """What no longer counts, what police are asked again, and what they hold that stood upon it."""
    if event.act_kind not in UNDONE:
        return  # police were never told of it
    undone = stood_upon(state, event)
    rows = [row for row in state.all(Obligation, event.stream) if row.interview in undone]
    void = [row for row in rows if row.record_hash]
    asks = _asked_again(state, event)
    said = [
        UNDONE[event.act_kind],
        *_of_answers(state, event, asks),
        *([RELY_ON_NONE] if void else []),
    ]
    change = {
        "summary": f"CORRECTION: {' '.join(said)}",
        "fields": [{"field": "record_hash", "was": o.record_hash, "now": None} for o in void],
    }
    yield from tell_forces(state, event, book, "episode.updated", change, asks=asks, urgent=True)


def _asked_again(state: State, event: e.ActUndone) -> Obligation | None:
    """What police owe an answer to because theirs was undone, unless it goes back to another."""
    if event.act_kind in (e.CategoryChanged.KIND, e.EpisodeWithdrawn.KIND):
        return next(iter(open_of(state, event.stream, Kind.police_acknowledgement)), None)
    act = state.get(Act, event.act)
    duty = state.find(Obligation, act.obligation) if act.obligation else None
    if event.act_kind != e.PoliceAnswered.KIND or duty is None or is_taken_back(state, event):
        return None
    same = (o for o in open_of(state, event.stream, duty.kind) if o.interview == duty.interview)
    return next(same, None)


def _of_answers(state: State, event: e.ActUndone, asks: Obligation | None) -> Iterator[str]:
    if event.act_kind != e.PoliceAnswered.KIND:
        return
    if is_taken_back(state, event):
        yield "It was re-routed by that: the force that it was taken from owes the answer again."
    else:
        yield "The answer is owed again." if asks else "A further one stands."
    rows = state.all(Obligation, event.stream)
    duties = [o for o in rows if o.kind is Kind.police_acknowledgement]
    if any(o.discharged_by == event.id and o.discharged_as == IN_ERROR for o in duties):
        yield "What was asked a second time was opened in error: one answer is enough."


RELY_ON_NONE = "What was sent of its return home interview was opened in error: rely on none of it."
UNDONE = {
    "police.answered": "an answer of police was entered by mistake.",
    "obligation.decided": "a decision was entered by mistake.",
    "question.asked": "a question was entered as theirs by mistake.",
    "question.answered": "an answer to their question was entered by mistake.",
    "episode.located": "the child was marked located by mistake.",
    "episode.returned": "the child was marked returned by mistake.",
    "episode.closed": "the episode was closed by mistake.",
    "episode.category_changed": "the category was changed by mistake.",
    "episode.withdrawn": "the report was withdrawn by mistake: it stands.",
    "interview.outcome": "the outcome of the return home interview was entered by mistake.",
}


def send_answer_by_phone(state: State, event: e.PoliceAnswered, book: Rulebook) -> Iterator[Effect]:
    """Police are sent what was recorded of them, so that they can dispute it (rule 1a)."""
    if event.by_phone:
        change = {
            "summary": "An answer that police gave by telephone, as recorded here.",
            "fields": [{"field": "police.answer", "was": None, "now": dict(event.content)}],
        }
        yield from tell_forces(state, event, book, "episode.updated", change)


def tell_lapsed(state: State, event: e.LadderTold, book: Rulebook) -> Iterator[Effect]:
    """Each person told by this step gets one message, unless a folded one names it too."""
    obligation = state.get(Obligation, event.obligation)
    episode = state.get(Episode, event.stream)
    for step in event.steps:
        people = [p for p in map(book.directory.person, step.people) if p]
        alone = [p for p in people if p.email not in event.folded]
        line = lapsed(state, obligation, step.say, now=event.at, count=step.count)
        subject, text = about(episode, book, what=line)
        yield from tell_people(event, book, alone, subject, text)
    if event.police:
        yield from remind_police(state, event, book, obligation)
        yield from _ring_instead(state, event, book, obligation)


def _ring_instead(
    state: State, event: e.LadderTold, book: Rulebook, obligation: Obligation
) -> Iterator[Effect]:
    """A reminder to a force without a machine, in a step that tells nobody else: somebody rings."""
    party = state.find(Party, event.stream, obligation.force or "")
    has_machine = party and book.directory.channels(party.who, "reminder", event.at)
    if party and not has_machine and not any(step.people for step in event.steps):
        summary = "An answer from police is still owed."
        kind = (
            "interview.record" if obligation.record_version is not None else "obligation.reminder"
        )
        yield from tell_by_telephone(state, event, book, party, kind, summary)


def own_up_to_empty_rota(state: State, event: e.LadderTold, book: Rulebook) -> Iterator[Effect]:
    """A role with nobody on its rota is a fault that the administrator hears of."""
    if event.empty_roles:
        episode = state.get(Episode, event.stream)
        what = nobody_as(event.empty_roles)
        admins = [
            a
            for a in book.directory.holders("admin", episode.council, event.at)
            if a.email not in event.folded
        ]
        subject, text = about(episode, book, what=what, do="fill the rota.")
        yield from tell_people(event, book, admins, subject, text)


def answer_refusal(state: State, event: e.DeliveryRefused, book: Rulebook) -> Iterator[Effect]:
    """A refusal tells people at once, and brings in the force's next channel at once."""
    delivery = state.get(Delivery, event.delivery)
    party = state.find(Party, event.stream, delivery.recipient) if delivery.number else None
    if party and party.kind != "force":
        yield from tell_of_their_silence(state, event, book, party)
        yield from bring_in_next(state, event, book, delivery.recipient, delivery.channel)
    elif party:
        what = (
            f"The police system refused what was sent "
            f"({event.status or event.error}). They may not have it."
        )
        yield from _tell_of_trouble(state, event, book, what)
        yield from bring_in_next(state, event, book, delivery.recipient, delivery.channel)


def answer_silence(state: State, event: e.ChannelBroughtIn, book: Rulebook) -> Iterator[Effect]:
    """A channel that has failed for two minutes: people know, and the next carries it too."""
    what = "The police system has not taken what was sent for two minutes. They may not have it."
    party = state.get(Party, event.stream, event.recipient)
    yield move(party, failing=(*party.failing, event.failing))
    if party.kind == "force":
        yield from _tell_of_trouble(state, event, book, what)
    else:
        yield from tell_of_their_silence(state, event, book, party)
    yield from bring_in_next(state, event, book, event.recipient, event.failing)


def _tell_of_trouble(state: State, event: e.Event, book: Rulebook, what: str) -> Iterator[Effect]:
    do = "ring police, and record the officer, number and reference. Sending goes on by itself."
    roles = ["edt_worker", "edt_manager"]
    yield from tell_about(state, event, book, roles, what, do)


def bring_in_next(
    state: State, event: e.Event, book: Rulebook, recipient: str, failing: str
) -> Iterator[Effect]:
    """All that the failing channel still holds goes through the next one as well, once."""
    party = state.get(Party, event.stream, recipient)
    held = [d for d in state.all(Delivery, event.stream) if _is_held(d, recipient, failing)]
    for delivery in sorted(held, key=lambda d: d.number):
        channels = book.directory.channels(
            recipient, PURPOSE.get(delivery.type, "report"), event.at
        )
        place = _next_in_use(channels, book.directory.order_of(recipient), failing)
        if place is None or _is_carried(state, delivery, name_of(channels[place])):
            continue
        yield copy_to(delivery, channels[place], event, book, state)
        fresh = state.get(Party, event.stream, recipient)
        yield move(fresh, depth=max(party.depth, place + 1))


def _next_in_use(channels: Sequence[Channel], order: Sequence[str], failing: str) -> int | None:
    """Which channel in use follows the failing one, which may itself be in use no longer."""
    behind = order.index(failing) if failing in order else -1
    later = (n for n, c in enumerate(channels) if order.index(name_of(c)) > behind)
    return next(later, None)


def _is_held(delivery: Delivery, recipient: str, channel: str) -> bool:
    waits = delivery.state in (DeliveryState.QUEUED, DeliveryState.FAILING)
    return waits and delivery.recipient == recipient and delivery.channel == channel


def _is_carried(state: State, delivery: Delivery, channel: str) -> bool:
    return any(
        d.channel == channel and d.number == delivery.number and d.recipient == delivery.recipient
        for d in state.all(Delivery, delivery.stream)
    )


def trust_channel_again(state: State, event: e.DeliveryTaken, book: Rulebook) -> Iterator[Effect]:
    """A channel that takes again carries alone: what comes next needs no other."""
    delivery = state.get(Delivery, event.delivery)
    party = state.find(Party, event.stream, delivery.recipient) if delivery.number else None
    if party and delivery.channel in party.failing:
        yield move(party, failing=tuple(c for c in party.failing if c != delivery.channel))
    if party and party.depth > 1:
        party = state.get(Party, event.stream, delivery.recipient)
        channels = book.directory.channels(
            party.who, PURPOSE.get(delivery.type, "report"), event.at
        )
        if channels and name_of(channels[0]) == delivery.channel:
            yield move(party, depth=1)


def tell_folded(state: State, event: e.PeopleTold, book: Rulebook) -> Iterator[Effect]:
    """One message for one person: all that lapsed while nobody could be told, since when."""
    person = book.directory.person(event.person)
    if person:
        subject, text = _folded(state, event, book)
        yield from tell_people(event, book, [person], subject, text)


def _folded(state: State, event: e.PeopleTold, book: Rulebook) -> tuple[str, str]:
    """Of one duty it is the usual message about its episode."""
    if len(event.obligations) == 1:
        obligation = state.get(Obligation, event.obligations[0])
        episode = state.get(Episode, obligation.stream)
        return about(episode, book, what="\n\n".join(line["what"] for line in event.lines))
    lines = [f"{line['episode']}: {line['what']}" for line in event.lines]
    return several(len(event.obligations), lines, book, clock_time(event.since, event.at))
