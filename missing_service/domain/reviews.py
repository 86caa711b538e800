"""Section 6, *still missing*: one obligation per review; its due instant opens the next, decided
or not."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from missing_service.domain import events as e
from missing_service.domain.effects import Effect
from missing_service.domain.episode import Episode
from missing_service.domain.obligation import Obligation
from missing_service.domain.owing import open_obligation
from missing_service.domain.policy import MONTHLY, ObligationPolicy, duration_text
from missing_service.domain.policy import ObligationKind as Kind
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.state import State

DAY = timedelta(days=1)


def open_first_review(state: State, event: e.EpisodeReported, book: Rulebook) -> Iterator[Effect]:
    """Counted from when it was reported: a late entry's reviews may have lapsed already."""
    if not event.drill:
        terms = book.policy.obligation(Kind.still_missing_review, event.council)
        yield _review(state, event, book, event.reported_at, terms.reviews[0])


def open_next_review(state: State, event: e.ReviewFellDue, book: Rulebook) -> Iterator[Effect]:
    episode = state.get(Episode, event.stream)
    last = state.get(Obligation, event.obligation)
    if episode.is_searched_for:
        yield _review(state, event, book, last.started_at, _next_length(book.terms(last), last))


def resume_reviews(state: State, event: e.ActUndone, book: Rulebook) -> Iterator[Effect]:
    """A review that fell due while the child was wrongly thought well opens its next now."""
    episode = state.get(Episode, event.stream)
    kind = Kind.still_missing_review
    reviews = [o for o in state.all(Obligation, event.stream) if o.kind is kind]
    if episode.is_searched_for and not any(o.successor for o in reviews):
        last = max(reviews, key=lambda o: o.due_at)
        yield _review(state, event, book, last.started_at, _next_length(book.terms(last), last))


def _next_length(terms: ObligationPolicy, last: Obligation) -> timedelta:
    """How long after the report the next review is due: by the list, then monthly for ever."""
    length = last.due_at - last.started_at
    later = [r for r in terms.reviews if r > length]
    return later[0] if later else length + (terms.then_every or 30 * DAY)


def _review(
    state: State, event: e.Event, book: Rulebook, since: datetime, length: timedelta
) -> Effect:
    episode = state.get(Episode, event.stream)
    terms = book.policy.obligation(Kind.still_missing_review, episode.council)
    name = duration_text(length) if length in terms.reviews else MONTHLY
    return open_obligation(
        state,
        event,
        book,
        Kind.still_missing_review,
        started_at=since,
        due_at=since + length,
        review=name,
        successor=True,
    )
