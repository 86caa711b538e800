"""What a half left in its database, counted: lost, doubled, and what each ladder owed and said."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from bench.year.oracle import Phase, Said, expected, reviews_due
from bench.year.outside import Outside

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVENTS = "SELECT stream, leaf FROM event ORDER BY stream, n"
STEPS = "SELECT obligation, step, due_at, until, count, told_at, passed_over FROM step_told"
ALERTS = "SELECT stream, id FROM delivery WHERE type = 'episode.reported' AND state = 'TAKEN'"
WAITING = "SELECT count(*) FROM delivery WHERE state NOT IN ('TAKEN', 'SUPERSEDED')"
PROMPT = timedelta(seconds=1)
Leaf = dict[str, Any]
TellsByDuty = dict[str, list[Any]]
Told = tuple[str, datetime, datetime | None, int, datetime, bool]


@dataclass
class Counts:
    """One half's, or the whole year's where they are added up."""

    found: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Counts") -> None:
        self.found += other.found
        self.wrong += other.wrong

    def say(self, what: str, sentence: str) -> None:
        self.found[what] += 1
        self.wrong.append(f"{what}: {sentence}")


def counted(
    seen: sqlite3.Connection, accepted: dict[str, UUID], outside: Outside, now: datetime
) -> Counts:
    """Judge the whole database by what was accepted, what arrived, and the policy file."""
    counts = Counts()
    _deliveries(seen, accepted, outside, counts)
    told = _told(seen)
    rows = ((bytes(stream), json.loads(leaf)) for stream, leaf in seen.execute(EVENTS))
    for stream, pairs in groupby(rows, key=itemgetter(0)):
        leaves = [leaf for _, leaf in pairs]
        counts.found["events"] += len(leaves)
        if any(leaf["kind"] == "episode.reported" for leaf in leaves):
            _judge(stream, leaves, told, now, counts)
    for steps in told.values():
        counts.found["steps told"] += sum(step[3] for step in steps)
        for step in steps:
            counts.say("doubled steps", f"{step[0]}, due {step[1]}, of no obligation")
    return counts


def _deliveries(
    seen: sqlite3.Connection, accepted: dict[str, UUID], outside: Outside, counts: Counts
) -> None:
    """Each report's alert is taken and has arrived; nothing arrived twice but for a lost answer."""
    arrived = {bytes(s) for s, d in seen.execute(ALERTS) if outside.arrived(bytes(d))}
    counts.found["reports"] = len(accepted)
    counts.found["alerts taken"] = sum(stream.bytes in arrived for stream in accepted.values())
    for reference, stream in accepted.items():
        if stream.bytes not in arrived:
            counts.say("lost reports", f"{reference} never reached police")
    counts.found["waiting"] = seen.execute(WAITING).fetchone()[0]
    counts.found["sends"], counts.found["came"] = outside.sends, len(outside.came)
    counts.found["answers lost"] = outside.lost_answers
    counts.found["doubled messages"] = max(0, outside.doubled() - outside.lost_answers)


def _told(seen: sqlite3.Connection) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for duty, step, due, until, count, at, passed in seen.execute(STEPS):
        row = (step, _at(due), _at(until) if until else None, count, _at(at), bool(passed))
        found[str(UUID(bytes=bytes(duty)))].append(row)
    return found


