"""Episodes: logged, read, added to, and what is known of coming back."""

from flask import Response

from missing_service.api import schemas_acts as acts
from missing_service.api import schemas_answers as answers
from missing_service.api import schemas_lists as lists
from missing_service.api import schemas_report as reports
from missing_service.api.callers import Asked
from missing_service.api.calls import JSON, PHOTO, Calls, answer, done
from missing_service.domain.codes import WithdrawnWhy
from missing_service.domain.photo import MEDIA_TYPE
from missing_service.domain.stored import plain
from missing_service.ports import EpisodesWanted
from missing_service.usecases import read_episode as reading
from missing_service.usecases import record_return as returning
from missing_service.usecases.change_owner import change_owner
from missing_service.usecases.keep_photo import keep_photo, read_photo
from missing_service.usecases.link_episodes import link_episodes, unlink_episodes
from missing_service.usecases.read_cursor import page_of, part_of
from missing_service.usecases.read_lists import list_episodes
from missing_service.usecases.record_told import record_told
from missing_service.usecases.report_missing import report_missing
from missing_service.usecases.undo_act import undo_act
from missing_service.usecases.update_episode import change_category, update_episode
from missing_service.usecases.withdraw_episode import withdraw_episode

CALLS = Calls()
EPISODE = "/episodes/<ref:reference>"


@CALLS.add("POST", "/episodes", "report", takes=reports.Report, gives=answers.Episode, status=201)
def log_report(asked: Asked, said: JSON) -> Response:
    """Log that a child is missing: saved with all that is owed because of it, before the answer."""
    return done(report_missing(said, actor=asked.actor, service=asked.service, key=asked.key))


@CALLS.add("GET", "/episodes", "read episodes", query=lists.EpisodesAsked, gives=answers.Episodes)
def show_episodes(asked: Asked, page: JSON) -> Response:
    """Episodes of your council, or those that your force is told of, the last recorded first."""
    wanted = EpisodesWanted(
        state=page["state"],
        council=page["council"],
        child=page["child"],
        since=page["since"],
        is_unacknowledged=page["unacknowledged"] == "true",
        overdue_at=asked.service.clock.now() if page["overdue"] == "true" else None,
    )
    part = page_of(page["limit"], page["cursor"])
    return answer(list_episodes(wanted, part, looker=asked.looker, service=asked.service))


@CALLS.add("GET", EPISODE, "read episodes", gives=answers.Episode)
def show_episode(asked: Asked, reference: str) -> Response:
    """One episode: what is known, what police make of it, what is owed, who was told."""
    return answer(reading.read_episode(reference, looker=asked.looker, service=asked.service))


