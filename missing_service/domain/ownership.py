"""Rule 25: one named person owns an open episode; whoever owns it from now on hears so."""

from collections.abc import Iterator

from missing_service.domain import events as e
from missing_service.domain.effects import Effect
from missing_service.domain.episode import Episode
from missing_service.domain.people_message import about, clock_time
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State
from missing_service.domain.telling import tell_about, tell_people


def tell_owner(state: State, event: e.OwnerChanged, book: Rulebook) -> Iterator[Effect]:
    """The new owner, unless they took it themselves; an owner who is away, whoever covers."""
    if _is_own_act(event, book):
        return
    episode = state.get(Episode, event.stream)
    named = {"owner": event.owner}
    told = book.directory.people_for(["owner"], [["edt_worker"]], episode.council, event.at, named)
    subject, text = about(episode, book, what=OWNS, do=DO)
    yield from tell_people(event, book, told.people, subject, text)


def tell_not_accepted(state: State, event: e.OwnerChanged, book: Rulebook) -> Iterator[Effect]:
    """What the service handed over itself, nobody had accepted: the manager knows."""
    if event.by == e.SERVICE:
        do = "see that the incoming worker has it."
        yield from tell_about(state, event, book, ["edt_manager"], NOT_ACCEPTED, do)


def show_lists(_: State, event: e.HandoverShown, book: Rulebook) -> Iterator[Effect]:
    """Both people see the list; where nobody comes in, the manager sees it instead."""
    for own in event.lists:
        managers = [p.email for p in book.directory.on_call("edt_manager", event.council, event.at)]
        whom = (own.owner, *([own.incoming] if own.incoming else managers))
        people = filter(None, map(book.directory.person, dict.fromkeys(whom)))
        yield from tell_people(event, book, people, *_list(event, own, book))


def _list(event: e.HandoverShown, own: e.OwnList, book: Rulebook) -> tuple[str, str]:
    until, count = clock_time(event.ends_at, event.at), len(own.episodes)
    owner, incoming = (book.directory.person(who or "") for who in (own.owner, own.incoming))
    name = owner.name if owner else own.owner
    what = f"{name} goes off duty at {until}. {OWNED}"
    lines = [what, *own.episodes, _do(incoming.name if incoming else None, until)]
    subject = f"Hand over by {until}: {count} open episode{'' if count == 1 else 's'}"
    return subject, "\n\n".join([*lines, f"See all: {book.public_url}/"])


def _do(incoming: str | None, until: str) -> str:
    if incoming is None:
        return f"Do now: find out who comes in. Nobody is on the rota from {until}."
    return (
        f"Do now: talk each one through. {incoming} then opens it and takes it over. What is not "
        f"taken over by {until} is {incoming}'s all the same, and the EDT manager is told."
    )


def _is_own_act(event: e.OwnerChanged, book: Rulebook) -> bool:
    owner, by = (book.directory.email_of(who or "") or who for who in (event.owner, event.by.name))
    return owner == by


OWNED = "They own these until somebody takes them over:"
OWNS = "You own this episode from now on."
DO = "open it, and see what is owed."
NOT_ACCEPTED = "Nobody accepted this by the end of its owner's shift. The incoming worker owns it."