def _at(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _judge(
    stream: bytes,
    leaves: Sequence[Leaf],
    told: dict[str, list[Told]],
    now: datetime,
    counts: Counts,
) -> None:
    """One episode: the duty to tell police, its reviews, and every ladder."""
    story = Story(leaves)
    kinds = Counter(kind for kind, _ in story.duties.values())
    if kinds["police_acknowledgement"] < 1:
        counts.say("lost reports", f"{UUID(bytes=stream)} has no duty to tell police")
    if (reviews := story.reviews()) is not None and reviews != kinds["still_missing_review"]:
        had = kinds["still_missing_review"]
        counts.say("missed steps", f"{UUID(bytes=stream)} had {had} reviews of {reviews}")
    for duty, (kind, phases) in story.duties.items():
        said = expected(kind, phases, now)
        counts.found["steps expected"] += len(said.steps) + len(said.repeats)
        counts.found["steps told"] += sum(row[3] for row in told.get(duty, ()))
        _compare(f"{kind} {duty}", said, told.pop(duty, []), counts)


def _compare(whose: str, said: Said, told: Sequence[Told], counts: Counts) -> None:
    _steps(whose, said, [row for row in told if row[0] != "repeat"], counts)
    _repeats(whose, said, [row for row in told if row[0] == "repeat"], counts)


def _steps(whose: str, said: Said, told: Sequence[Told], counts: Counts) -> None:
    steps = dict(said.steps)
    for step, due, _, _, at, passed in told:
        if steps.pop((step, due), None) is not passed:
            word = "passed over" if passed else "told"
            counts.say("doubled steps", f"{whose}: step {step}, due {due}, was {word}")
        elif at - said.heard[step, due] > PROMPT:
            counts.say("late steps", f"{whose}: step {step}, due {due}, told {at}")
    for step, due in steps:
        counts.say("missed steps", f"{whose}: step {step}, due {due}")


def _repeats(whose: str, said: Said, told: Sequence[Told], counts: Counts) -> None:
    """What lapsed together is one row, that counts them from the first to the last."""
    owed = Counter(said.repeats)
    for _, due, until, count, at, _ in told:
        mine = [each for each in owed if due <= each <= (until or due)]
        owed.subtract(mine)
        if len(mine) != count:
            counts.say("doubled steps", f"{whose}: {count} repeats told for {len(mine)} from {due}")
        elif at - max(said.heard["repeat", each] for each in mine) > PROMPT:
            counts.say("late steps", f"{whose}: repeat, due {due}, told {at}")
    for each, left in owed.items():
        if left:
            counts.say(
                "missed steps" if left > 0 else "doubled steps", f"{whose}: repeat of {each}"
            )


class Story:
    """One episode as its stored events tell it: its facts, and how each obligation stood when."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self._leaves = leaves
        self._well: dict[str, bool] = {}  # each return that stands -> whether the child was well
        self._rows: dict[str, dict[str, Any]] = {}
        self._facts: dict[str, Any] = {}
        self.duties: dict[str, tuple[str, list[Phase]]] = {}
        for leaf in leaves:
            self._hear(leaf)

    def _hear(self, leaf: Leaf) -> None:
        undone = self._change_facts(leaf)
        for word, *what in leaf["effects"]:
            if what[0] == "obligation" and word == "opened":
                self._rows[what[1]["id"]] = dict(what[1])
            elif what[0] == "obligation":
                self._rows[what[1][0]] |= what[2]
        for duty, row in self._rows.items():
            self._stand(duty, row, datetime.fromisoformat(leaf["at"]), told_again=undone)

    def _change_facts(self, leaf: Leaf) -> bool:
        """What the ladders' conditions ask; whether a return was undone."""
        data, kind = leaf["data"], leaf["kind"]
        if kind == "episode.reported":
            self._facts |= {"category": data["category"], "danger": data["danger"] == "YES"}
        elif kind == "episode.updated" and data["danger"] is not None:
            self._facts["danger"] = data["danger"] == "YES"
        elif kind == "episode.category_changed":
            self._facts["category"] = data["category"]
        elif kind == "episode.returned":
            self._well[leaf["id"]] = data["well_being"]
        undone = kind == "act.undone" and self._well.pop(data["act"], None) is not None
        self._facts["well_being"] = any(self._well.values())
        return undone

    def _stand(self, duty: str, row: dict[str, Any], at: datetime, *, told_again: bool) -> None:
        _, phases = self.duties.setdefault(duty, (row["kind"], []))
        phase = Phase(
            at,
            row["state"] == "OPEN",
            datetime.fromisoformat(row["started_at"]),
            datetime.fromisoformat(row["due_at"]),
            float(Fraction(row.get("factor") or 1)),
            {**self._facts, "review": row.get("review") or ""},
            told_again,
        )
        if not phases or _how(phases[-1]) != _how(phase) or told_again:
            phases.append(phase)

    def reviews(self) -> int | None:
        """How many there had to be; None where an act was undone, which the ladders show."""
        if any(leaf["kind"] == "act.undone" for leaf in self._leaves):
            return None
        report = next(leaf for leaf in self._leaves if leaf["kind"] == "episode.reported")
        since = datetime.fromisoformat(report["data"]["reported_at"])
        well = next((e["at"] for e in self._leaves if e["data"].get("well_being")), None)
        if well is None:
            return None
        recorded = datetime.fromisoformat(report["at"])
        return reviews_due(since, recorded, datetime.fromisoformat(well))


def _how(phase: Phase) -> tuple[Any, ...]:
    return (phase.is_open, phase.started_at, phase.due_at, phase.factor, phase.facts)