@CALLS.add("POST", f"{EPISODE}/updates", "update", takes=reports.Update, gives=answers.Episode)
def update(asked: Asked, reference: str, said: JSON) -> Response:
    """Add one later fact; each becomes a numbered piece of news to police."""
    topic, content = next(iter(said.items()))
    act = update_episode(
        reference, topic, content, actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add(
    "POST",
    f"{EPISODE}/category",
    "change category",
    takes=acts.CategoryChange,
    gives=answers.Episode,
)
def category(asked: Asked, reference: str, said: JSON) -> Response:
    """Change the category; where it becomes missing, police are asked anew."""
    act = change_category(
        reference,
        said["category"],
        said["from_at"],
        said["reason"],
        actor=asked.actor,
        service=asked.service,
        key=asked.key,
    )
    return done(act)


@CALLS.add(
    "POST", f"{EPISODE}/located", "record coming back", takes=acts.Located, gives=answers.Episode
)
def located(asked: Asked, reference: str, said: JSON) -> Response:
    """Record that it is known where the child is; the search has not ended."""
    at = said.pop("at")
    act = returning.record_located(
        reference, at, plain(said), actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add(
    "POST", f"{EPISODE}/returned", "record coming back", takes=acts.Returned, gives=answers.Episode
)
def returned(asked: Asked, reference: str, said: JSON) -> Response:
    """Record that the child is back, or safe elsewhere; the interview is owed from that instant."""
    at = said.pop("at")
    act = returning.record_returned(
        reference, at, plain(said), actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add(
    "POST", f"{EPISODE}/closed", "record coming back", takes=acts.Closed, gives=answers.Episode
)
def closed(asked: Asked, reference: str, said: JSON) -> Response:
    """Close the episode, once the child is located and somebody confirmed that they are well."""
    act = returning.close_episode(
        reference, said["reason"], actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add("POST", f"{EPISODE}/links", "link", takes=acts.Link, gives=answers.Episode)
def links(asked: Asked, reference: str, said: JSON) -> Response:
    """Say that another report is of the same child and time, or that it is not after all."""
    link = link_episodes if said.get("same_as") else unlink_episodes
    other = said.get("same_as") or said["unlink"]
    act = link(
        reference, other, said["reason"], actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add("POST", f"{EPISODE}/withdrawn", "withdraw", takes=acts.Withdrawal, gives=answers.Episode)
def withdrawn(asked: Asked, reference: str, said: JSON) -> Response:
    """Withdraw what should not have been logged; police owe an answer to that."""
    why = WithdrawnWhy(said.pop("reason"))
    act = withdraw_episode(
        reference, why, plain(said), actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add(
    "POST", f"{EPISODE}/corrections", "correct", takes=acts.Correction, gives=answers.Episode
)
def correct(asked: Asked, reference: str, said: JSON) -> Response:
    """Undo an act entered by mistake; both stay on record."""
    act = undo_act(
        reference,
        said["undoes"],
        said["reason"],
        actor=asked.actor,
        service=asked.service,
        key=asked.key,
    )
    return done(act)


@CALLS.add(
    "GET", f"{EPISODE}/chronology", "read episodes", query=lists.Page, gives=answers.Chronology
)
def chronology(asked: Asked, reference: str, page: JSON) -> Response:
    """Every event, oldest first."""
    return _part(reading.read_chronology, asked, reference, page)


@CALLS.add("GET", f"{EPISODE}/told", "read episodes", query=lists.Page, gives=answers.Told)
def told(asked: Asked, reference: str, page: JSON) -> Response:
    """Who was told, by when, and who answered."""
    return _part(reading.read_told, asked, reference, page)


@CALLS.add(
    "GET", f"{EPISODE}/obligations", "read episodes", query=lists.Page, gives=answers.Obligations
)
def owed(asked: Asked, reference: str, page: JSON) -> Response:
    """What is owed to this child, and what was met."""
    return _part(reading.read_owed, asked, reference, page)


@CALLS.add("POST", f"{EPISODE}/told", "record told", takes=acts.ToldByHand, gives=answers.Episode)
def tell(asked: Asked, reference: str, said: JSON) -> Response:
    """Record who was told by a person, or why they are not told."""
    at = said.pop("at", None)
    act = record_told(
        reference, at, plain(said), actor=asked.actor, service=asked.service, key=asked.key
    )
    return done(act)


@CALLS.add("POST", f"{EPISODE}/owner", "change owner", takes=acts.Ownership, gives=answers.Episode)
def owner(asked: Asked, reference: str, said: JSON) -> Response:
    """Hand the episode to another named person, or take it: they own what is owed from now on."""
    act = change_owner(
        reference,
        said["person"],
        said["reason"],
        actor=asked.actor,
        service=asked.service,
        key=asked.key,
    )
    return done(act)


@CALLS.add(
    "GET", f"{EPISODE}/deliveries", "read episodes", query=lists.Page, gives=answers.Deliveries
)
def deliveries(asked: Asked, reference: str, page: JSON) -> Response:
    """Each message that was sent, with its attempts."""
    return _part(reading.read_deliveries, asked, reference, page)


def _part(read: reading.ReadPart, asked: Asked, reference: str, page: JSON) -> Response:
    whole = read(reference, looker=asked.looker, service=asked.service)
    return answer(part_of(whole["items"], page["limit"], page["cursor"]))


@CALLS.add(
    "PUT",
    f"{EPISODE}/photo",
    "keep photo",
    takes=PHOTO,
    query=lists.TakenOn,
    gives=answers.Episode,
)
def save_photo(asked: Asked, reference: str, said: bytes, page: JSON) -> Response:
    """Keep a photo of the child, a JPEG, PNG or WebP of at most 10 MiB; police are told of it."""
    act = keep_photo(reference, said, page["taken_on"], actor=asked.actor, service=asked.service)
    return done(act)


@CALLS.add("GET", f"{EPISODE}/photo", "read episodes", gives=PHOTO)
def show_photo(asked: Asked, reference: str) -> Response:
    """The photo that was kept last, as a JPEG."""
    image = read_photo(reference, looker=asked.looker, service=asked.service)
    return Response(image, content_type=MEDIA_TYPE)
