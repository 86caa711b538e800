"""The words that people get: a reference, what has not happened, what to do now; never who the
child is."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from missing_service.domain.casefile import read_story
from missing_service.domain.codes import EpisodeState
from missing_service.domain.episode import Episode
from missing_service.domain.obligation import Obligation
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.stored import canonical

LONDON = ZoneInfo("Europe/London")
CALLS = {
    "IN_QUEUE": "in the queue",
    "SPOKE_NO_REFERENCE_YET": "spoke, no reference yet",
    "NO_ANSWER": "no answer",
}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def clock_time(at: datetime, now: datetime) -> str:
    """An instant as people say it: "03:12", with the day where it is not today's, in London."""
    local, today = at.astimezone(LONDON), now.astimezone(LONDON).date()
    return (
        f"{local:%H:%M}"
        if local.date() == today
        else f"{local:%H:%M} on {local:%a} {local.day} {local:%b}"
    )


def ago(at: datetime, now: datetime) -> str:
    passed = max(now - at, timedelta())
    if passed < HOUR:
        return _count(passed // MINUTE, "minute")
    if passed < 2 * DAY:
        minutes = passed % HOUR // MINUTE
        return (
            f"{_count(passed // HOUR, 'hour')} {minutes} min"
            if minutes
            else _count(passed // HOUR, "hour")
        )
    return _count(passed // DAY, "day")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def called(episode: Episode) -> str:
    """The reference, by which people speak of it; a drill is called one before anything else."""
    return f"DRILL {episode.reference}" if episode.drill else episode.reference


def standing(episode: Episode) -> str:
    """STILL MISSING until somebody confirmed that the child is well."""
    if episode.drill:
        return "NOBODY IS MISSING"
    if episode.state is EpisodeState.WITHDRAWN:
        return "WITHDRAWN"
    return "FOUND" if episode.well_being else "STILL MISSING"


def lapsed(state: State, obligation: Obligation, say: str, *, now: datetime, count: int = 1) -> str:
    """One line: what has not happened, and since when."""
    since = clock_time(obligation.started_at, now)
    again = f" (this fell due {count} times while nobody could be told)" if count > 1 else ""
    what, _, do = say.partition(". ")
    waited = f"Waiting since {since}, {ago(obligation.started_at, now)} ago{again}."
    return " ".join(
        filter(None, [f"{what.rstrip('.')}.", waited, _calls(state, obligation, now), do])
    )


def nobody_as(roles: Iterable[str]) -> str:
    """To an administrator: the next people were told in their place."""
    return f"Nobody is on the rota as {', '.join(roles)}. The next people were told instead."


def _calls(state: State, obligation: Obligation, now: datetime) -> str:
    calls = [
        c for c in read_story(state.story(obligation.stream)).calls if c.obligation == obligation.id
    ]
    return " ".join(f"Rung at {clock_time(c.at, now)}: {CALLS[c.result]}." for c in calls[-3:])


def about(episode: Episode, book: Rulebook, *, what: str, do: str = "") -> tuple[str, str]:
    """Subject and text of one message about one episode."""
    subject = f"{called(episode)} {standing(episode)}: {what.split('.')[0]}"
    lines = [f"{called(episode)}: {standing(episode)}.", what]
    if do:
        lines.append(f"Do now: {do}")
    return subject, "\n\n".join([*lines, _numbers(episode, book), _link(episode, book)])


def several(count: int, lines: Sequence[str], book: Rulebook, since: str) -> tuple[str, str]:
    """One message for all that lapsed while nobody could be told, most urgent first."""
    subject = f"{count} duties lapsed since {since}"
    text = [f"These were not done in time. The first has waited since {since}.", *lines]
    return subject, "\n\n".join([*text, f"See all: {book.public_url}/"])


def _numbers(episode: Episode, book: Rulebook) -> str:
    council = book.directory.councils.get(episode.council)
    force = book.directory.forces.get(episode.force)
    desk = f"EDT desk: {council.edt_phone}. " if council and council.edt_phone else ""
    danger = (
        "999 (immediate danger was said)"
        if episode.danger == "YES"
        else (force.phone if force else "101")
    )
    return f"{desk}Police: {danger}."


def _link(episode: Episode, book: Rulebook) -> str:
    return f"{book.public_url}/episodes/{episode.reference}"


def mailbox_of_a_force(episode: Episode, kind: str, council: str, desk: str, link: str) -> bytes:
    """A force's mailbox learns that there is something to open, and nothing of the child."""
    if episode.drill:
        return _drill_for_a_force(episode, council, desk, link)
    danger = {"YES": "yes", "NO": "no"}.get(episode.danger, "not known")
    subject = f"URGENT {episode.reference}: missing child, {council}"
    text = (
        f"URGENT. Reference {episode.reference}, {council}. "
        f"{KINDS.get(kind, 'News of a missing child')}.\n\n"
        f"Immediate danger: {danger}.\n\n"
        f"Open it and answer with your reference: {link}\n\n"
        f"If you cannot open it, ring the emergency duty team: {desk}."
    )
    return canonical({"subject": subject, "text": text})


def _drill_for_a_force(episode: Episode, council: str, desk: str, link: str) -> bytes:
    subject = f"DRILL {episode.reference}: nobody is missing, {council}"
    text = (
        f"DRILL. Reference {episode.reference}, {council}. Nobody is missing: this tries the way "
        f"that a report would come to you, and your answer back.\n\n"
        f"Open it and answer as you would answer a report: {link}\n\n"
        f"If you cannot open it, tell the emergency duty team: {desk}."
    )
    return canonical({"subject": subject, "text": text})


KINDS = {
    "episode.reported": "A child has been reported missing",
    "episode.located": "The child has been located",
    "episode.returned": "The child has come back",
    "episode.withdrawn": "CORRECTION: the report is withdrawn",
    "interview.record": "The written record of a return home interview",
    "interview.outcome": "The outcome of a return home interview",
    "episode.question": "A question that police asked, or what they are answered",
    "obligation.reminder": "You have not answered",
}


def alert_as_text(letter: bytes, episode: Mapping[str, Any], protected: str, change: str) -> bytes:
    """The same letter with the alert in it, for a mailbox declared secure: what is protected comes
    first."""
    said = json.loads(letter)
    lines = [*filter(None, [protected, change]), *_lines("", episode["report"])]
    lines += [line for asked in episode["questions"] for line in _asked(asked)]
    first = ["DRILL. Nobody is missing."] if episode["drill"] else []
    return canonical({**said, "text": "\n".join([*first, *lines, "", said["text"]])})


def _asked(question: Mapping[str, Any]) -> list[str]:
    said = {"question": question["text"], "answer": question["answer"]}
    return _lines("", said)


def _lines(name: str, value: Any) -> list[str]:
    """One line a fact, its name in words; what is not known is left out."""
    if isinstance(value, Mapping):
        return [line for key, item in value.items() for line in _lines(_words(name, key), item)]
    if isinstance(value, list | tuple):
        return [line for item in value for line in _lines(name, item)]
    return [f"{name}: {value}"] if value not in (None, "") else []


def _words(name: str, key: str) -> str:
    return f"{name} {key}".strip().replace("_", " ")
