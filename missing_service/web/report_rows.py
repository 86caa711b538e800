"""A report as rows of a table: what is known, in the order in which it is needed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from missing_service.domain.directory import Directory
from missing_service.domain.protected import protection
from missing_service.web import words

Row = tuple[str, Any, str]  # label, value, how it is shown: text, time, born
Said = Mapping[str, Any]


def report_rows(episode: Said, directory: Directory) -> list[Row]:
    """Each thing that is known, PROTECTED first; what nobody said is left out, save the core."""
    report = episode["report"]
    rows = [
        *_protected(report),
        *_child(episode["child"], directory),
        *_seen(report.get("last_seen") or {}, directory),
        ("Why somebody is worried", report.get("concern"), "text"),
        *_done(report.get("done_so_far") or {}),
        *_reporter(report.get("reporter") or {}),
        *_police(report.get("police_informed") or {}),
        ("Noticed", report.get("became_aware_at"), "time"),
        ("Reported", report.get("reported_at"), "time"),
        *_gaps(episode.get("times") or {}),
        *_sightings(episode.get("sightings") or []),
        *_council_risk(episode.get("council_risk") or {}),
        *_questions(report.get("questions") or {}),
        *_details(report.get("details") or {}),
    ]
    return [row for row in rows if row[1] not in (None, "", [], {})]


def _protected(report: Said) -> Iterator[Row]:
    protected = (report.get("details") or {}).get("protected")
    if protected:
        yield "PROTECTED", _words(protected), "text"
    not_known = protection(report, date.min).not_known
    if not_known:
        yield "PROTECTED, because not known", ", ".join(not_known), "text"


def _child(child: Said, directory: Directory) -> Iterator[Row]:
    yield "Child", child.get("name") or "Name not known", "text"
    yield "Date of birth", child.get("date_of_birth"), "born"
    if not child.get("date_of_birth"):
        age = child.get("estimated_age")
        yield "Age", "Not known" if age is None else f"About {age}", "text"
    yield "Description", child.get("description"), "text"
    after = words.word(words.ANSWERS, child.get("looked_after"))
    by = child.get("looked_after_by")
    yield (
        "Looked after by a council",
        f"{after}, {_council(by, directory)}" if by else after,
        "text",
    )
    yield "Case number", child.get("case_id"), "text"
    said = [child.get("identifier_kind"), child.get("identifier")]
    yield "Consistent identifier", " ".join(filter(None, said)), "text"


def _seen(seen: Said, directory: Directory) -> Iterator[Row]:
    yield "Last seen", seen.get("at") or "Not known", "time" if seen.get("at") else "text"
    precision = seen.get("precision")
    yield "How sure is the time", precision and words.word(words.PRECISION, precision), "text"
    yield "Where", seen.get("place") or "Not known", "text"
    council = seen.get("council")
    yield "In the area of", council and _council(council, directory), "text"
    yield "Seen by", seen.get("by"), "text"
    adult = seen.get("responsible_adult")
    yield "A responsible adult", adult and words.word(words.ANSWERS, adult), "text"


def _done(done: Said) -> Iterator[Row]:
    checks = [words.word(words.CHECKS, check) for check in done.get("checks") or []]
    yield "Done so far", ", ".join(checks), "text"
    yield "More about that", done.get("note"), "text"


def _reporter(reporter: Said) -> Iterator[Row]:
    role = reporter.get("role")
    who = [reporter.get("name"), role and words.word(words.REPORTERS, role)]
    yield "Reported by", ", ".join(filter(None, [*who, reporter.get("organisation")])), "text"
    yield "Their number", reporter.get("phone"), "text"


def _police(said: Said) -> Iterator[Row]:
    if not said:
        return
    reference = said.get("reference")
    if isinstance(reference, Mapping):
        reference = words.reference(reference)
    answer = words.word(words.ANSWERS, said.get("answer"))
    yield "Caller says police know", f"{answer}: {reference}" if reference else answer, "text"


def _gaps(times: Said) -> Iterator[Row]:
    """Between each two times that are known: how long nobody noticed, told or wrote it down."""
    for gap in times.get("gaps") or []:
        between, _, length = gap["text"].partition(": ")
        yield between.capitalize(), length, "text"


def _sightings(sightings: Iterable[Said]) -> Iterator[Row]:
    for seen in sightings:
        said = filter(None, (seen.get("place"), seen.get("by"), seen.get("note")))
        if seen.get("at"):
            yield "Perhaps seen at", seen["at"], "time"
        yield "Perhaps seen", ", ".join(said), "text"


def _council_risk(said: Said) -> Iterator[Row]:
    parts = filter(None, (said.get("level"), said.get("why")))
    yield "The council's own view of the risk", ": ".join(parts), "text"


def _questions(questions: Said) -> Iterator[Row]:
    for name, said in questions.items():
        if said:
            parts = [words.word(words.ANSWERS, said.get("answer")), said.get("note")]
            yield _label(name), ". ".join(filter(None, parts)), "text"


def _details(details: Said) -> Iterator[Row]:
    for name, value in details.items():
        if name not in ("protected", "child"):
            yield _label(name), _words(value), "text"


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _words(value: Any) -> str:
    """Whatever was said, as lines of text."""
    if isinstance(value, Mapping):
        said = ((_label(name), _words(v)) for name, v in value.items() if v not in (None, "", []))
        return ", ".join(f"{name}: {text}" for name, text in said)
    if isinstance(value, list):
        return "\n".join(_words(item) for item in value)
    return {True: "Yes", False: "No"}.get(value, str(value)) if value is not None else ""


def _council(code: str, directory: Directory) -> str:
    known = directory.councils.get(code)
    return known.name if known else code
