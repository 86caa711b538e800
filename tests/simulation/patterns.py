"""Rules 15 and 37, counted anew from the log: which patterns a child's episodes complete, and one
open question."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from missing_service.domain.episode import Episode, TriggerMet
from missing_service.domain.obligation import Obligation
from missing_service.domain.policy import ObligationKind as Kind
from tests.simulation.ledger import Ledger

if TYPE_CHECKING:
    from tests.simulation.history import History

# the default policy's, written out: so many reports in so many days
COUNTED = {"three_in_30_days": (3, 30), "three_in_90_days": (3, 90)}
A_DAY = timedelta(days=1)


def _patterns_are_seen(_: "History", ledger: Ledger) -> Iterator[str]:
    """Rule 15: a report that completes a pattern, and no other, says so."""
    episodes = {row.id: row for row in ledger.rows(Episode)}
    said = {(row.stream, row.rule) for row in ledger.rows(TriggerMet) if row.rule in COUNTED}
    expected, counted, pairs = set(), dict[UUID, Episode](), set[frozenset[UUID]]()
    for kind, stream, other in _as_recorded(ledger):
        episode = episodes[stream]
        if other:
            change = pairs.add if kind == "episode.linked" else pairs.discard
            change(frozenset({stream, other}))
            continue
        if kind == "episode.withdrawn":
            del counted[stream]
            continue
        counted[stream] = episode
        same = [row for row in counted.values() if row.child == episode.child]
        times = [group[0] for group in _once(same, pairs)]
        for rule, (number, days) in COUNTED.items() if kind == "episode.reported" else ():
            if _most(times, episode.reported_at, days) >= number:
                expected.add((stream, rule))
    if said != expected:
        yield f"rule 15: {len(said - expected)} patterns too many, {len(expected - said)} unseen"


def _once(rows: list[Episode], pairs: set[frozenset[UUID]]) -> list[list[datetime]]:
    """When each time missing was reported, those linked as the same together."""
    groups = {row.id: {row.id} for row in rows}
    for pair in pairs:
        if pair <= set(groups):
            one, two = (groups[each] for each in pair)
            one |= two
            groups |= dict.fromkeys(one, one)
    at = {row.id: row.reported_at for row in rows}
    each = {id(group): group for group in groups.values()}
    return [sorted(at[row] for row in group) for group in each.values()]


def _as_recorded(ledger: Ledger) -> Iterator[tuple[str, UUID, UUID | None]]:
    """Each report, withdrawal and link, and each withdrawal and link taken back."""
    for _, _, leaf in ledger.log:
        event = json.loads(leaf)
        is_withdrawal_undone = event["data"].get("act_kind") == "episode.withdrawn"
        if event["kind"] in ("episode.reported", "episode.withdrawn") or is_withdrawal_undone:
            yield event["kind"], UUID(event["stream"]), None
        if event["kind"] in ("episode.linked", "episode.unlinked"):
            yield event["kind"], UUID(event["stream"]), UUID(event["data"]["other"])


def _most(times: list[datetime], mine: datetime, days: int) -> int:
    """The fullest of all windows that begin at one of the times and hold this one."""
    length = days * A_DAY
    windows = [[t for t in times if start <= t <= start + length] for start in times]
    return max(len(window) for window in windows if mine in window)


def _one_question(_: "History", ledger: Ledger) -> Iterator[str]:
    """Rule 37: a child has one open strategy question, and each pattern stands with one."""
    child = {row.id: row.child for row in ledger.rows(Episode)}
    questions = {o.id: o for o in ledger.rows(Obligation) if o.kind is Kind.strategy_discussion}
    is_open = [child[o.stream] for o in questions.values() if o.is_open]
    if len(is_open) != len(set(is_open)):
        yield "rule 37: a child has two open strategy questions"
    for met in ledger.rows(TriggerMet):
        question = questions.get(met.question)
        if question is None or child[question.stream] != child[met.stream]:
            yield f"rule 37: {met.rule} of {met.stream} stands with no question of this child"


def _asked_while_it_stands(_: "History", ledger: Ledger) -> Iterator[str]:
    """Rules 15, 33: an open question was prompted by a report that was not withdrawn."""
    withdrawn = {row.id for row in ledger.rows(Episode) if row.state.value == "WITHDRAWN"}
    counted = {met.question for met in ledger.rows(TriggerMet) if met.stream not in withdrawn}
    for row in ledger.rows(Obligation):
        is_asked = row.kind is Kind.strategy_discussion and row.is_open
        if is_asked and row.id not in counted:
            yield f"rule 33: the question {row.id} is asked of what was withdrawn"


CHECKS = (_patterns_are_seen, _one_question, _asked_while_it_stands)
