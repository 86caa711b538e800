"""What must hold of a policy as a whole, however many files it came from."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from itertools import product
from typing import Any

from missing_service.domain.ladder import scaled
from missing_service.domain.policy import FIRST, MONTHLY, PLAN, Hours, duration_text
from missing_service.policy.lines import Path
from missing_service.policy.schemas import CONDITIONS

SECOND = timedelta(seconds=1)
Content = Mapping[str, Any]
Fault = tuple[Path, str]

ALWAYS_TOLD = (
    "police_acknowledgement",
    "still_missing_review",
)  # CONTRACT 4: never waits for the morning
OWN_DUE = (
    "still_missing_review",
    "interview_action",
)  # each review, each action has its own instant


def whole_faults(content: Content) -> Iterator[Fault]:
    """Every fault of the whole, with the key it belongs to."""
    yield from _obligations_faults(content["obligation"], ("obligation",))
    for code, council in content["council"].items():
        yield from _obligations_faults(council["obligation"], ("council", code, "obligation"))
    for name, trigger in content["trigger"].items():
        yield from _trigger_faults(trigger, ("trigger", name))
        yield from _length_faults(trigger, ("trigger", name), content)
    yield from _figure_faults(content["figures"])
    for name, codes in content["code_list"].items():
        yield from _code_faults(codes, ("code_list", name))


def _obligations_faults(obligations: Content, path: Path) -> Iterator[Fault]:
    for kind, terms in obligations.items():
        here = (*path, kind)
        yield from _due_faults(kind, terms, here)
        yield from _review_faults(kind, terms, here)
        yield from _hours_faults(kind, terms, here)
        yield from _pace_faults(terms, here)
        if kind == "police_acknowledgement":
            yield from _endless_faults(terms, here)


def _due_faults(kind: str, terms: Content, path: Path) -> Iterator[Fault]:
    if kind in OWN_DUE and "due" in terms:
        yield (*path, "due"), "found a due time; allowed: none, each of these has its own"


def _review_faults(kind: str, terms: Content, path: Path) -> Iterator[Fault]:
    reviews = terms.get("reviews", [])
    if kind != "still_missing_review":
        given = [key for key in ("reviews", "then_every") if key in terms]
        yield from (((*path, key), "allowed: only for still_missing_review") for key in given)
        questions = {FIRST, PLAN} if kind == "strategy_discussion" else set()
        yield from _unknown_reviews(terms, questions, path)
        return
    if not reviews or "then_every" not in terms:
        yield path, "allowed: `reviews`, at least one, and `then_every`: a review is never the last"
    elif sorted(set(reviews)) != reviews:
        yield (*path, "reviews"), "allowed: durations that rise"
    yield from _unknown_reviews(terms, {MONTHLY, *map(duration_text, reviews)}, path)


def _unknown_reviews(terms: Content, known: set[str], path: Path) -> Iterator[Fault]:
    for name, number, part in _parts(terms):
        review = dict(part["when"]).get("review")
        if review is not None and review not in known:
            allowed = ", ".join(sorted(known)) or "no such condition here"
            yield (*path, name, number, "when", "review"), f'found "{review}"; allowed: {allowed}'


def _parts(terms: Content) -> Iterator[tuple[str, int, Content]]:
    for name in ("step", "repeat"):
        yield from ((name, number, part) for number, part in enumerate(terms.get(name, [])))


def _hours_faults(kind: str, terms: Content, path: Path) -> Iterator[Fault]:
    """Repeats that wait beside repeats that do not could meet at one instant, told twice or not."""
    parts = list(_parts(terms))
    for name, number, part in parts:
        if kind in ALWAYS_TOLD and part["hours"] is Hours.WAKING:
            yield (
                (*path, name, number, "hours"),
                'found "waking"; allowed: "any": this is told at night too',
            )
    hours = {part["hours"] for name, _, part in parts if name == "repeat"}
    waits = any(part["hours"] is Hours.WAKING for _, _, part in parts)
    if waits and Hours.ANY in hours:
        text = 'found "any" beside "waking"; allowed: where a step or repeat waits, all repeats do'
        yield (*path, "repeat"), text


def _pace_faults(terms: Content, path: Path) -> Iterator[Fault]:
    factor = terms.get("danger_factor", Fraction(1))
    lengths = [part["every"] for part in terms.get("repeat", []) if "every" in part]
    if lengths and scaled(min(lengths), factor) < SECOND:
        text = "makes a repeat come more often than every second; allowed: a larger number"
        yield (*path, "danger_factor"), text


def _endless_faults(terms: Content, path: Path) -> Iterator[Fault]:
    """Whatever is known of the episode, somebody is told again."""
    repeats = [dict(part["when"]) for part in terms.get("repeat", [])]
    for values in product(*CONDITIONS.values()):
        facts = dict(zip(CONDITIONS, values, strict=True))
        if not any(when.items() <= facts.items() for when in repeats):
            asked = [key for key in CONDITIONS if any(key in when for when in repeats)]
            state = ", ".join(f"{key} = {str(facts[key]).lower()}" for key in asked) or "ever"
            text = f"nobody is told again ({state}); allowed: repeats that never end (rule 1a)"
            yield (*path, "repeat"), text
            return


def _trigger_faults(trigger: Content, path: Path) -> Iterator[Fault]:
    if "on" not in trigger:
        yield (*path, "on"), "found nothing; allowed: true, false"
    if ("episodes" in trigger) == ("missing_over" in trigger):
        yield path, "allowed: exactly one of `episodes` (with `within`, or ever) and `missing_over`"
    if "within" in trigger and "episodes" not in trigger:
        yield (*path, "within"), "allowed: only beside `episodes`"


def _length_faults(trigger: Content, path: Path, content: Content) -> Iterator[Fault]:
    """Who is missing for so long is seen at a review: the pattern needs a review of its length."""
    over = trigger.get("missing_over")
    tables = [content["obligation"], *(c["obligation"] for c in content["council"].values())]
    for terms in [table.get("still_missing_review", {}) for table in tables]:
        reviews = terms.get("reviews", [over])
        if over and trigger.get("on") and over not in reviews:
            allowed = ", ".join(map(duration_text, reviews))
            yield (*path, "missing_over"), f"allowed: the length of a review, {allowed}"


def _figure_faults(figures: Content) -> Iterator[Fault]:
    if figures["waking_from"] >= figures["waking_until"]:
        yield ("figures", "waking_until"), "allowed: a time later than waking_from"
    if figures["edt_until"] >= figures["edt_from"]:
        yield ("figures", "edt_until"), "allowed: a time earlier than edt_from"
    if figures["backoff_first"] > figures["backoff_cap"]:
        yield ("figures", "backoff_cap"), "allowed: a duration not shorter than backoff_first"


def _code_faults(code_list: Content, path: Path) -> Iterator[Fault]:
    if "version" not in code_list:
        yield (*path, "version"), "found nothing; allowed: words"
    seen: set[str] = set()
    for number, code in enumerate(code_list.get("code", [])):
        for name in (code["code"], *code["aliases"]):
            if name in seen:
                yield (
                    (*path, "code", number),
                    f'found "{name}" twice; allowed: each code and alias once',
                )
            seen.add(name)
