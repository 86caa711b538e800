"""What a new report of a known child is offered before anybody asks: nothing of it is taken for
true by itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.access.scope import child_of
from missing_service.domain.calendar import london_date
from missing_service.domain.codes import EpisodeState
from missing_service.domain.directory import Directory
from missing_service.domain.doubts import doubts
from missing_service.domain.episode import Episode
from missing_service.domain.prefill import (
    KEPT_BESIDE,
    Earlier,
    Fact,
    carried_over,
    episode_line,
    kept_profile,
    offered,
    profile_doubts,
    report_after,
)
from missing_service.domain.state import State
from missing_service.domain.stored import plain
from missing_service.usecases.read_episode import Reader
from missing_service.usecases.read_with_look import JSON, Looker, Shown, read_with_look
from missing_service.usecases.service import Service

MOST_READ = 10  # earlier episodes whose facts are carried over, the last recorded first


def read_prefill(child: UUID, *, looker: Looker, service: Service) -> JSON:
    """Earlier episodes and the profile, each fact with its date; the look at them is logged."""
    now, directory = service.clock.now(), service.store.directory()

    def once(reader: Reader) -> Shown:
        state = State(reader)
        row = child_of(state, looker.actor, child)
        before = _earlier(state, child, looker.actor.organisation)
        read = [Earlier(e, state.story(e.stream)) for e in before[:MOST_READ]]
        streams = [row.stream, *(each.episode.stream for each in read)]
        seen = {stream: reader.listing.last_n(stream) for stream in streams}
        body = _body(state, child, before, read, now)
        body["doubts"] = [*_doubts(body["report"], child, now, directory), *body["doubts"]]
        return Shown(body, seen)

    return read_with_look(once, looker=looker, service=service)


def _earlier(state: State, child: UUID, council: str) -> list[Episode]:
    """The child's episodes, as far as this council may read them, the last recorded first."""
    found = [
        episode
        for episode in state.episodes_of(child)
        if episode.council == council and episode.state is not EpisodeState.WITHDRAWN
    ]
    return sorted(found, key=lambda row: (row.recorded_at, row.id), reverse=True)


def _body(
    state: State, child: UUID, before: list[Episode], read: list[Earlier], now: datetime
) -> JSON:
    story, today = state.story(child), london_date(now)
    profile, facts = kept_profile(story), carried_over(story, read)
    report = offered(facts)
    report["child"] = {"id": str(child), **report.get("child", {})}
    return {
        "report": report,
        "facts": [_shown(fact, today) for fact in facts],
        "earlier": [episode_line(episode) for episode in before],
        **{name: profile.get(name) for name in KEPT_BESIDE},
        "report_after": report_after(profile.get("absence_plan")),
        "doubts": profile_doubts(profile, today),
    }


def _doubts(report: JSON, child: UUID, now: datetime, directory: Directory) -> list[dict[str, str]]:
    return doubts(report, child=str(child), recorded_at=now, councils=directory.councils)


def _shown(fact: Fact, today: Any) -> dict[str, Any]:
    return {
        "field": fact.field,
        "value": fact.value,
        "said_at": plain(fact.said_at),
        "source": fact.source,
        "question": fact.question(today),
    }
