"""P7: what a million past episodes cost those who report, send and read."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from flask import Flask

from bench.accepting import Effort, Measured
from bench.figures import Figure, Goal
from bench.inside import (
    EDT,
    Inside,
    Takes,
    a_report,
    founded,
    in_short,
    inside,
    open_life,
    past_life,
)
from bench.load import Job
from bench.mould import Mould, Rows, fill
from bench.places import Postgres
from bench.running import free_port, loaded, serving
from missing_service.api.app import register_api
from missing_service.usecases.deliver_next import Paces, claim_errands, note_answers, send
from missing_service.usecases.report_missing import report_missing
from missing_service.web.app import register_pages
from missing_service.web.faults import show_http_fault
from tests.web.browser import Browser

MANY, FEW = (1_000_000, 1_000), (400, 100)
STILL_OPEN = 150  # the same on both sides: what the pages show
APART = timedelta(seconds=30)  # a million in a year
TAKES = Takes()
NO_KEY: Mapping[str, str] = {}
CLAIMS, READS = 20, 7
PEOPLE = {
    "edt": "asha.patel@harrow.example|edt|E09000015",
    "police": "ruth.lindqvist@met.example|police|met",
    "manager": "farida.rahman@harrow.example|manager|E09000015",
}
PAGES = [("edt", "/edt"), ("police", "/police"), ("manager", "/managers")]
LISTS = [
    ("edt", "/episodes"),
    ("police", "/episodes"),
    ("edt", "/episodes?state=MISSING"),
    ("edt", "/episodes?state=CLOSED"),
    ("edt", "/episodes?overdue=true"),
    ("edt", "/episodes?unacknowledged=true"),
    ("edt", "/obligations"),
    ("police", "/obligations"),
    ("edt", "/obligations?state=DISCHARGED"),
    ("edt", "/obligations?overdue=true"),
    ("edt", "/obligations?kind=police_update"),
    ("manager", "/interviews"),
    ("manager", "/interviews?overdue=true"),
    ("admin", "/queue"),
]
FIGURES = ["/health/duty", "/readyz", "/metrics"]


@dataclass(slots=True)
class Aged:
    """A database with so many past episodes, and what was measured on it."""

    url: str
    rates: list[float] = field(default_factory=list)
    claims: list[float] = field(default_factory=list)
    reads: dict[str, list[float]] = field(default_factory=dict)

    def accept(self, effort: Effort) -> None:
        port = free_port()
        with serving(self.url, port):
            loaded(Job(port, 0.5, rate=20))
            result = loaded(Job(port, effort.seconds, clients=8))
        self.rates.append(len(result.latencies) / result.seconds)


def on_sqlite(folder: Path, _: Postgres, effort: Effort) -> Measured:
    """One file with many past episodes, one with few."""
    return _on("SQLite", lambda name: f"sqlite:///{folder / name}.db", effort)


def on_postgres(_: Path, server: Postgres, effort: Effort) -> Measured:
    """The same on PostgreSQL."""
    return _on("PostgreSQL", server.make, effort)


def _on(kind: str, make: Callable[[str], str], effort: Effort) -> Measured:
    counts = effort.of(MANY, FEW)
    many, few = (_aged(make(f"past_{count}"), count) for count in counts)
    for _ in range(effort.rounds):
        for aged in (many, few):
            aged.accept(effort)
    with ExitStack() as stack:
        both = [(aged, stack.enter_context(inside(aged.url))) for aged in (many, few)]
        for _, here in both:
            here.take_all()  # what was reported over HTTP
        for _ in range(effort.rounds):
            _in_turn(both)
    return _said(kind, f"{counts[0]:,} past ÷ {counts[1]:,}", many, few)


def _in_turn(both: Sequence[tuple[Aged, Inside]]) -> None:
    """Each claim and each question, of one then of the other: what else the machine does meets
    both."""
    claims: list[list[float]] = [[], []]
    for _ in range(CLAIMS):
        for found, (_, here) in zip(claims, both, strict=True):
            found.append(_claim(here))
    for found, (aged, _) in zip(claims, both, strict=True):
        aged.claims.append(median(found))
    asking = [Asking(here).all() for _, here in both]
    for questions in zip(*asking, strict=True):
        times: list[list[float]] = [[], []]
        for n in range(READS + 1):
            for found, (_, ask) in zip(times, questions, strict=True):
                taken = _timed(ask)
                found += [taken] if n else []  # at first the look is written
        for (aged, _), (what, _), found in zip(both, questions, times, strict=True):
            aged.reads.setdefault(what, []).append(median(found))


def _aged(url: str, count: int) -> Aged:
    with founded(url) as here:
        past = in_short(past_life(here))
        _copy(here, past, count, -(count + 1) * APART)
        _copy(here, open_life(here), STILL_OPEN, timedelta())
    return Aged(url)


def _copy(here: Inside, life: Rows, count: int, shift: timedelta) -> None:
    store = here.application.store
    dialect = store.engine.dialect.name
    fill(
        here.application,
        Mould(life, store.keys, dialect, apart=APART if shift else timedelta(0), shift=shift),
        range(1, count),
    )


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _claim(here: Inside) -> float:
    """Milliseconds to claim the one alert that is due."""
    service, paces = here.application.service, Paces()
    report_missing(a_report(), actor=EDT, service=service)
    began = time.perf_counter()
    errands = claim_errands(service, paces)
    taken = (time.perf_counter() - began) * 1000
    note_answers(service, [(e, send(e, TAKES, service)) for e in errands], lambda: 0.5)
    here.take_all()
    return taken


class Asking:
    """The pages by signed-in people, the lists and figures by keys, in the bench's own process."""

    def __init__(self, here: Inside) -> None:
        application, app = here.application, Flask("bench")
        settings = replace(application.settings, environment="demo")  # people sign in by name
        register_api(app, application.service, elsewhere=show_http_fault)
        register_pages(app, application.service, settings)
        app.config["PROPAGATE_EXCEPTIONS"] = True
        self._app, self._base = app, settings.public_url

    def all(self) -> list[tuple[str, Callable[[], None]]]:
        """What is asked, by its name."""
        pages = [(path, _page(self._browser().sign_in(PEOPLE[who]), path)) for who, path in PAGES]
        lists = [(f"{path} ({who})", self._list(who, path)) for who, path in LISTS]
        return [*pages, *lists, *[(path, _page(self._browser(), path)) for path in FIGURES]]

    def _browser(self) -> Browser:
        return Browser(self._app.test_client(), self._base)

    def _list(self, who: str, path: str) -> Callable[[], None]:
        key = {"Authorization": f"Bearer bench-{who}"}
        return _page(self._browser(), f"/api/v1{path}", key)


