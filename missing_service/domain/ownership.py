"""Rule 25: one named person owns an open episode; whoever owns it from now on hears so."""

from collections.abc import Iterator

from missing_service.domain import events as e
from missing_service.domain.effects import Effect
from missing_service.domain.episode import Episode
from missing_service.domain.people_message import about
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


def _is_own_act(event: e.OwnerChanged, book: Rulebook) -> bool:
    owner, by = (book.directory.email_of(who or "") or who for who in (event.owner, event.by.name))
    return owner == by


OWNS = "You own this episode from now on."
DO = "open it, and see what is owed."
NOT_ACCEPTED = "Nobody accepted this by the end of its owner's shift. The incoming worker owns it."
