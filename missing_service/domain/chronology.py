"""An episode told as sentences: every event, oldest first, with its true time and when it was
recorded."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from missing_service.domain import events as e
from missing_service.domain.directory import Directory
from missing_service.domain.events.children import ChildNamed, ProfileKept
from missing_service.domain.photo_news import taken
from missing_service.domain.stored import plain

Item = dict[str, Any]
Sentence = Callable[[Any, Directory], str]

TRUE_TIME: Mapping[type[e.Event], str] = {
    e.EpisodeReported: "reported_at",
    e.CategoryChanged: "from_at",
    e.ChildLocated: "located_at",
    e.ChildReturned: "returned_at",
    e.PoliceAnswered: "acknowledged_at",
    e.InterviewEnded: "outcome_at",
    e.ToldByPerson: "told_at",
}


def chronology(story: Iterable[tuple[int, e.Event]], directory: Directory) -> list[Item]:
    """One item for each event; `n` is the number by which an act is undone."""
    return [
        {
            "n": n,
            "at": plain(_true_time(event)),
            "recorded_at": plain(event.at),
            "kind": event.KIND,
            "by": _by(event.by, directory),
            "what": SENTENCES[type(event)](event, directory),
        }
        for n, event in story
    ]


def _true_time(event: e.Event) -> datetime:
    field = TRUE_TIME.get(type(event))
    found: datetime = getattr(event, field) if field else event.at
    return found


def _by(actor: e.Actor, directory: Directory) -> str:
    """A person with their role and organisation; else the key, or the service itself."""
    if actor.role == "service":
        return "The service"
    name = actor.name or actor.principal.partition(":")[2] or actor.principal
    title = f" ({actor.title})" if actor.title else ""
    return f"{name}{title}, {_organisation(actor.organisation, directory)}"


def _organisation(code: str, directory: Directory) -> str:
    known = directory.councils.get(code) or directory.forces.get(code)
    return known.name if known else code


def _people(emails: Iterable[str], directory: Directory) -> str:
    known = ((email, directory.person(email)) for email in emails)
    return ", ".join(person.name if person else email for email, person in known)


def _words(code: str) -> str:
    return code.replace("_", " ").lower()


def _reported(event: e.EpisodeReported, directory: Directory) -> str:
    told = "".join(f" {_organisation(code, directory)} is told as well." for code in event.told)
    danger = " Immediate danger was said." if event.danger == "YES" else ""
    owing = _organisation(event.force, directory)
    if event.drill:
        return f"DRILL. Nobody is missing. {owing} is asked to answer."
    return f"Reported as {_words(event.category)}. {owing} owes an answer.{told}{danger}"


TOPICS = {
    "report": "The report says something new",
    "details": "More is known of the child",
    "sighting": "The child may have been seen",
    "police_risk": "Police risk level",
    "police_update": "Update from police",
    "council_risk": "The council's view of the risk",
}


def _updated(event: e.EpisodeUpdated, _: Directory) -> str:
    said = f": {_words(event.risk)}" if event.risk else f": {', '.join(event.fields)}"
    phone = " Given by phone." if event.by_phone else ""
    return f"{TOPICS[event.topic]}{said}.{phone}"


def _photo(event: e.PhotoKept, _: Directory) -> str:
    return f"A photo of the child was kept. {taken(event)}"


def _category(event: e.CategoryChanged, _: Directory) -> str:
    return f"The category is now {_words(event.category)}: {event.reason}"


def _located(event: e.ChildLocated, _: Directory) -> str:
    return f"The child was located ({_words(event.how)}). Located is not yet well."


def _returned(event: e.ChildReturned, _: Directory) -> str:
    where = f"The child is in {_words(event.instead)}" if event.instead else "The child came back"
    well = "Well-being was confirmed" if event.well_being else "Nobody has confirmed well-being yet"
    return f"{where}. {well}."


def _closed(event: e.EpisodeClosed, _: Directory) -> str:
    return f"The episode was closed: {event.reason}"


def _withdrawn(event: e.EpisodeWithdrawn, _: Directory) -> str:
    by, note = event.content.get("authorised_by"), event.content.get("note")
    authorised = f", authorised by {by}" if by else ""
    said = f": {note}" if note else "."
    return f"CORRECTION: withdrawn ({_words(event.why)}{authorised}){said}"


def _linked(event: e.EpisodeLinked, _: Directory) -> str:
    return f"Linked as the same as {event.reference}: {event.reason}"


def _unlinked(event: e.EpisodeUnlinked, _: Directory) -> str:
    return f"CORRECTION: no longer linked with {event.reference}: {event.reason}"


def _recounted(event: e.PatternsRecounted, _: Directory) -> str:
    now = "stands again" if event.stands else "has fallen away"
    return f"A report was withdrawn or restored: what prompted a strategy discussion {now}."


def _undone(event: e.ActUndone, _: Directory) -> str:
    return f"CORRECTION: number {event.n} ({event.act_kind}) was entered by mistake: {event.reason}"


def _answered(event: e.PoliceAnswered, _: Directory) -> str:
    given = event.content.get("reference") or {}
    reference = f" {given.get('system', '')} {given.get('value', '')}".rstrip() if given else ""
    officer = (event.content.get("acknowledged_by") or {}).get("name") or "somebody"
    phone = ", by phone" if event.by_phone else ""
    end = "" if event.ends else " It ends nothing."
    asked = f" {IN_ITS_PLACE}" if event.instead_of else ""
    return f"Police answered {_words(event.outcome)}{reference} ({officer}{phone}).{end}{asked}"


IN_ITS_PLACE = "What they were asked was opened in error: this answers the duty that stands."


def _rung(event: e.PoliceRung, _: Directory) -> str:
    return f"Police were rung: {_words(event.result)}."


def _told_by_person(event: e.ToldByPerson, _: Directory) -> str:
    said = event.content
    if why_not := said.get("why_not"):
        return f"{said['who']} is not told: {why_not}"
    how = f" ({said['method']})" if said.get("method") else ""
    return f"{said['by']} told {said['who']}{how}."


def _taken(event: e.ObligationTaken, directory: Directory) -> str:
    return f"{_people((event.person,), directory)} has it."


def _decided(event: e.ObligationDecided, _: Directory) -> str:
    phone = ", given by phone" if event.by_phone else ""
    by, reason = event.content.get("decided_by"), event.content.get("reason")
    return f"Decided {_words(event.decision)} by {by}{phone}: {reason}"


def _owned(event: e.OwnerChanged, directory: Directory) -> str:
    now, was = _people((event.owner,), directory), _people((event.was,), directory)
    return f"{now} owns it now, {was} did before: {event.reason}"


def _asked(event: e.QuestionAsked, directory: Directory) -> str:
    phone = " by phone" if event.by_phone else ""
    who = event.content.get("by") or _organisation(event.force, directory)
    return f"Police asked{phone} ({who}): {event.content.get('text')}"


def _replied(event: e.QuestionAnswered, _: Directory) -> str:
    return f"Police were answered by {event.content.get('by')}: {event.content.get('text')}"


def _told(event: e.LadderTold, directory: Directory) -> str:
    return (
        " ".join(filter(None, (_step(step, directory) for step in event.steps)))
        or "Nobody was due."
    )


def _step(step: e.ToldStep, directory: Directory) -> str:
    place = "Repeat" if step.step == "repeat" else f"Step {step.step}"
    if step.passed_over:
        return f"{place} was passed over: its condition did not hold."
    return f"{place}: {_people(step.people, directory) or 'police'} told: {step.say}"


def _sealed(event: e.AttemptsSealed, _: Directory) -> str:
    return f"Attempts of {len(event.seals)} deliveries were sealed."


def _checked(event: e.SelfChecked, _: Directory) -> str:
    found = f"{len(event.faults)} things did not hold" if event.faults else "everything held"
    return f"The service looked at its own records: {found}."


def _failing(event: e.DeliveryFailing | e.DeliveryRefused, _: Directory) -> str:
    refused = "refused" if isinstance(event, e.DeliveryRefused) else "not taken"
    return f"A message was {refused} ({event.status or event.error}); it goes on being tried."


def _brought_in(event: e.ChannelBroughtIn, _: Directory) -> str:
    return f"{event.failing} does not take what is sent: the next channel carries it as well."


def _allocated(event: e.InterviewAllocated, directory: Directory) -> str:
    return f"The interview was allocated to {_people((event.interviewer,), directory)}."


def _ended(event: e.InterviewEnded, _: Directory) -> str:
    return f"The return home interview: {_words(event.status)}."


def _signed(event: e.RecordSigned, _: Directory) -> str:
    return f"Version {event.version} of the written record was signed, and goes to police."


def _profile(event: ProfileKept, _: Directory) -> str:
    return f"Version {event.version} of what is kept of the child beforehand was saved."


def plainly(sentence: str) -> Sentence:
    return lambda _event, _directory: sentence


SENTENCES: Mapping[type[e.Event], Sentence] = {
    e.ChildRecorded: plainly("The child was recorded."),
    ChildNamed: plainly("More is known of who the child is."),
    ProfileKept: _profile,
    e.EpisodeReported: _reported,
    e.EpisodeUpdated: _updated,
    e.PhotoKept: _photo,
    e.CategoryChanged: _category,
    e.ChildLocated: _located,
    e.ChildReturned: _returned,
    e.EpisodeClosed: _closed,
    e.EpisodeWithdrawn: _withdrawn,
    e.EpisodeLinked: _linked,
    e.PatternsRecounted: _recounted,
    e.EpisodeUnlinked: _unlinked,
    e.ActUndone: _undone,
    e.PoliceAnswered: _answered,
    e.PoliceRung: _rung,
    e.ToldByPerson: _told_by_person,
    e.ObligationTaken: _taken,
    e.ObligationDecided: _decided,
    e.OwnerChanged: _owned,
    e.DayServicesAsked: plainly("Day services were asked to take it over."),
    e.DigestSent: plainly("What the night leaves to the day was sent to day services."),
    e.HandoverShown: plainly("Who goes off duty was shown what they own."),
    e.QuestionAsked: _asked,
    e.QuestionAnswered: _replied,
    e.LadderTold: _told,
    e.ClockBroughtBack: plainly(
        "A clock that had run ahead was put right: a duty is counted anew."
    ),
    e.LadderWoundBack: plainly("A clock that had run ahead was put right: repeats go on."),
    e.ReviewFellDue: plainly("A review fell due; the next is open."),
    e.DeliveryFailing: _failing,
    e.DeliveryRefused: _failing,
    e.DeliveryOvertaken: plainly("A message was stuck for too long: urgent ones may pass it."),
    e.ChannelBroughtIn: _brought_in,
    e.DeliveryTaken: plainly("A machine took what was sent. That is not yet an answer."),
    e.DeliveryRetried: plainly("A message was tried again by hand."),
    e.InterviewAllocated: _allocated,
    e.InterviewEnded: _ended,
    e.RecordSigned: _signed,
    e.DrillUnanswered: plainly("DRILL: nobody answered in time; administrators were told."),
    e.DrillAnswered: plainly("DRILL: a person answered; it is over."),
    e.PeopleTold: plainly("Several steps were told in one message."),
    e.AttemptsSealed: _sealed,
    e.WorkersSilent: plainly("No worker had beaten: people were told that no alerts leave."),
    e.WorkersBack: plainly("Workers beat again: the same people were told."),
    e.ClockDoubted: plainly("A clock could not be right: administrators were told."),
    e.CanarySent: plainly("A message that means nothing was sent, to see that messages arrive."),
    e.SelfChecked: _checked,
    e.DirectoryChanged: plainly("The directory was changed."),
    e.PolicyLoaded: plainly("A policy was loaded."),
}