def _page(browser: Browser, path: str, headers: Mapping[str, str] = NO_KEY) -> Callable[[], None]:
    def ask() -> None:
        answer = browser.open(path, headers=dict(headers))
        if answer.status_code not in (200, 503):  # not ready: no workers beat here
            raise RuntimeError(f"{path}: {answer.status}: {answer.get_data(as_text=True)[:300]}")

    return ask


def _said(kind: str, said: str, many: Aged, few: Aged) -> Measured:
    rates = [a / b for a, b in zip(many.rates, few.rates, strict=True)]
    claims = [a / b for a, b in zip(many.claims, few.claims, strict=True)]
    goals = [
        Goal("P7", f"reports accepted a second, {said}, {kind}", rates, least=0.75),
        Goal("P7", f"claim, {said}, {kind}", claims, most=1.2),
    ]
    figures = [
        Figure("P7", f"reports accepted, past few, {kind}", median(few.rates), "/s"),
        Figure("P7", f"claim, past few, {kind}", median(few.claims), "ms"),
    ]
    for what, found in many.reads.items():
        ratios = [a / b for a, b in zip(found, few.reads[what], strict=True)]
        goals.append(Goal("P7", f"{what}, {kind}", ratios, most=1.5))
        figures.append(Figure("P7", f"{what}, past few, {kind}", median(few.reads[what]), "ms"))
    return Measured(goals, figures)
